"""The blend of several strategies' probabilities."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from transients.strategies import BlendStrategy
from transients.units import Outcome, no_history, untrained

FLOOR = 1e-4
"""Added to every probability, as a forest of few labels says 0 of what it never saw."""


def run_blend(strategy: BlendStrategy, others: Mapping[str, Outcome]) -> Outcome:
    """Return the blend of others' probabilities, defined where all of them are.

    Its cost is that of the blending alone.
    """
    began = time.perf_counter()
    mean = blend(
        strategy.of, {name: others[name].probabilities for name in strategy.of}
    )
    seconds = time.perf_counter() - began
    return Outcome(mean, untrained(seconds), no_history())


def blend(
    weights: Mapping[str, float], probabilities: Mapping[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return the geometric mean, by weight, of probabilities (n, n_classes) by name."""
    total = sum(weights.values())
    logs = [
        weight / total * np.log(probabilities[name] + FLOOR)
        for name, weight in weights.items()
    ]
    mean = np.exp(np.sum(logs, axis=0))
    return mean / mean.sum(axis=1, keepdims=True)
