"""AUROC against days since trigger: a unit's networks, asked as the nights go by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.averages import MACRO
from transients.cuts import cut_after
from transients.encoding import ModelInput
from transients.kept_networks import Weights, read_networks
from transients.metrics import class_aurocs
from transients.network_training import ask_networks
from transients.strategies import NetworkStrategy, strategy_from_config
from transients.units import Unit


def of_all_strategies(
    unit: Unit,
    strategies: Mapping[str, Mapping[str, Any]],
    networks: str | Path,
    days: Sequence[float],
    encoding: Mapping[str, Any],
) -> pd.DataFrame:
    """Return since_trigger of some strategies of a unit, in columns of the unit's.

    strategies and encoding are sections of the configuration, networks is the unit's
    file of trained networks.
    """
    tables = [
        since_trigger(
            unit,
            strategy,
            read_networks(networks, name),
            days,
            encoding["window"],
            encoding["min_points"],
        ).assign(**unit.columns, strategy=name)
        for name, section in strategies.items()
        if isinstance(strategy := strategy_from_config(section), NetworkStrategy)
    ]
    return pd.concat(tables, ignore_index=True)


def since_trigger(
    unit: Unit,
    strategy: NetworkStrategy,
    networks: Sequence[Weights],
    days: Sequence[float],
    window: tuple[float, float],
    min_points: int,
) -> pd.DataFrame:
    """Return the AUROC of one strategy's trained networks on light curves cut at days.

    Columns: days [d], class (those of the target, and "macro"), auroc, and of the test
    objects of the class n_test_class, n_observed, that have a point by then, and
    n_enough, that have min_points. Every cut has the same objects.
    """
    cuts = [cut_after(unit.target.model_input, day, window) for day in days]
    answers = ask_networks(unit, strategy, networks, cuts)
    tables = []
    for day, cut, answer in zip(days, cuts, answers, strict=True):
        said = without_points_unsure(answer, cut.lengths[unit.sample.test])
        table = _scores(unit, said, cut, min_points)
        table.insert(0, "days", day)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def without_points_unsure(
    probabilities: NDArray[np.float64], lengths: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return probabilities (n, n_classes), equal where a light curve has no point.

    Of such an object nothing is known: what a network answers would be an accident.
    """
    equal = np.full_like(probabilities, 1 / probabilities.shape[1])
    return np.where((lengths == 0)[:, None], equal, probabilities)


def _scores(
    unit: Unit, probabilities: NDArray[np.float64], cut: ModelInput, min_points: int
) -> pd.DataFrame:
    names, test = unit.target.classes.names, unit.sample.test
    labels, lengths = np.asarray(cut.labels)[test], cut.lengths[test]
    aurocs = class_aurocs(labels, probabilities, names)
    table = aurocs.rename_axis("class").reset_index()
    for column, chosen in _counted(lengths, min_points).items():
        counts = np.bincount(labels[chosen], minlength=len(names))
        of = {**dict(zip(names, counts, strict=True)), MACRO: counts.sum()}
        table[column] = table["class"].map(of).astype("int64")
    return table


def _counted(
    lengths: NDArray[np.int64], min_points: int
) -> Mapping[str, NDArray[np.bool_]]:
    """Which objects each column counts."""
    return {
        "n_test_class": lengths >= 0,
        "n_observed": lengths > 0,
        "n_enough": lengths >= min_points,
    }
