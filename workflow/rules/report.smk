# The tables of a run as pages of its report, `make report`.


rule write_pages:
    input:
        tables=expand("<results>/tables/{name}.csv", name=TABLES_OF_REPORT),
        provenance="<results>/provenance.json",
    output:
        [reported(name) for name in PAGES_OF_REPORT],
    log:
        "<logs>/write_pages.log",
    localrule: True  # it needs what was recorded of all other jobs
    conda:
        ENVIRONMENT
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        centre_and_spread=config["figures"]["centre_and_spread"],
        captions=lambda wildcards: [
            caption_of(name).read_text() for name in PAGES_OF_REPORT
        ],
        code=code_of("write_pages.py", "reported_tables", "table_page"),
    script:
        "../scripts/write_pages.py"
