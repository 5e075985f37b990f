"""Check that no strategy learns from light curves that it is tested on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os.path import normpath
from pathlib import Path
from typing import Any

from transients.configuration import Config, files_of, starts_of, strategies_in_use

DECISIVE = ("survey", "seed")
"""The options of the simulator that decide the light curves of a class."""


def check_leaks(config: Config, name: str) -> Iterator[str]:
    """Yield which strategies of an experiment know its light curves beforehand.

    The sources and forests that they start from learn from data sets with their labels.
    A simulated data set is decided by survey and seed; others share light curves if
    they share a file or folder, be it the labels alone: those are of the same objects,
    or SNANA files in a folder within the other's.
    What is unknown to the configuration is said elsewhere.
    """
    experiment = config["experiments"][name]
    tested = experiment["dataset"]
    for strategy_name, strategy in strategies_in_use(experiment).items():
        for other in _learnt_from(config, experiment, strategy):
            if _are_same(config, other, tested):
                yield (
                    f"experiments.{name}.strategies.{strategy_name}: it starts from"
                    f" what has learnt from {other}, the light curves that it is tested"
                    " on: take others, as those that are simulated with another seed"
                )


def _learnt_from(
    config: Config, experiment: Mapping[str, Any], strategy: Mapping[str, Any]
) -> list[str]:
    """Return the data sets behind the sources and the forest of a strategy."""
    sources = [config["sources"].get(s, {}) for s in starts_of(experiment, strategy)]
    forests = [config["forests"].get(strategy.get("forest"), {})]
    names = [name for one in sources + forests for name in one.get("datasets", [])]
    return [name for name in dict.fromkeys(names) if name in config["datasets"]]


def _are_same(config: Config, one: str, other: str) -> bool:
    """Say whether two data sets share light curves."""
    first, second = (config["datasets"][name] for name in (one, other))
    if one == other:
        return True
    if first["reader"] not in first or second["reader"] not in second:
        return False  # which is said elsewhere
    if first["reader"] == second["reader"] == "simulate":
        ours, theirs = first["simulate"], second["simulate"]
        same = all(ours[key] == theirs[key] for key in DECISIVE)
        return same and bool(set(first["classes"]) & set(second["classes"]))
    nested = first["reader"] == second["reader"] == "snana"  # searches all below
    return any(
        a == b or (nested and (a in b.parents or b in a.parents))
        for a in _files(config, one)
        for b in _files(config, other)
    )


def _files(config: Config, dataset: str) -> set[Path]:
    return {Path(normpath(path)) for path in files_of(config, dataset).values()}
