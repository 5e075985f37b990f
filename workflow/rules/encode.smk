# Trigger, window and scaling: the model input of equation 1, as flat arrays.


rule encode:
    input:
        objects="<results>/data/{dataset}/objects.parquet",
        light_curves="<results>/data/{dataset}/light_curves.parquet",
    output:
        arrays=expand(
            "<results>/data/{{dataset}}/model_input/{array}.npy", array=MODEL_INPUT
        ),
        dropped="<results>/data/{dataset}/dropped_encode.csv",
        counts="<results>/data/{dataset}/class_counts.csv",
    log:
        "<logs>/encode/{dataset}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=mb_of_tables(1),
        runtime=grows(60),
    params:
        encoding=config["encoding"],
        dataset=lambda wildcards: {
            key: config["datasets"][wildcards.dataset][key]
            for key in ["classes", "trigger"]
        },
        passbands=lambda wildcards: config["passbands"][
            config["datasets"][wildcards.dataset]["passbands"]
        ],
        code=code_of("encode.py", "encode_tables"),
    script:
        "../scripts/encode.py"
