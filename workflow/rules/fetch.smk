# Public data, from their addresses to data_dir.


rule fetch:
    output:
        "<results>/downloads/{download}.csv",
    log:
        "<logs>/fetch/{download}.log",
    wildcard_constraints:
        download=one_of(config["downloads"]),
    localrule: True  # compute nodes have no internet
    conda:
        ENVIRONMENT
    params:
        # No fingerprint: what is public does not depend on the code that fetches it.
        options=lookup(dpath="downloads/{download}", within=config),
        data_dir=config["data_dir"],
    script:
        "../scripts/fetch.py"
