"""Check the strategies of an experiment: what they name, and what fits together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from transients.configuration import (
    Config,
    backbone_layers,
    needs_labels,
    source_classes,
    starts_of,
    strategies_in_use,
)
from transients.configuration_names import missing

BOTH = ("strategy", "without")


def check_strategies(config: Config, name: str) -> Iterator[str]:
    """Yield what is wrong with the strategies of an experiment of known data.

    Those that are switched off may be of no use to it, as of another target's classes.
    """
    experiment, where = config["experiments"][name], f"experiments.{name}"
    classes = config["datasets"][experiment["dataset"]]["classes"]
    yield from missing(
        (experiment["class_map"] or {}).values(), classes, f"{where}.class_map"
    )
    mix = experiment["class_mix"]
    if mix is not None and set(mix) != set(classes):
        yield f"{where}.class_mix: give a number for each of {', '.join(classes)}"
    compared = [one[key] for one in experiment.get("ablation", []) for key in BOTH]
    yield from missing(compared, experiment["strategies"], f"{where}.ablation")
    check = {"network": _check_network, "trees": _check_trees, "blend": _check_blend}
    for strategy_name, strategy in strategies_in_use(experiment).items():
        here = f"{where}.strategies.{strategy_name}"
        yield from check[strategy["kind"]](config, experiment, strategy, here)
        if strategy.get("class_mix") and mix is None:
            yield f"{here}.class_mix: {where}.class_mix says nothing of the mix"
        if strategy["n_train"] != "all":
            known = {*experiment["n_train"], *experiment["n_train_if_enough"]}
            extra = set(strategy["n_train"]) - known
            if extra:
                yield f"{here}.n_train: {sorted(extra)} not in {where}.n_train"


def _check_network(
    config: Config,
    experiment: Mapping[str, Any],
    strategy: Mapping[str, Any],
    where: str,
) -> Iterator[str]:
    starts, head = starts_of(experiment, strategy), strategy["head"]
    if strategy["start"] != "source":
        yield from missing(starts, config["sources"], f"{where}.start")
    recipe = strategy["recipe"]
    if recipe is not None:
        yield from missing([recipe], config["recipes"], f"{where}.recipe")
    elif head == "new" or strategy["trainable"]:
        yield f"{where}.recipe: null, but a new head or trainable layers need training"
    trainable = strategy["trainable"]
    if trainable != "all":
        layers = backbone_layers(config["model"])
        yield from missing(trainable, layers, f"{where}.trainable")
    if not starts and trainable != "all":
        yield f"{where}: random weights must be trained: trainable: all"
    if head != "new" and (not starts or strategy["new_layers"]):
        yield f"{where}: a {head} head needs a source and no new_layers"
    if starts and strategy.get("flux"):
        yield f"{where}.flux: a source sees flux as it was trained; only for random"
    if strategy.get("class_mix") and head != "merged":
        yield f"{where}.class_mix: only a merged head can be told the class mix"
    yield from _check_head(config, experiment, strategy, where)


def _check_head(
    config: Config,
    experiment: Mapping[str, Any],
    strategy: Mapping[str, Any],
    where: str,
) -> Iterator[str]:
    """Compare the classes of sources with those of a kept or merged head."""
    ours = config["datasets"][experiment["dataset"]]["classes"]
    known = {name: name for name in ours} | (experiment["class_map"] or {})
    for source in starts_of(experiment, strategy):
        if not _has_known_classes(config, source):
            continue  # which is said elsewhere
        theirs = source_classes(config, source)
        if strategy["head"] == "kept" and theirs != tuple(ours):
            yield (
                f"{where}.head: kept, but source {source!r} tells {list(theirs)} apart"
                f" and the data set has {list(ours)}, in that order"
            )
        lost = set(ours) - {known.get(name) for name in theirs}
        if strategy["head"] == "merged" and lost:
            yield (
                f"{where}.head: merged, but no class of source {source!r} is mapped to"
                f" {', '.join(sorted(lost))} by the experiment's class_map"
            )


def _has_known_classes(config: Config, source: str) -> bool:
    section = config["sources"].get(source)
    return section is not None and not (
        set(section.get("datasets", [])) - set(config["datasets"])
    )


def _check_trees(
    config: Config,
    experiment: Mapping[str, Any],
    strategy: Mapping[str, Any],
    where: str,
) -> Iterator[str]:
    forest, recipe = strategy["forest"], strategy["recipe"]
    if (forest is None) == (recipe is None):
        yield f"{where}: give either a forest or a recipe, and null for the other"
        return
    yield from _check_scores_of(experiment, strategy, f"{where}.scores_of")
    if recipe is not None:
        yield from missing([recipe], config["tree_recipes"], f"{where}.recipe")
        if strategy.get("class_mix"):
            yield f"{where}.class_mix: labels tell the mix; only for a forest"
    else:
        yield from _check_forest(config, experiment, forest, where)


def _check_scores_of(
    experiment: Mapping[str, Any], strategy: Mapping[str, Any], where: str
) -> Iterator[str]:
    others, strategies = strategy.get("scores_of", []), experiment["strategies"]
    yield from missing(others, strategies, where)
    if others and strategy["recipe"] is None:
        yield f"{where}: a forest has learnt already: leave it out"
        return
    for other in others:
        section = strategies.get(other)
        if section is None:
            continue
        if section["kind"] == "blend" or needs_labels(section):
            yield (
                f"{where}: {other} has seen the labels that these trees learn from:"
                " take strategies without labels"
            )
        elif not _runs_wherever(strategy["n_train"], section["n_train"]):
            yield f"{where}: {other} does not run at all sizes of this one"


def _runs_wherever(ours: str | list[int], theirs: str | list[int]) -> bool:
    if theirs == "all" or ours == "all":
        return theirs == "all"
    return set(ours) <= set(theirs)


def _check_forest(
    config: Config, experiment: Mapping[str, Any], forest: str, where: str
) -> Iterator[str]:
    unknown = missing([forest], config["forests"], f"{where}.forest")
    yield from unknown
    if unknown:
        return
    section = config["forests"][forest]
    ours = config["datasets"][experiment["dataset"]]["passbands"]
    for name in section["datasets"]:
        theirs = config["datasets"].get(name, {}).get("passbands", ours)
        if theirs != ours:
            yield (
                f"{where}.forest: {name} was observed in passbands {theirs}, the"
                f" target in {ours}: features are those of passbands, so take simulated"
                " light curves of the same"
            )


def _check_blend(
    config: Config,
    experiment: Mapping[str, Any],
    strategy: Mapping[str, Any],
    where: str,
) -> Iterator[str]:
    del config
    yield from missing(strategy["of"], experiment["strategies"], f"{where}.of")
    for other in strategy["of"]:
        section = experiment["strategies"].get(other, {})
        if section.get("kind") == "blend":
            yield f"{where}.of: {other} is a blend itself: name its strategies"
