# Survey files, or the simulator, to validated Parquet.

PARTS = {name: number_of_parts(name) for name in config["datasets"]}


rule ingest:
    input:
        unpack(reader_files),
    output:
        objects="<results>/data/{dataset}/objects.parquet",
        light_curves="<results>/data/{dataset}/light_curves.parquet",
        dropped="<results>/data/{dataset}/dropped_ingest.csv",
    log:
        "<logs>/ingest/{dataset}.log",
    wildcard_constraints:
        dataset=one_of(name for name, n in PARTS.items() if n == 1),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1500),
        runtime=grows(60),
    params:
        reading=reading,
        data_dir=data_dir_of_files,
        contents=contents_of_files,
        kept_hashes=kept_hashes,
        code=lambda wildcards: code_of(
            "ingest.py", f"readers.{config['datasets'][wildcards.dataset]['reader']}"
        )(wildcards),
    script:
        "../scripts/ingest.py"


use rule ingest as ingest_part with:
    output:
        objects=temp("<results>/data/{dataset}/parts/{part}/objects.parquet"),
        light_curves=temp("<results>/data/{dataset}/parts/{part}/light_curves.parquet"),
        dropped=temp("<results>/data/{dataset}/parts/{part}/dropped_ingest.csv"),
    log:
        "<logs>/ingest/{dataset}/part{part}.log",
    wildcard_constraints:
        dataset=one_of(name for name, n in PARTS.items() if n > 1),


rule join_parts:
    input:
        objects=parts_of("objects.parquet"),
        light_curves=parts_of("light_curves.parquet"),
        dropped=parts_of("dropped_ingest.csv"),
    output:
        objects="<results>/data/{dataset}/objects.parquet",
        light_curves="<results>/data/{dataset}/light_curves.parquet",
        dropped="<results>/data/{dataset}/dropped_ingest.csv",
    log:
        "<logs>/join_parts/{dataset}.log",
    wildcard_constraints:
        dataset=one_of(name for name, n in PARTS.items() if n > 1),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1500),
        runtime=grows(60),
    params:
        contents=contents_of_files,  # parts are gone: none would be missed
        code=code_of("join_parts.py", "tables"),
    script:
        "../scripts/join_parts.py"
