"""Quantiles of weighted values, and how far two samples of them are apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def quantiles(values: Floats, weights: Floats, levels: Sequence[float]) -> Floats:
    """Return the quantiles of values (n,) at levels from 0 to 1; NaN where n is 0.

    Each value stands in the middle of its weight, and quantiles between two values are
    on a line (Hazen's rule, where the weights are equal).
    """
    if not len(values):
        return np.full(len(levels), np.nan)
    order = np.argsort(values, kind="stable")
    upto = np.cumsum(weights[order])
    middle = (upto - weights[order] / 2) / upto[-1]
    return np.interp(levels, middle, values[order])


def ks_distance(
    one: Floats, one_weights: Floats, other: Floats, other_weights: Floats
) -> float:
    """Return the largest difference of two distributions, 0 to 1; NaN without values.

    It is the two-sample statistic of Kolmogorov and Smirnov, with weights.
    """
    if not len(one) or not len(other):
        return float("nan")
    values = np.concatenate([one, other])
    steps = np.concatenate(
        [one_weights / one_weights.sum(), -other_weights / other_weights.sum()]
    )
    order = np.argsort(values, kind="stable")
    difference = np.abs(np.cumsum(steps[order]))
    last_of_equal = np.append(np.diff(values[order]) > 0, True)
    return float(difference[last_of_equal].max())
