# The source models, and a description of the network for Figure 2.

PUBLISHED = [
    name for name, section in config["sources"].items() if "weights" in section
]


rule pretrain:
    input:
        unpack(source_input),
    output:
        classifier="<results>/sources/{source}/seed{seed}/classifier.keras",
        summary="<results>/sources/{source}/seed{seed}/summary.json",
        dropped="<results>/sources/{source}/seed{seed}/dropped.csv",
    log:
        "<logs>/pretrain/{source}/seed{seed}.log",
    wildcard_constraints:
        source=one_of(name for name in config["sources"] if name not in PUBLISHED),
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=mb_of_pretraining,
        runtime=minutes_of_pretraining,
    params:
        source=lookup(dpath="sources/{source}", within=config),
        classes=lambda wildcards: {
            name: config["datasets"][name]["classes"]
            for name in config["sources"][wildcards.source]["datasets"]
        },
        recipe=lambda wildcards: config["recipes"][
            config["sources"][wildcards.source]["recipe"]
        ],
        model=lambda wildcards: {
            **config["model"],
            "flux": config["sources"][wildcards.source]["flux"],
        },
        encoding=config["encoding"],
        compute=config["compute"],
        code=code_of("pretrain.py", "pretraining", "backends"),
    script:
        "../scripts/pretrain.py"


rule import_weights:
    input:
        weights_input,
    output:
        classifier="<results>/sources/{source}/seed{seed}/classifier.keras",
        summary="<results>/sources/{source}/seed{seed}/summary.json",
        dropped="<results>/sources/{source}/seed{seed}/dropped.csv",
    log:
        "<logs>/import_weights/{source}/seed{seed}.log",
    wildcard_constraints:
        source=one_of(PUBLISHED),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1500),
        runtime=grows(10),
    params:
        file=lambda wildcards: weights_file(config, wildcards.source),
        contents=contents_of_weights,
        classes=lookup(dpath="sources/{source}/weights/classes", within=config),
        wavelengths=wavelengths_of_weights,
        compute=config["compute"],
        code=code_of("import_weights.py", "published_weights", "backends", "tables"),
    script:
        "../scripts/import_weights.py"


rule describe_network:
    output:
        "<results>/figures/data/network.json",
    log:
        "<logs>/describe_network.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1500),
        runtime=grows(10),
    params:
        model=config["model"],
        experiments={name: drawn_of(name) for name in config["targets"]},
        datasets={
            name: {"classes": section["classes"]}
            for name, section in config["datasets"].items()
        },
        sources=config["sources"],
        compute=config["compute"],
        code=code_of("describe_network.py", "architecture", "backends"),
    script:
        "../scripts/describe_network.py"
