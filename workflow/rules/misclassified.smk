# Where it fails: the light curves that are misclassified most confidently.


rule find_misclassified:
    input:
        unpack(misclassified_files),
    output:
        csv="<results>/tables/misclassified_{target}.csv",
        markdown="<results>/tables/misclassified_{target}.md",
        common="<results>/figures/data/misclassified_{target}_common.csv",
        light_curves="<results>/figures/data/misclassified_{target}.parquet",
    log:
        "<logs>/find_misclassified/{target}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(4000),
        runtime=grows(20),
    params:
        strategy=judged_strategy,
        n_train=judged_size,
        encoding=config["encoding"],
        dataset=dataset_of_target,
        passbands=passbands_of_target,
        code=code_of(
            "find_misclassified.py",
            "coverage",
            "misclassified",
            "misclassified_facts",
            "misclassified_page",
        ),
    script:
        "../scripts/find_misclassified.py"


rule draw_misclassified:
    input:
        misclassified="<results>/tables/misclassified_{target}.csv",
        common="<results>/figures/data/misclassified_{target}_common.csv",
        light_curves="<results>/figures/data/misclassified_{target}.parquet",
        style=STYLE_FILE,
    output:
        pdf="<results>/figures/misclassified_{target}.pdf",
        png=report(
            "<results>/figures/misclassified_{target}.png",
            caption="../report/misclassified.rst",
            category="Figures",
            labels={"figure": "misclassified, {target}"},
        ),
    log:
        "<logs>/draw_misclassified/{target}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        strategy=judged_strategy,
        n_train=judged_size,
        encoding=config["encoding"],
        dataset=dataset_of_target,
        passbands=passbands_of_target,
        code=code_of("draw_misclassified.py", "plotting.misclassified"),
    script:
        "../scripts/draw_misclassified.py"
