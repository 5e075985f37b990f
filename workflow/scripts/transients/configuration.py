"""What the configuration says: layers, data sets, strategies, classes and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from transients.errors import ConfigurationError
from transients.fetching.record import own_files

Config = Mapping[str, Any]


def backbone_layers(model: Mapping[str, Any]) -> list[str]:
    """Return the names of the layers of the backbone that hold weights."""
    n_gru, n_merged = len(model["gru_units"]), len(model["merged_units"])
    metadata = [] if model["metadata_units"] is None else ["dense_metadata"]
    return [
        *(f"gru_{i}" for i in range(1, n_gru + 1)),
        "dense_light_curve",
        *metadata,
        *(f"dense_merged_{i}" for i in range(1, n_merged)),
        "latent",
    ]


def starts_of(experiment: Mapping[str, Any], strategy: Mapping[str, Any]) -> list[str]:
    """Return the source models that a strategy starts from; none is a random start."""
    start = strategy.get("start", "random")
    named = {"random": [], "source": [experiment["source"]]}
    return named[start] if isinstance(start, str) else list(start)


def strategies_in_use(experiment: Mapping[str, Any]) -> dict[str, Any]:
    """Return the strategies of an experiment that run at any size."""
    return {n: s for n, s in experiment["strategies"].items() if s["n_train"]}


def sources_in_use(config: Config) -> list[str]:
    """Return the source models that the configured targets start from."""
    experiments = [config["experiments"][name] for name in config["targets"]]
    return sorted(
        {
            source
            for experiment in experiments
            for strategy in strategies_in_use(experiment).values()
            for source in starts_of(experiment, strategy)
        }
    )


def forests_in_use(config: Config) -> list[str]:
    """Return the forests trained on simulated light curves that the targets use."""
    experiments = [config["experiments"][name] for name in config["targets"]]
    used = {
        strategy.get("forest")
        for experiment in experiments
        for strategy in strategies_in_use(experiment).values()
    }
    return sorted(used - {None})


def datasets_in_use(config: Config) -> list[str]:
    """Return the data sets that the configured targets need, sources first."""
    sources = [
        config["sources"][name].get("datasets", []) for name in sources_in_use(config)
    ]
    sources += [config["forests"][name]["datasets"] for name in forests_in_use(config)]
    targets = [config["experiments"][name]["dataset"] for name in config["targets"]]
    compared = [compared_with(config, name) for name in config["targets"]]
    return list(dict.fromkeys([*chain(*sources), *targets, *chain(*compared)]))


def compared_with(config: Config, target: str) -> list[str]:
    """Return the simulated data sets that a target's own is compared with."""
    return list(config["experiments"][target].get("realism", []))


def strategies_at(experiment: Mapping[str, Any], n_train: int) -> dict[str, Any]:
    """Return the strategies of an experiment that run at the size n_train.

    Without labels only those run that need none. A blend is of those of its strategies
    that run.
    """
    chosen = {
        name: strategy
        for name, strategy in experiment["strategies"].items()
        if strategy["n_train"] == "all" or n_train in strategy["n_train"]
    }
    if n_train == 0:
        chosen = {n: s for n, s in chosen.items() if not needs_labels(s)}
    there = {name for name, strategy in chosen.items() if strategy["kind"] != "blend"}
    for name, strategy in chosen.items():
        if strategy["kind"] == "blend":
            of = {other: w for other, w in strategy["of"].items() if other in there}
            chosen[name] = {**strategy, "of": of}
    return {name: s for name, s in chosen.items() if s.get("of") != {}}


def needs_labels(strategy: Mapping[str, Any]) -> bool:
    """Say whether a strategy learns from labelled light curves of the target."""
    return strategy["kind"] != "blend" and strategy["recipe"] is not None


def seeds_at(experiment: Mapping[str, Any], n_train: int) -> range:
    """Return the seeds that run at a size; without labels all runs would be one."""
    return range(experiment["seeds"] if n_train else 1)


def exported_unit(
    config: Config, target: str, strategy: str, sizes: Mapping[str, Iterable[int]]
) -> dict[str, int]:
    """Return n_train and seed of the unit whose strategy is exported.

    sizes are those of each target. Raises ConfigurationError if the target has no such
    strategy, it builds on gradient boosting, or does not run at this size and seed.
    """
    experiment, wanted = config["experiments"][target], config["export"]
    strategies = experiment["strategies"]
    boosting = {
        name
        for name in strategies
        if any(_boosts(config, strategies[n]) for n in built_on(strategies, name))
    }
    if strategy not in strategies or strategy in boosting:
        why = "there is no such strategy"
        if strategy in boosting:
            why = "gradient boosting cannot be exported, forests and networks can"
        others = ", ".join(name for name in strategies if name not in boosting)
        raise ConfigurationError(f"models/{target}/{strategy}: {why}; export {others}")
    ran = [n for n in sizes[target] if strategy in strategies_at(experiment, n)]
    if not ran or wanted["n_train"] not in (None, *ran):
        raise ConfigurationError(
            f"export.n_train is {wanted['n_train']}, but {strategy} of {target} runs"
            f" with {', '.join(map(str, ran)) or 'no'} labels"
        )
    n_train = max(ran) if wanted["n_train"] is None else wanted["n_train"]
    seed = wanted["seed"] if n_train else 0
    if seed not in seeds_at(experiment, n_train):
        raise ConfigurationError(
            f"export.seed is {seed}, but {target} has seeds 0 to"
            f" {experiment['seeds'] - 1}"
        )
    return {"n_train": n_train, "seed": seed}


def built_on(strategies: Mapping[str, Any], name: str) -> list[str]:
    """Return the strategies that one refers to, and those that these do, and itself."""
    found = [name]
    for one in found:
        strategy = strategies[one]
        others = [*strategy.get("scores_of", []), *strategy.get("of", {})]
        found += [other for other in others if other not in found]
    return found


def _boosts(config: Config, strategy: Mapping[str, Any]) -> bool:
    """Say whether a strategy's trees are those of gradient boosting."""
    if strategy["kind"] != "trees":
        return False
    forest = strategy.get("forest")
    recipe = config["forests"][forest]["recipe"] if forest else strategy["recipe"]
    return config["tree_recipes"][recipe]["learner"] == "gradient_boosting"


def source_classes(config: Config, source: str) -> tuple[str, ...]:
    """Return the classes that a source model tells apart."""
    section = config["sources"][source]
    if "weights" in section:
        return tuple(section["weights"]["classes"])
    if section["merge"]:
        return tuple(dict.fromkeys(section["merge"].values()))
    return classes_of_all(config, section["datasets"])


def classes_of_all(config: Config, datasets: Iterable[str]) -> tuple[str, ...]:
    """Return the classes of several data sets in the order in which they appear."""
    classes = (config["datasets"][name]["classes"] for name in datasets)
    return tuple(dict.fromkeys(chain(*classes)))


def files_of(config: Config, dataset: str) -> dict[str, str]:
    """Return the paths that a data set is read from, by the names of its reader."""
    section = config["datasets"][dataset]
    files = section[section["reader"]].get("files", {})
    folder = Path(config["data_dir"] or ".")
    return {name: str(folder / path) for name, path in files.items()}


def download_of(config: Config, dataset: str) -> str | None:
    """Return the download that a data set's files come from, None where they are own.

    Files that are there without the record of a download beside them are the user's,
    and are taken as they are.
    """
    name = config["datasets"][dataset].get("download")
    return _unless_own(config, name, files_of(config, dataset).values())


def weights_file(config: Config, source: str) -> str:
    """Return the path of the published weights that a source is made of."""
    folder = Path(config["data_dir"] or ".")
    return str(folder / config["sources"][source]["weights"]["file"])


def download_of_weights(config: Config, source: str) -> str | None:
    """Return the download that published weights come from: see download_of."""
    name = config["sources"][source]["weights"].get("download")
    return _unless_own(config, name, [weights_file(config, source)])


def _unless_own(config: Config, name: str | None, files: Iterable[str]) -> str | None:
    own = name is None or own_files(config["data_dir"], name, files)
    return None if own else name
