# Where every result comes from: what it was made of, by which code.


rule record_provenance:
    input:
        results=figures_and_tables(),
        objects=expand(
            "<results>/data/{dataset}/objects.parquet",
            dataset=datasets_in_use(config),
        ),
    output:
        "<results>/provenance.json",
    log:
        "<logs>/record_provenance.log",
    localrule: True  # compute nodes may have no git
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        configuration=config,
        version=lambda wildcards: code_version(Path(workflow.basedir)),
        made_by=lambda wildcards, input: {path: made_by(path) for path in input.results},
        code=code_of("record_provenance.py", "provenance", "resources_table"),
    script:
        "../scripts/record_provenance.py"
