# Survey files, or the simulator, to validated Parquet.


def reader_files(wildcards):
    """The user's files that a data set is read from, relative to data_dir."""
    dataset = config["datasets"][wildcards.dataset]
    files = dataset[dataset["reader"]].get("files", {})
    return {
        name: str(Path(config["data_dir"] or ".") / path)
        for name, path in files.items()
    }


rule ingest:
    input:
        unpack(reader_files),
        taxonomy=CONFIG_FOLDER / "taxonomy.csv",
    output:
        objects="<results>/data/{dataset}/objects.parquet",
        light_curves="<results>/data/{dataset}/light_curves.parquet",
        dropped="<results>/data/{dataset}/dropped_ingest.csv",
    params:
        dataset=lookup(dpath="datasets/{dataset}", within=config),
        passbands=lambda wildcards: config["passbands"][
            config["datasets"][wildcards.dataset]["passbands"]
        ],
        code=lambda wildcards: fingerprint(
            f"readers.{config['datasets'][wildcards.dataset]['reader']}"
        ),
    log:
        "<logs>/ingest/{dataset}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=4000,
        runtime=60,
    script:
        "../scripts/ingest.py"
