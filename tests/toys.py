"""Toy data for the unit tests, made by code."""

import numpy as np
import pandas as pd

from transients.encoding import ModelInput
from transients.model import Architecture
from transients.tables import SurveyTables

TINY = Architecture((8,), 8, 4, (8,))
"""A network that trains in no time."""


def survey(names=("a", "b", "c"), n_points=6):
    """Objects of classes A and B in turn, each with n_points one day apart.

    Points alternate between g and r; flux is 100, 200, ..., all are detections.
    """
    n = len(names)
    objects = pd.DataFrame(
        {
            "object_id": list(names),
            "class": [("A", "B")[i % 2] for i in range(n)],
            "ra": 10.0,
            "dec": -5.0,
            "mwebv": 0.1 * np.arange(1, n + 1),
            "redshift": np.nan,
            "trigger_mjd": np.nan,
        }
    )
    steps = np.tile(np.arange(n_points), n)
    points = pd.DataFrame(
        {
            "object_id": np.repeat(list(names), n_points),
            "mjd": 59000.0 + steps,
            "passband": np.array(["g", "r"], dtype=object)[steps % 2],
            "flux": 100.0 * (steps + 1),
            "flux_err": 10.0,
            "detected": True,
        }
    )
    return SurveyTables(objects, points)


def model_input(lengths, n_classes=3, seed=0):
    """Light curves of given lengths whose flux grows with their class, in turn."""
    rng = np.random.default_rng(seed)
    n, n_points = len(lengths), int(np.sum(lengths))
    labels = np.arange(n) % n_classes
    level = np.repeat(labels, lengths)
    points = [
        rng.choice([0.472, 0.634], n_points),
        np.concatenate([np.sort(rng.random(k)) for k in lengths]),
        level + rng.normal(0, 0.3, n_points),
        rng.uniform(0.1, 0.3, n_points),
    ]
    return ModelInput(
        points=np.column_stack(points).astype(np.float32),
        offsets=np.append(0, np.cumsum(lengths)).astype(np.int64),
        metadata=rng.random((n, 1)).astype(np.float32),
        labels=labels.astype(np.int64),
        object_id=np.array([f"object {i}" for i in range(n)], dtype=object),
    )


def mixed_lengths(n, low=5, high=30, seed=1):
    """n different lengths of light curves, drawn anew for each seed."""
    return np.random.default_rng(seed).integers(low, high, n)
