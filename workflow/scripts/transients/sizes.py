"""The numbers of labelled light curves that a target's data allow."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from transients.configuration import files_of, strategies_at

LARGEST_SHARE = 0.8
"""Largest share of the objects that may be labelled: a fifth is left to test."""


def waits_for_download(config: Mapping[str, Any], target: str) -> bool:
    """Say whether a target's n_train_if_enough cannot be decided before a download."""
    experiment = config["experiments"][target]
    files = files_of(config, experiment["dataset"]).values()
    download = config["datasets"][experiment["dataset"]].get("download")
    there = all(Path(path).exists() for path in files)
    return bool(experiment["n_train_if_enough"]) and download is not None and not there


def sizes(config: Mapping[str, Any], target: str, taxonomy: Path) -> list[int]:
    """Return a target's n_train, and of n_train_if_enough what leaves a fifth to test.

    Sizes at which no strategy runs are left out. Objects are counted in the label table
    only if there is something to decide, and if it is not still to be fetched; a reader
    that is asked so has a function `count(options, dataset) -> int`.
    """
    experiment = config["experiments"][target]
    allowed = [*experiment["n_train"], *_enough(config, target, taxonomy)]
    return [n_train for n_train in allowed if strategies_at(experiment, n_train)]


def _enough(config: Mapping[str, Any], target: str, taxonomy: Path) -> list[int]:
    """Return the sizes of n_train_if_enough that leave a fifth of the objects."""
    experiment = config["experiments"][target]
    wanted = experiment["n_train_if_enough"]
    if not wanted or waits_for_download(config, target):
        return []
    # Every job plans anew: what reads tables is imported where there is one to count.
    from transients.configuration_datasets import dataset_of_reader

    section = config["datasets"][experiment["dataset"]]
    dataset = dataset_of_reader(config, experiment["dataset"], taxonomy)
    reader = importlib.import_module(f"transients.readers.{section['reader']}")
    largest = LARGEST_SHARE * reader.count(section[section["reader"]], dataset)
    return [n_train for n_train in wanted if n_train <= largest]
