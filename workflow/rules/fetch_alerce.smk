# Light curves of the user's objects, from the ALeRCE broker to data_dir.


rule fetch_alerce:
    input:
        labels=lambda wildcards: files_of(config, wildcards.dataset)["labels"],
        taxonomy=TAXONOMY,
    output:
        "<results>/data/{dataset}/alerce.csv",
    log:
        "<logs>/fetch_alerce/{dataset}.log",
    wildcard_constraints:
        dataset=one_of(
            name
            for name, section in config["datasets"].items()
            if section["reader"] == "alerce"
        ),
    localrule: True  # compute nodes have no internet
    conda:
        ENVIRONMENT
    params:
        # No fingerprint: what the broker has does not depend on the code that fetches it.
        reading=reading,
        contents=contents_of_labels,
    script:
        "../scripts/fetch_alerce.py"
