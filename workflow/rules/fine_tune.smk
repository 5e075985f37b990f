# The unit of work: every strategy on one sample of (target, n_train, seed).


def unit_files(wildcards):
    """The target's model input and the source model that a unit starts from."""
    experiment = config["experiments"][wildcards.target]
    shared = not config["sources"][experiment["source"]]["one_per_seed"]
    return {
        "model_input": expand(
            "<results>/data/{dataset}/model_input/{array}.npy",
            dataset=experiment["dataset"],
            array=MODEL_INPUT,
        ),
        "source": expand(
            "<results>/sources/{source}/seed{seed}/classifier.keras",
            source=experiment["source"],
            seed=0 if shared else wildcards.seed,
        ),
    }


def strategies_of_unit(wildcards):
    """The strategies that run at this size, each with its recipe spelled out."""
    experiment = config["experiments"][wildcards.target]
    return {
        name: {**strategy, "recipe": config["recipes"][strategy["recipe"]]}
        for name, strategy in strategies_at(experiment, int(wildcards.n_train)).items()
    }


rule fine_tune:
    input:
        unpack(unit_files),
    output:
        scores="<results>/units/{target}/n{n_train}/seed{seed}/scores.parquet",
        training="<results>/units/{target}/n{n_train}/seed{seed}/training.parquet",
        history="<results>/units/{target}/n{n_train}/seed{seed}/history.parquet",
        predictions="<results>/units/{target}/n{n_train}/seed{seed}/predictions.parquet",
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
    log:
        "<logs>/fine_tune/{target}/n{n_train}/seed{seed}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=3000,
        runtime=240,
        gpu=1,
    script:
        "../scripts/fine_tune.py"
