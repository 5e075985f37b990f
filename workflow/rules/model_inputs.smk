# What the rule that exports models asks of the configuration.

from types import SimpleNamespace

from transients.configuration import built_on, exported_unit


def unit_of_model(wildcards):
    """The size and the seed of the unit that a model is trained on."""
    try:
        return exported_unit(config, wildcards.target, wildcards.strategy, SIZES)
    except TransientsError as error:
        raise WorkflowError(str(error))


def decisive_of_model(wildcards):
    """All of the configuration that decides an exported model."""
    unit = SimpleNamespace(target=wildcards.target, **unit_of_model(wildcards))
    decisive = decisive_of_units(unit)
    names = built_on(decisive["strategies"], wildcards.strategy)
    ours = {name: decisive["strategies"][name] for name in names}
    starts = {source for s in ours.values() for source in s.get("sources", [])}
    sources = {name: decisive["sources"][name] for name in sorted(starts)}
    forests = sorted({s["forest"] for s in ours.values() if s.get("forest")})
    return {**decisive, "strategies": ours, "sources": sources, "forests": forests}


def forests_of_model(wildcards):
    """The forests of simulated light curves that an exported model is made of."""
    return {
        name: {
            **config["forests"][name],
            "recipe": config["tree_recipes"][config["forests"][name]["recipe"]],
        }
        for name in decisive_of_model(wildcards)["forests"]
    }


def files_of_model(wildcards):
    """What an exported model is trained on, starts from, and is documented by."""
    unit = unit_of_model(wildcards)
    decisive = decisive_of_model(wildcards)
    data = "<results>/data"
    folder = f"{data}/{config['experiments'][wildcards.target]['dataset']}"
    files = {
        "model_input": [f"{folder}/model_input/{array}.npy" for array in MODEL_INPUT],
        "sources": [
            f"<results>/sources/{source}/seed{seed}/classifier.keras"
            for source in decisive["sources"]
            for seed in [unit["seed"] if one_per_seed(source) else 0]
        ],
        "objects": f"{folder}/objects.parquet",
        "light_curves": f"{folder}/light_curves.parquet",
    }
    if any(s["kind"] == "trees" for s in decisive["strategies"].values()):
        files["features"] = [f"{folder}/features_all.parquet"]
        files["simulated"] = [
            f"{data}/{dataset}/features_{forest['observations']}.parquet"
            for forest in forests_of_model(wildcards).values()
            for dataset in forest["datasets"]
        ]
    return files


def one_per_seed(source):
    """Whether each seed has a source model of its own."""
    return config["sources"][source].get("one_per_seed", False)


def minutes_of_model(wildcards, input, attempt):
    """Time that a model may take to train."""
    strategies = decisive_of_model(wildcards)["strategies"].values()
    return training_minutes(
        input.model_input[:1],
        input.model_input[1:2],
        [recipe for s in strategies for recipe in network_recipes(s)],
        n_train=unit_of_model(wildcards)["n_train"],
        in_turn=1,
        attempt=attempt,
    )
