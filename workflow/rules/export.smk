# A data set in the files of other tools.


rule write_snana:
    input:
        objects="<results>/data/{dataset}/objects.parquet",
        light_curves="<results>/data/{dataset}/light_curves.parquet",
    output:
        directory("<results>/snana/{dataset}"),
    log:
        "<logs>/write_snana/{dataset}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=mb_of_tables(4),
        runtime=grows(60),
    params:
        dataset=lambda wildcards: {
            key: config["datasets"][wildcards.dataset][key]
            for key in ["classes", "passbands", "trigger"]
        },
        passbands=lambda wildcards: list(
            config["passbands"][config["datasets"][wildcards.dataset]["passbands"]]
        ),
        code=code_of("write_snana.py", "exports.snana"),
    script:
        "../scripts/write_snana.py"
