"""The blend of several strategies' probabilities."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from transients.strategies import BlendStrategy
from transients.units import Outcome, no_history, untrained

FLOOR = 1e-4
"""Added to every probability, as a forest of few labels says 0 of what it never saw."""


def run_blend(strategy: BlendStrategy, others: Mapping[str, Outcome]) -> Outcome:
    """Return the weighted geometric mean of the probabilities of others.

    It is defined where all of them are. Its cost is that of the blending alone.
    """
    began = time.perf_counter()
    total = sum(strategy.of.values())
    logs = [
        weight / total * np.log(others[name].probabilities + FLOOR)
        for name, weight in strategy.of.items()
    ]
    mean = np.exp(np.sum(logs, axis=0))
    mean /= mean.sum(axis=1, keepdims=True)
    seconds = time.perf_counter() - began
    return Outcome(mean, untrained(seconds), no_history())
