# What tables and figures are told of targets and their data: functions of wildcards.


def real_targets():
    """Whether the light curves of each target are real; else they are simulated."""
    datasets = {
        target: config["experiments"][target]["dataset"] for target in config["targets"]
    }
    return {
        target: config["datasets"][name]["real"] for target, name in datasets.items()
    }


def common_classes():
    """The common classes of each target."""
    return {
        target: config["experiments"][target]["common_classes"]
        for target in config["targets"]
    }


def units(table):
    """One table's files of all units (target, n_train, seed)."""
    return [
        file
        for name in config["targets"]
        for n_train in SIZES[name]
        for file in expand(
            "<results>/units/{target}/n{n_train}/seed{seed}/{table}.parquet",
            target=name,
            n_train=n_train,
            seed=seeds_at(config["experiments"][name], n_train),
            table=table,
        )
    ]


def drawn_of(target):
    """What Figure 2 shows of an experiment: how its transfer uses the source model."""
    experiment = config["experiments"][target]
    transfer = {
        name: {key: value for key, value in strategy.items() if key != "n_train"}
        for name, strategy in experiment["strategies"].items()
        if name == "transfer"
    }
    told = {key: experiment[key] for key in ["source", "dataset"]}
    return {**told, "strategies": transfer}


def title_of_target(target):
    """What figures say of a target's data: which they are, and if the test was capped."""
    experiment = config["experiments"][target]
    cap, share = experiment["max_test"], experiment["test_fraction"]
    notes = [f"test set: a fixed {share:.0%} of the light curves"] if share else []
    notes += [cap_in_words(cap)] if cap else []
    return {
        "title": config["datasets"][experiment["dataset"]]["title"],
        "note": "; ".join(notes),
        "classes": config["datasets"][experiment["dataset"]]["classes"],
    }


def shown_as_target(wildcards):
    """How a target's data set and those compared with it are shown, in that order."""
    return as_target_shows(config, wildcards.target)


def shown_files(kind):
    """One table of a target's data set and of each compared with it."""
    return lambda wildcards: [
        f"<results>/data/{name}/{kind}_{shown['observations']}.parquet"
        for name, shown in shown_as_target(wildcards).items()
    ]


def judged_size(wildcards):
    """The number of labels at which a target's failures are looked at: the largest."""
    return max(SIZES[wildcards.target])


def judged_strategy(wildcards):
    """The strategy that is looked at: best, or transfer, or else the first that runs."""
    experiment = config["experiments"][wildcards.target]
    ran = list(strategies_at(experiment, judged_size(wildcards)))
    return next(name for name in ["best", "transfer", *ran] if name in ran)


def misclassified_files(wildcards):
    """The predictions of all runs of the size, and what is known of the light curves."""
    experiment = config["experiments"][wildcards.target]
    n_train = judged_size(wildcards)
    folder = f"<results>/data/{experiment['dataset']}"
    return {
        "predictions": expand(
            "<results>/units/{target}/n{n_train}/seed{seed}/predictions.parquet",
            target=wildcards.target,
            n_train=n_train,
            seed=seeds_at(experiment, n_train),
        ),
        "model_input": [f"{folder}/model_input/{array}.npy" for array in MODEL_INPUT],
        "objects": f"{folder}/objects.parquet",
        "features": f"{folder}/features_all.parquet",
        "coverage": f"{folder}/coverage_all.parquet",
    }


def passbands_of_target(wildcards):
    """The wavelengths of the passbands of a target's data set."""
    dataset = config["experiments"][wildcards.target]["dataset"]
    return config["passbands"][config["datasets"][dataset]["passbands"]]


def dataset_of_target(wildcards):
    """What the tables and the page need to know of a target's data set."""
    dataset = config["datasets"][config["experiments"][wildcards.target]["dataset"]]
    return {key: dataset[key] for key in ["title", "classes", "trigger"]}
