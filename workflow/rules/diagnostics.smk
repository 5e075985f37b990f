# How networks learnt and what their runs said of the test sets. A complete run draws
# each target at its largest number of labels; any other can be asked for by its name.


wildcard_constraints:
    diagnostic="|".join(DIAGNOSTICS),


rule diagnose:
    input:
        predictions=predictions_of_size,
    output:
        confusion="<results>/figures/data/confusion_{target}_n{n_train}.parquet",
        roc="<results>/figures/data/roc_{target}_n{n_train}.parquet",
        reliability="<results>/figures/data/reliability_{target}_n{n_train}.parquet",
        csv="<results>/tables/calibration_{target}_n{n_train}.csv",
        markdown="<results>/tables/calibration_{target}_n{n_train}.md",
    log:
        "<logs>/diagnose/{target}_n{n_train}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        strategies=shown_strategies,
        classes=lambda wildcards: dataset_of_target(wildcards)["classes"],
        code=code_of(
            "diagnose.py", "calibration_page", "calibration", "confusion", "roc"
        ),
    script:
        "../scripts/diagnose.py"


rule draw_diagnostic:
    input:
        measured="<results>/figures/data/{diagnostic}_{target}_n{n_train}.parquet",
        style=STYLE_FILE,
    output:
        pdf="<results>/figures/{diagnostic}_{target}_n{n_train}.pdf",
        png=report(
            "<results>/figures/{diagnostic}_{target}_n{n_train}.png",
            caption="../report/diagnostic.rst",
            category="Diagnostics",
            labels={"figure": "{diagnostic}, {target}, n = {n_train}"},
        ),
    log:
        "<logs>/draw_diagnostic/{diagnostic}_{target}_n{n_train}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        title=title_of_size,
        code=code_of(
            "draw_diagnostic.py",
            "plotting.confusion",
            "plotting.roc",
            "plotting.reliability",
        ),
    script:
        "../scripts/draw_diagnostic.py"


rule draw_learning:
    input:
        history="<results>/units/{target}/n{n_train}/seed{seed}/history.parquet",
        style=STYLE_FILE,
    output:
        pdf="<results>/figures/learning_{target}_n{n_train}_seed{seed}.pdf",
        png=report(
            "<results>/figures/learning_{target}_n{n_train}_seed{seed}.png",
            caption="../report/learning.rst",
            category="Diagnostics",
            labels={"figure": "learning, {target}, n = {n_train}, seed {seed}"},
        ),
    log:
        "<logs>/draw_learning/{target}_n{n_train}_seed{seed}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        title=title_of_size,
        code=code_of("draw_learning.py", "learning_curves", "plotting.learning"),
    script:
        "../scripts/draw_learning.py"


rule draw_learning_of_sources:
    input:
        summaries=lambda wildcards: summaries_of_sources(wildcards).values(),
        style=STYLE_FILE,
    output:
        pdf="<results>/figures/learning_sources.pdf",
        png=report(
            "<results>/figures/learning_sources.png",
            caption="../report/learning_sources.rst",
            category="Diagnostics",
            labels={"figure": "learning, source models"},
        ),
    log:
        "<logs>/draw_learning_of_sources.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        sources=lambda wildcards: list(summaries_of_sources(wildcards)),
        code=code_of(
            "draw_learning_of_sources.py", "learning_curves", "plotting.learning"
        ),
    script:
        "../scripts/draw_learning_of_sources.py"
