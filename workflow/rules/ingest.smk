# Survey files, or the simulator, to validated Parquet.


rule ingest:
    input:
        unpack(reader_files),
    output:
        objects="<results>/data/{dataset}/objects.parquet",
        light_curves="<results>/data/{dataset}/light_curves.parquet",
        dropped="<results>/data/{dataset}/dropped_ingest.csv",
    log:
        "<logs>/ingest/{dataset}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        reading=reading,
        code=lambda wildcards: fingerprint(
            f"readers.{config['datasets'][wildcards.dataset]['reader']}"
        ),
    script:
        "../scripts/ingest.py"
