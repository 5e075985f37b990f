# Where source and target lie for a pretrained backbone, before any fine-tuning.


rule embed_objects:
    input:
        unpack(files_to_embed),
    output:
        objects="<results>/figures/data/embeddings_{target}.parquet",
        alike="<results>/figures/data/embeddings_{target}.csv",
    log:
        "<logs>/embed_objects/{target}.log",
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=mb_of_pretraining,
        runtime=grows(30),
    params:
        source_name=source_to_embed,
        source=lambda wildcards: config["sources"][source_to_embed(wildcards)],
        source_classes=lambda wildcards: {
            name: config["datasets"][name]["classes"]
            for name in config["sources"][source_to_embed(wildcards)]["datasets"]
        },
        classes=lambda wildcards: config["datasets"][
            config["experiments"][wildcards.target]["dataset"]
        ]["classes"],
        class_map=lookup(dpath="experiments/{target}/class_map", within=config),
        most=config["diagnostics"]["embedded_of_each_class"],
        encoding=config["encoding"],
        compute=config["compute"],
        code=code_of(
            "embed_objects.py",
            "backends",
            "embeddings",
            "encoding",
            "pretraining",
            "saved_networks",
            "target_classes",
        ),
    script:
        "../scripts/embed_objects.py"


rule draw_embeddings:
    input:
        objects="<results>/figures/data/embeddings_{target}.parquet",
        alike="<results>/figures/data/embeddings_{target}.csv",
        style=STYLE_FILE,
    output:
        pdf="<results>/figures/embeddings_{target}.pdf",
        png=report(
            "<results>/figures/embeddings_{target}.png",
            caption="../report/embeddings.rst",
            category="Diagnostics",
            labels={"figure": "embeddings, {target}"},
        ),
    log:
        "<logs>/draw_embeddings/{target}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        title=lambda wildcards: title_of_target(wildcards.target),
        source_title=title_of_source_to_embed,
        code=code_of("draw_embeddings.py", "plotting.embeddings"),
    script:
        "../scripts/draw_embeddings.py"
