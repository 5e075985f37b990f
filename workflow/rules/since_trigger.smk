# AUROC against days since trigger: the trained networks of all runs of a size are asked
# again, without training, on light curves that end earlier.


rule score_since_trigger:
    input:
        unpack(files_since_trigger),
    output:
        "<results>/figures/data/since_trigger_{target}_n{n_train}.parquet",
    log:
        "<logs>/score_since_trigger/{target}_n{n_train}.log",
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=mb_of_training,
        runtime=grows(60),
    params:
        seeds=seeds_of_size,
        decisive=decisive_since_trigger,
        days=config["diagnostics"]["days_since_trigger"],
        encoding=config["encoding"],
        code=code_of(
            "score_since_trigger.py",
            "since_trigger",
            "unit_jobs",
            "unit_training",
            "backends",
        ),
    script:
        "../scripts/score_since_trigger.py"


rule draw_since_trigger:
    input:
        measured="<results>/figures/data/since_trigger_{target}_n{n_train}.parquet",
        style=STYLE_FILE,
    output:
        pdf="<results>/figures/since_trigger_{target}_n{n_train}.pdf",
        png=report(
            "<results>/figures/since_trigger_{target}_n{n_train}.png",
            caption="../report/since_trigger.rst",
            category="Diagnostics",
            labels={"figure": "since trigger, {target}, n = {n_train}"},
        ),
    log:
        "<logs>/draw_since_trigger/{target}_n{n_train}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        title=title_of_size,
        min_points=config["encoding"]["min_points"],
        code=code_of("draw_since_trigger.py", "plotting.since_trigger"),
    script:
        "../scripts/draw_since_trigger.py"
