# The unit of work: every strategy on one sample of (target, n_train, seed).


rule fine_tune:
    input:
        unpack(unit_files),
    output:
        scores="<results>/units/{target}/n{n_train}/seed{seed}/scores.parquet",
        training="<results>/units/{target}/n{n_train}/seed{seed}/training.parquet",
        history="<results>/units/{target}/n{n_train}/seed{seed}/history.parquet",
        predictions="<results>/units/{target}/n{n_train}/seed{seed}/predictions.parquet",
    log:
        "<logs>/fine_tune/{target}/n{n_train}/seed{seed}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=3000,
        runtime=240,
        gpu=1,
    params:
        strategies=strategies_of_unit,
        sampling=lambda wildcards: {
            key: config["experiments"][wildcards.target][key]
            for key in ["validation_fraction", "test_fraction", "max_test"]
        },
        common_classes=lookup(
            dpath="experiments/{target}/common_classes", within=config
        ),
        pairs=lookup(dpath="experiments/{target}/pairs", within=config),
        classes=lambda wildcards: config["datasets"][dataset_of(wildcards)]["classes"],
        source_classes=lambda wildcards: source_classes(
            config, config["experiments"][wildcards.target]["source"]
        ),
        model=config["model"],
        code=fingerprint("fine_tuning"),
    script:
        "../scripts/fine_tune.py"
