"""Simulated light curves beside a target's, class by class and quantity by quantity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from transients.coverage import COVERAGE
from transients.features import KEYS
from transients.realism_quantities import (
    ALL,
    FEWEST,
    LEVELS,
    REALISM_COLUMNS,
    TOLD_APART,
    TOLD_BY_PHYSICS,
    quantities,
)
from transients.sim_or_real import tell_apart
from transients.trees import Examples
from transients.weighted_samples import Floats, ks_distance, quantiles

MOST_TOLD_APART = 1000
"""Objects of a class and data set that the classifier sees at most."""


def realism_table(
    target: str,
    real: Examples,
    simulated: Mapping[str, Examples],
    classes: Sequence[str],
    wavelengths: Mapping[str, float],
) -> pd.DataFrame:
    """Return REALISM_COLUMNS, a row per data set, class (or "all") and quantity.

    Tables of features are those of `joined`. p16, p50 and p84 are percentiles, distance
    is the two-sample statistic of Kolmogorov and Smirnov, 0 for equal distributions, 1
    for disjoint ones; both over the objects in which the quantity could be measured,
    n of them, weighted where the examples are. auroc is that of sim_or_real.tell_apart,
    missing for classes with too few objects; told_by names the features that told most.
    few marks results on fewer than 3 objects of the target or simulated.
    """
    rows = []
    for dataset, examples in simulated.items():
        for name, quantity, numbers in _compared(real, examples, classes, wavelengths):
            keys = {"target": target, "dataset": dataset, "class": name}
            rows.append({**keys, "quantity": quantity, **numbers})
    table = pd.DataFrame(rows, columns=REALISM_COLUMNS)
    few = table[["n_target", "n_simulated"]].min(axis="columns") < FEWEST
    return table.assign(few=few)


def _compared(
    real: Examples,
    simulated: Examples,
    classes: Sequence[str],
    wavelengths: Mapping[str, float],
) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Yield class, quantity and numbers of one simulated data set."""
    for place, name in enumerate(classes):
        one, other = _of_class(real, place), _of_class(simulated, place)
        for quantity, column in quantities(wavelengths).items():
            yield name, quantity, _numbers(one, other, column)
        yield from _all_told_apart(name, one, other, wavelengths)
    yield from _all_told_apart(ALL, real, simulated, wavelengths)


def _of_class(examples: Examples, place: int) -> Examples:
    rows = examples.labels == place
    return Examples(
        examples.features[rows], examples.labels[rows], examples.weights[rows]
    )


def _numbers(real: Examples, simulated: Examples, column: str) -> dict[str, object]:
    one, other = _measured(real, column), _measured(simulated, column)
    numbers: dict[str, object] = {"n_target": len(one[0]), "n_simulated": len(other[0])}
    for side, sample in (("target", one), ("simulated", other)):
        found = quantiles(*sample, list(LEVELS.values()))
        numbers |= {
            f"{side}_{level}": x for level, x in zip(LEVELS, found, strict=True)
        }
    return {**numbers, "distance": ks_distance(*one, *other)}


def _measured(examples: Examples, column: str) -> tuple[Floats, Floats]:
    """Return the values and weights of the objects in which a quantity is known."""
    values = examples.features[column].to_numpy(dtype=float)
    known = np.isfinite(values)
    return values[known], examples.weights[known]


def _all_told_apart(
    name: str, real: Examples, simulated: Examples, wavelengths: Mapping[str, float]
) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Yield the rows of an AUROC of a class, or of all with one classifier."""
    every = list(real.features.columns.drop(KEYS))
    named = quantities(wavelengths)
    physics = [column for column in named.values() if column not in COVERAGE]
    for quantity, columns in ((TOLD_APART, every), (TOLD_BY_PHYSICS, physics)):
        yield name, quantity, _told_apart(real, simulated, columns)


def _told_apart(
    real: Examples, simulated: Examples, columns: list[str]
) -> dict[str, object]:
    n_each: dict[str, object] = {
        "n_target": len(real.labels),
        "n_simulated": len(simulated.labels),
    }
    both = [_some_of_each_class(real), _some_of_each_class(simulated)]
    told = tell_apart(
        pd.concat([sample.features[columns] for sample in both], ignore_index=True),
        np.repeat([True, False], [len(sample.labels) for sample in both]),
        np.concatenate([sample.labels for sample in both]),
        np.concatenate([sample.weights for sample in both]),
    )
    if told is None:
        return n_each
    by = ", ".join(told.by)
    return {**n_each, "auroc": told.auroc, "auroc_error": told.error, "told_by": by}


def _some_of_each_class(examples: Examples) -> Examples:
    """Return MOST_TOLD_APART of each class drawn at random, which bounds the time."""
    labels = pd.Series(examples.labels)
    shuffled = labels.sample(frac=1, random_state=0)
    rank = shuffled.groupby(shuffled).cumcount().sort_index()
    rows = (rank < MOST_TOLD_APART).to_numpy()
    return Examples(
        examples.features[rows], examples.labels[rows], examples.weights[rows]
    )
