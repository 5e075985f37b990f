# What each data set holds, to look at before training anything.


rule describe_dataset:
    input:
        objects="<results>/data/{dataset}/objects.parquet",
        light_curves="<results>/data/{dataset}/light_curves.parquet",
        dropped_ingest="<results>/data/{dataset}/dropped_ingest.csv",
        dropped_encode="<results>/data/{dataset}/dropped_encode.csv",
        counts="<results>/data/{dataset}/class_counts.csv",
    output:
        numbers="<results>/datasheets/{dataset}.csv",
        histograms="<results>/datasheets/data/{dataset}_histograms.parquet",
        examples="<results>/datasheets/data/{dataset}_examples.parquet",
    log:
        "<logs>/describe_dataset/{dataset}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=mb_of_tables(4),
        runtime=grows(30),
    params:
        dataset=lambda wildcards: {
            key: config["datasets"][wildcards.dataset][key]
            for key in ["classes", "trigger"]
        },
        encoding=config["encoding"],
        passbands=lambda wildcards: config["passbands"][
            config["datasets"][wildcards.dataset]["passbands"]
        ],
        code=code_of("describe_dataset.py", "datasheets"),
    script:
        "../scripts/describe_dataset.py"


rule draw_datasheet:
    input:
        numbers="<results>/datasheets/{dataset}.csv",
        histograms="<results>/datasheets/data/{dataset}_histograms.parquet",
        examples="<results>/datasheets/data/{dataset}_examples.parquet",
        style=STYLE_FILE,
    output:
        pdf="<results>/datasheets/{dataset}.pdf",
        png=report(
            "<results>/datasheets/{dataset}.png",
            caption="../report/datasheet.rst",
            category="Data sheets",
            labels={"data set": "{dataset}"},
        ),
    log:
        "<logs>/draw_datasheet/{dataset}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        dataset=lambda wildcards: {
            key: config["datasets"][wildcards.dataset][key]
            for key in ["title", "classes"]
        },
        encoding=config["encoding"],
        passbands=lambda wildcards: config["passbands"][
            config["datasets"][wildcards.dataset]["passbands"]
        ],
        code=code_of("draw_datasheet.py", "plotting.datasheet"),
    script:
        "../scripts/draw_datasheet.py"
