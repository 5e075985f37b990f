# Models for light curves to come: `snakemake results/models/bts/warm_head`. The unit's
# strategy is trained again, to the same bits, and so is what it builds on.


rule export_model:
    input:
        unpack(files_of_model),
    output:
        directory("<results>/models/{target}/{strategy}"),
    log:
        "<logs>/export_model/{target}/{strategy}.log",
    wildcard_constraints:
        strategy="[^/]+",
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=mb_of_training,
        runtime=minutes_of_model,
    params:
        unit=unit_of_model,
        decisive=decisive_of_model,
        forests=forests_of_model,
        encoding=config["encoding"],
        dataset=lambda wildcards: {
            key: config["datasets"][
                config["experiments"][wildcards.target]["dataset"]
            ][key]
            for key in ["title", "real", "classes", "trigger"]
        },
        passbands=passbands_of_target,
        code=code_of(
            "export_model.py",
            "model_export",
            "forest_scores",
            "unit_training",
            "backends",
            "provenance",
        ),
    script:
        "../scripts/export_model.py"
