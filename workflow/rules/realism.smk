# The simulator judged against the sky: simulated light curves beside the target's own.


rule measure_coverage:
    input:
        expand("<results>/data/{{dataset}}/model_input/{array}.npy", array=MODEL_INPUT),
    output:
        "<results>/data/{dataset}/coverage_{observations}.parquet",
    log:
        "<logs>/measure_coverage/{dataset}_{observations}.log",
    wildcard_constraints:
        observations="all|detections",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=mb_of_tables(8),
        runtime=grows(30),
    params:
        encoding=config["encoding"],
        dataset=lambda wildcards: {
            key: config["datasets"][wildcards.dataset][key]
            for key in ["classes", "trigger"]
        },
        passbands=lambda wildcards: config["passbands"][
            config["datasets"][wildcards.dataset]["passbands"]
        ],
        code=code_of("measure_coverage.py", "coverage", "alerts"),
    script:
        "../scripts/measure_coverage.py"


rule compare_with_sky:
    input:
        features=shown_files("features"),
        coverage=shown_files("coverage"),
    output:
        "<results>/realism/{target}.parquet",
    log:
        "<logs>/compare_with_sky/{target}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=mb_of_tables(8),
        runtime=grows(60),
    params:
        shown=shown_as_target,
        real=lookup(dpath="experiments/{target}/dataset", within=config),
        classes=lambda wildcards: config["datasets"][
            config["experiments"][wildcards.target]["dataset"]
        ]["classes"],
        passbands=lambda wildcards: config["passbands"][
            config["datasets"][config["experiments"][wildcards.target]["dataset"]][
                "passbands"
            ]
        ],
        code=code_of("compare_with_sky.py", "realism_table", "trees"),
    script:
        "../scripts/compare_with_sky.py"


rule collect_realism:
    input:
        expand("<results>/realism/{target}.parquet", target=COMPARED),
    output:
        csv="<results>/tables/realism.csv",
        markdown="<results>/tables/realism.md",
    log:
        "<logs>/collect_realism.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        code=code_of("collect_realism.py", "realism_page"),
    script:
        "../scripts/collect_realism.py"


rule draw_realism:
    input:
        realism="<results>/realism/{target}.parquet",
        style=STYLE_FILE,
    output:
        pdf="<results>/figures/realism_{target}.pdf",
        png=report(
            "<results>/figures/realism_{target}.png",
            caption="../report/realism.rst",
            category="Figures",
            labels={"figure": "realism, {target}"},
        ),
    log:
        "<logs>/draw_realism/{target}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        titles=lambda wildcards: {
            name: config["datasets"][name]["title"]
            for name in shown_as_target(wildcards)
        },
        code=code_of("draw_realism.py", "plotting.realism"),
    script:
        "../scripts/draw_realism.py"
