# What source models, forests and units are trained on: functions of wildcards.


def source_input(wildcards):
    """The model input of a source's data sets, by array."""
    return {
        array: expand(
            "<results>/data/{dataset}/model_input/{array}.npy",
            dataset=config["sources"][wildcards.source]["datasets"],
            array=array,
        )
        for array in MODEL_INPUT
    }


def weights_input(wildcards):
    """The user's file of published weights, or the record of its download."""
    download = download_of_weights(config, wildcards.source)
    if download is None:
        return weights_file(config, wildcards.source)
    return f"<results>/downloads/{download}.csv"


def wavelengths_of_weights(wildcards):
    """Pairs of wavelengths of a passband: ours, and the one of published weights."""
    weights = config["sources"][wildcards.source]["weights"]
    ours = config["passbands"][weights["passbands"]]
    return [(ours[name], theirs) for name, theirs in weights["wavelengths"].items()]


def forest_files(wildcards):
    """The features that a forest learns from, and those of the target it scores."""
    forest = config["forests"][wildcards.forest]
    return {
        "simulated": expand(
            "<results>/data/{dataset}/features_{observations}.parquet",
            dataset=forest["datasets"],
            observations=forest["observations"],
        ),
        "target": expand(
            "<results>/data/{dataset}/features_all.parquet",
            dataset=config["experiments"][wildcards.target]["dataset"],
        )[0],
    }


def unit_files(wildcards):
    """What the units of a (target, n_train) start from: arrays, networks, features.

    sources are the source models of the first seed, then those of the next.
    """
    n_train = int(wildcards.n_train)
    experiment = config["experiments"][wildcards.target]
    chosen = strategies_at(experiment, n_train).values()
    files = {
        "model_input": expand(
            "<results>/data/{dataset}/model_input/{array}.npy",
            dataset=experiment["dataset"],
            array=MODEL_INPUT,
        ),
        "sources": [
            file
            for seed in seeds_at(experiment, n_train)
            for source in sources_of_units(wildcards)
            for file in expand(
                "<results>/sources/{source}/seed{seed}/classifier.keras",
                source=source,
                seed=seed if config["sources"][source].get("one_per_seed") else 0,
            )
        ],
        "scores": expand(
            "<results>/forests/{forest}/{target}.parquet",
            forest=forests_of_units(wildcards),
            target=wildcards.target,
        ),
    }
    if any(s["kind"] == "trees" and s["recipe"] is not None for s in chosen):
        features = "<results>/data/{dataset}/features_all.parquet"
        files["features"] = expand(features, dataset=experiment["dataset"])
    return files


def sources_of_units(wildcards):
    """The source models that strategies of this size start from."""
    experiment = config["experiments"][wildcards.target]
    chosen = strategies_at(experiment, int(wildcards.n_train)).values()
    return sorted({name for s in chosen for name in starts_of(experiment, s)})


def forests_of_units(wildcards):
    """The forests of simulated light curves that strategies of this size take."""
    experiment = config["experiments"][wildcards.target]
    chosen = strategies_at(experiment, int(wildcards.n_train)).values()
    return sorted({s["forest"] for s in chosen if s.get("forest")})


def decisive_of_units(wildcards):
    """All of the configuration that decides the units of a (target, n_train)."""
    experiment = config["experiments"][wildcards.target]
    sampling = ["validation_fraction", "test_fraction", "max_test"]
    sources = sources_of_units(wildcards)
    return {
        "strategies": strategies_of_unit(wildcards),
        "sampling": {key: experiment[key] for key in sampling},
        "common_classes": experiment["common_classes"],
        "pairs": experiment["pairs"],
        "classes": config["datasets"][experiment["dataset"]]["classes"],
        "class_map": experiment["class_map"],
        "class_mix": experiment["class_mix"],
        "sources": {name: source_classes(config, name) for name in sources},
        "forests": forests_of_units(wildcards),
        "keep": shown_networks(wildcards),
        "model": config["model"],
        "compute": config["compute"],
        "code": [fingerprint("unit_training"), fingerprint("backends")],
    }


def strategies_of_unit(wildcards):
    """The strategies that run at this size, their sources and recipes spelled out."""
    experiment = config["experiments"][wildcards.target]
    chosen = strategies_at(experiment, int(wildcards.n_train))
    return {name: spelled_out(experiment, s) for name, s in chosen.items()}


def spelled_out(experiment, strategy):
    """A strategy as units are told of it."""
    said = {k: v for k, v in strategy.items() if k not in ("n_train", "start")}
    if strategy["kind"] == "network":
        said["sources"] = starts_of(experiment, strategy)
    if strategy.get("recipe") is not None:
        section = "tree_recipes" if strategy["kind"] == "trees" else "recipes"
        said["recipe"] = config[section][strategy["recipe"]]
    return said
