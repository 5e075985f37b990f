# What the rules ask of the configuration: functions of wildcards.

MODEL_INPUT = ["points", "labels", "offsets", "metadata", "object_id"]

RECORDS = ["download", "fetched"]  # inputs that say what was fetched


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


def own_or_fetched(wildcards):
    """The user's files that a data set is read from, or the record of their download."""
    download = download_of(config, wildcards.dataset)
    if download is None:
        return files_of(config, wildcards.dataset)
    return {"download": f"<results>/downloads/{download}.csv"}


def reader_files(wildcards):
    """What a data set is read from, and the map of its labels."""
    files = own_or_fetched(wildcards)
    options = config["datasets"][wildcards.dataset]
    if options["reader"] == "alerce":
        files.pop("light_curves", None)
        files["fetched"] = f"<results>/data/{wildcards.dataset}/alerce.csv"
    if isinstance(options[options["reader"]].get("class_map"), str):  # names a scheme
        files["taxonomy"] = TAXONOMY
    return files


def number_of_parts(dataset):
    """The number of jobs that share the files of a data set."""
    section = config["datasets"][dataset]
    return section.get(section["reader"], {}).get("parts", 1)


def one_of(names):
    """A pattern for a wildcard: one of these names, or nothing at all."""
    return "|".join(names) or "(?!)"


def parts_of(file):
    """One file of each part of a data set, as a function of its wildcards."""
    folder = "<results>/data/{dataset}/parts/{part}/"
    return lambda wildcards: expand(
        folder + file, dataset=wildcards.dataset, part=range(PARTS[wildcards.dataset])
    )


def reading(wildcards):
    """What decides how a data set is read: its reader, files, classes, passbands."""
    dataset = config["datasets"][wildcards.dataset]
    return {
        "reader": dataset["reader"],
        "options": dataset[dataset["reader"]],
        "files": files_of(config, wildcards.dataset),
        "classes": dataset["classes"],
        "passbands": config["passbands"][dataset["passbands"]],
    }


def data_dir_of_files(wildcards):
    """The folder that a data set's files are in; None where it is made without."""
    return config["data_dir"] if files_of(config, wildcards.dataset) else None


def contents_of_files(wildcards):
    """A hash of what is in the user's files that a data set is read from; None without.

    Snakemake itself sees neither a file that is replaced by one of the same date nor
    those of a folder. Of what is fetched the record answers, which is an input. Only the
    main process remembers parameters, so jobs need not look.
    """
    files = reader_files(wildcards)
    own = [path for name, path in files.items() if name not in RECORDS]
    if not own or not kept_hashes(wildcards) or not workflow.is_main_process:
        return None
    return contents(map(Path, own), Path(kept_hashes(wildcards)))


def kept_hashes(wildcards):
    """Where hashes of a data set's files are kept from run to run; None without any."""
    files = files_of(config, wildcards.dataset)
    return hashes_beside(wildcards.dataset, files) if files else None


def contents_of_labels(wildcards):
    """A hash of the table of a data set's labels."""
    labels = files_of(config, wildcards.dataset)["labels"]
    return contents_of_file(f"{wildcards.dataset}_labels", labels)


def contents_of_weights(wildcards):
    """A hash of published weights; None where they are fetched."""
    if download_of_weights(config, wildcards.source):
        return None
    file = weights_file(config, wildcards.source)
    return contents_of_file(wildcards.source, file)


def contents_of_file(name, path):
    """A hash of what is in one file."""
    if not workflow.is_main_process:
        return None
    return contents([Path(path)], Path(hashes_beside(name, path)))


def hashes_beside(name, files):
    """Where hashes are kept, in Snakemake's own folder; other files, another place."""
    told = hashlib.sha256(str(files).encode()).hexdigest()[:8]
    return f".snakemake/source_files/{name}_{told}.json"


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


def made_by(file):
    """The rule that makes a file, and the fingerprints of its code."""
    maker = next(one for one in workflow.rules if one.is_producer(file))
    code = maker.params.get("code", [])
    if callable(code):
        code = code(maker.get_wildcards(file))
    return {"rule": maker.name, "code": code}
