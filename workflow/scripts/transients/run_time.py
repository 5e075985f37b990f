"""How long a run will take, told before it begins, from its configuration alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from transients.configuration import (
    datasets_in_use,
    seeds_at,
    sources_in_use,
    starts_of,
    strategies_at,
)

LIGHT_CURVES_PER_SECOND = 1500.0
"""Trained on one core: from 600 to 5,000, with their points and the size of batches."""

PREDICTED_PER_SECOND = 5000.0
STOPPED_EARLY = 0.5  # of the epochs of a recipe with early stopping, that are run
SECONDS_PER_UNIT = 4.0  # forests, tracing, writing
SECONDS_BESIDE = 250.0  # reading, describing, tables, figures
LEARNT = 0.8  # of the labelled objects; the others validate

Config = Mapping[str, Any]


def core_minutes(config: Config, sizes: Mapping[str, Sequence[int]]) -> float:
    """Return the time of a run from its beginning, on one processor core [min].

    sizes are the numbers of labels that each target is run with. The constants were
    set to the embedded default and to real BTS objects, which took 14 and 31 minutes;
    this gives 18 and 34. Light curves of data sets whose size is not in the
    configuration (`unknown_size`) count for nothing, neither learnt nor classified.
    """
    seconds = SECONDS_BESIDE
    seconds += sum(_pretraining(config, name) for name in sources_in_use(config))
    for target in config["targets"]:
        experiment = config["experiments"][target]
        for n_train in sizes[target]:
            unit = _unit(config, experiment, n_train)
            seconds += unit * len(seeds_at(experiment, n_train))
    return seconds / 60


def unknown_size(config: Config) -> list[str]:
    """Return the data sets in use that are read: how many objects is not yet known."""
    return [name for name in datasets_in_use(config) if not _simulated(config, name)]


def _simulated(config: Config, dataset: str) -> int:
    section = config["datasets"][dataset]
    if section["reader"] != "simulate":
        return 0
    return sum(section["simulate"]["counts"].values())


def _pretraining(config: Config, source: str) -> float:
    section = config["sources"][source]
    if "weights" in section:
        return 0.0
    objects = sum(_simulated(config, name) for name in section["datasets"])
    targets = [config["experiments"][name] for name in config["targets"]]
    models = max(t["seeds"] for t in targets) if section["one_per_seed"] else 1
    return models * _training(config["recipes"][section["recipe"]], objects)


def _unit(config: Config, experiment: Config, n_train: int) -> float:
    """Return the time of a unit: its networks learn, and classify what is left [s]."""
    test = _simulated(config, experiment["dataset"]) - n_train
    test = min(test, experiment["max_test"] or test)
    seconds = SECONDS_PER_UNIT
    for strategy in strategies_at(experiment, n_train).values():
        if strategy["kind"] == "network":
            networks = strategy.get("members", 1) * len(starts_of(experiment, strategy))
            seconds += max(1, networks) * max(0, test) / PREDICTED_PER_SECOND
            if strategy["trainable"]:  # a head alone takes no time
                recipe = config["recipes"][strategy["recipe"]]
                seconds += max(1, networks) * _training(recipe, LEARNT * n_train)
    return seconds


def _training(recipe: Config, objects: float) -> float:
    epochs = recipe["epochs"] * (STOPPED_EARLY if recipe["early_stopping"] else 1.0)
    return epochs * objects / LIGHT_CURVES_PER_SECOND
