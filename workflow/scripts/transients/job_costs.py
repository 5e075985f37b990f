"""What the jobs that grow with the data ask for: memory [MB] and time [min].

The constants are upper ends of what was measured on processor cores, of at least four
sizes each; config/README.md has the measurements, and results/tables/resources.csv
those of every run. A later attempt asks for that many times as much.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

SNAKEMAKE_MB = 400
"""Snakemake itself, which runs inside every job of a cluster."""

TRAINING_MB = 2200
"""A process that trains: library, traced networks and their batches. TensorFlow on a
processor keeps 1,400, PyTorch on a GPU, with CUDA, 2,000."""

BYTES_PER_POINT = 16  # four channels of float32
BYTES_PER_LABEL = 8
SECONDS_PER_POINT = 4e-5  # forward and backward, on one core
SECONDS_PER_STRATEGY = 30.0  # building, tracing, writing
LONGEST = 24 * 60  # [min], what partitions often allow; what is finished is kept


def table_mb(size_mb: float, per_mb: float, attempt: int) -> int:
    """Memory of a job that keeps `per_mb` times the size of its input tables on disk.

    size_mb is that of the files [MB].
    """
    return round((SNAKEMAKE_MB + 300 + per_mb * size_mb) * attempt)


def training_mb(size_mb: float, at_once: int, attempt: int) -> int:
    """Memory of a job that trains `at_once` networks on model input of this size."""
    return round((SNAKEMAKE_MB + at_once * (TRAINING_MB + 2 * size_mb)) * attempt)


def training_minutes(
    points: Collection[str | Path],
    labels: Collection[str | Path],
    recipes: Collection[Mapping[str, Any]],
    *,
    n_train: int | None,
    in_turn: int,
    attempt: int,
) -> int:
    """Time of a job that trains networks by these recipes, should none stop early.

    points and labels are files of the model input, one for each data set, whose sizes
    tell how long its light curves are; n_train light curves, or where it is None all,
    are learnt from, and all classified. in_turn is the number of units that wait for
    one another.
    """
    n_points = sum(Path(path).stat().st_size for path in points) / BYTES_PER_POINT
    n_objects = sum(Path(path).stat().st_size for path in labels) / BYTES_PER_LABEL
    learnt = n_points * (1.0 if n_train is None else min(1.0, n_train / n_objects))
    seconds = sum(
        SECONDS_PER_STRATEGY
        + SECONDS_PER_POINT * (recipe["epochs"] * learnt + n_points)
        for recipe in recipes
    )
    return min(LONGEST, math.ceil(5 + in_turn * seconds / 60) * attempt)
