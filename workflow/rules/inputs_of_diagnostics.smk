# What figures of diagnostics are told of runs: functions of wildcards.

from types import SimpleNamespace

from transients.configuration import needs_labels, sources_in_use

DIAGNOSTICS = ["confusion", "roc", "reliability"]

MOST_SHOWN = 3  # strategies in a figure of diagnostics
SHOWN_FIRST = ["transfer", "scratch", "best"]


def ran_at(wildcards):
    """The strategies of a target at a number of labels; there must be such units."""
    n_train = int(wildcards.n_train)
    if n_train not in SIZES[wildcards.target]:
        sizes = ", ".join(map(str, SIZES[wildcards.target])) or "none"
        raise WorkflowError(
            f"{wildcards.target} has no units with {n_train} labels; its numbers of"
            f" labels, n_train in the configuration, are {sizes}"
        )
    return strategies_at(config["experiments"][wildcards.target], n_train)


def shown_strategies(wildcards):
    """The strategies in the figures: both arms of the paper and the best, or the first."""
    return shown_of(list(ran_at(wildcards)))


def shown_of(ran):
    """Those that the figures show of the strategies that ran."""
    order = [name for name in SHOWN_FIRST if name in ran]
    return [*order, *(name for name in ran if name not in order)][:MOST_SHOWN]


def shown_networks(wildcards):
    """Those of the strategies in the figures that are networks; units keep them."""
    experiment = config["experiments"][wildcards.target]
    ran = strategies_at(experiment, int(wildcards.n_train))
    return [name for name in shown_of(list(ran)) if ran[name]["kind"] == "network"]


def predictions_of_size(wildcards):
    """The predictions of all units of a target with a number of labels."""
    return tables_of_size(wildcards, "predictions")


def tables_of_size(wildcards, table):
    """One table's files of all units of a target with a number of labels."""
    ran_at(wildcards)
    experiment = config["experiments"][wildcards.target]
    return expand(
        "<results>/units/{target}/n{n_train}/seed{seed}/{table}.parquet",
        target=wildcards.target,
        n_train=wildcards.n_train,
        seed=seeds_at(experiment, int(wildcards.n_train)),
        table=table,
    )


def seeds_of_size(wildcards):
    """The seeds of the units of a target with a number of labels."""
    ran_at(wildcards)
    return seeds_at(config["experiments"][wildcards.target], int(wildcards.n_train))


def decisive_since_trigger(wildcards):
    """What decides the networks that are asked again, on light curves cut earlier."""
    if not (shown := shown_networks(wildcards)):
        raise WorkflowError(
            f"none of the strategies that figures of {wildcards.target} show with"
            f" {wildcards.n_train} labels is a network, which could be asked day by day"
        )
    decisive = decisive_of_units(wildcards)
    strategies = {name: decisive["strategies"][name] for name in shown}
    used = {
        source for strategy in strategies.values() for source in strategy["sources"]
    }
    sources = {k: v for k, v in decisive["sources"].items() if k in used}
    return {**decisive, "strategies": strategies, "sources": sources, "forests": []}


def files_since_trigger(wildcards):
    """Light curves, the networks of all units, and what these started from.

    sources are the source models of the first seed, then those of the next.
    """
    dataset = config["experiments"][wildcards.target]["dataset"]
    source_model = "<results>/sources/{source}/seed{seed}/classifier.keras"
    return {
        "model_input": expand(
            "<results>/data/{dataset}/model_input/{array}.npy",
            dataset=dataset,
            array=MODEL_INPUT,
        ),
        "sources": [
            file
            for seed in seeds_of_size(wildcards)
            for source in decisive_since_trigger(wildcards)["sources"]
            for file in expand(
                source_model, source=source, seed=seed if one_per_seed(source) else 0
            )
        ],
        "networks": tables_of_size(wildcards, "networks"),
    }


def title_of_size(wildcards):
    """What figures say of a target's data, and the number of labels."""
    told = title_of_target(wildcards.target)
    labels = f"{int(wildcards.n_train):,} labelled light curves"
    return {**told, "title": f"{told['title']}, {labels}"}


def summaries_of_sources(wildcards):
    """The summaries of all source models in use that were trained here."""
    if not trained_sources():
        raise WorkflowError(
            "no source model is trained with this configuration, so there are no"
            " learning curves of sources"
        )
    return {
        f"{source}/seed{seed}": f"<results>/sources/{source}/seed{seed}/summary.json"
        for source in trained_sources()
        for seed in seeds_of_source(source)
    }


def trained_sources():
    """The source models in use, but those whose published weights are imported."""
    return [
        source
        for source in sources_in_use(config)
        if "weights" not in config["sources"][source]
    ]


def seeds_of_source(source):
    """The seeds that have a model of a source: one of all, or each its own."""
    if not one_per_seed(source):
        return [0]
    return sorted(
        {
            seed
            for target in config["targets"]
            for n_train in SIZES[target]
            if source
            in sources_of_units(SimpleNamespace(target=target, n_train=n_train))
            for seed in seeds_at(config["experiments"][target], n_train)
        }
    )


def size_of_learning(target):
    """The largest size at which most networks of a target are trained; None without."""
    experiment = config["experiments"][target]
    trained = {
        n_train: sum(
            1
            for one in strategies_at(experiment, n_train).values()
            if one["kind"] == "network" and needs_labels(one)
        )
        for n_train in SIZES[target]
    }
    most = max(trained.values(), default=0)
    return (
        max(n for n, networks in trained.items() if networks == most) if most else None
    )


def source_to_embed(wildcards):
    """The source model of a target's experiment, if it was trained here."""
    source = config["experiments"][wildcards.target]["source"]
    if source not in trained_sources():
        raise WorkflowError(
            f"source model {source!r} of {wildcards.target} is not trained with this"
            " configuration, so it has no light curves that were held out from it"
        )
    return source


def files_to_embed(wildcards):
    """A source model, its light curves, and those of the target."""
    source = source_to_embed(wildcards)
    target = config["experiments"][wildcards.target]["dataset"]
    array = "<results>/data/{dataset}/model_input/{array}.npy"
    return {
        **source_input(SimpleNamespace(source=source)),
        "classifier": f"<results>/sources/{source}/seed0/classifier.keras",
        "target": expand(array, dataset=target, array=MODEL_INPUT),
    }


def title_of_source_to_embed(wildcards):
    """What the light curves of the source model are."""
    datasets = config["sources"][source_to_embed(wildcards)]["datasets"]
    return ", ".join(config["datasets"][name]["title"] for name in datasets)
