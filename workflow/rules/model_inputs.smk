# What the rule that exports models asks of the configuration.

from types import SimpleNamespace

from transients.configuration import exported_unit


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
    strategy = decisive["strategies"][wildcards.strategy]
    sources = {name: decisive["sources"][name] for name in strategy["sources"]}
    ours = {wildcards.strategy: strategy}
    return {**decisive, "strategies": ours, "sources": sources, "forests": []}


def files_of_model(wildcards):
    """What an exported model is trained on, starts from, and is documented by."""
    unit = unit_of_model(wildcards)
    folder = f"<results>/data/{config['experiments'][wildcards.target]['dataset']}"
    return {
        "model_input": [f"{folder}/model_input/{array}.npy" for array in MODEL_INPUT],
        "sources": [
            f"<results>/sources/{source}/seed{seed}/classifier.keras"
            for source in decisive_of_model(wildcards)["sources"]
            for seed in [unit["seed"] if one_per_seed(source) else 0]
        ],
        "objects": f"{folder}/objects.parquet",
        "light_curves": f"{folder}/light_curves.parquet",
    }


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
