"""Useful arithmetic against what the core can do.

Useful are the floating-point operations of the network on observed points; those on
padding are not counted. A GRU of u units on inputs of width d takes three products with
the input, 3 x 2 d u operations a point, and three with the state, 3 x 2 u u; a dense
layer from d to u takes 2 d u an object. A step of training counts as three times its
forward pass: one pass back for the inputs of each layer, one for its weights. Gates,
activations and the optimiser are not counted.

The baseline is the rate of products of large square float32 matrices on the same core,
the faster of NumPy's and TensorFlow's, in the same process in turn with the training.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from . import charts
from .light_curves import N_CLASSES, light_curves, ztf_lengths
from .measure import Measurement, in_own_process, interleaved, median
from .summary import Row

if TYPE_CHECKING:
    from transients.model import Architecture

N_CHANNELS, N_METADATA = 4, 1
RATE = "GFLOP/s"
PRODUCT = "matrix product"
BATCH_SIZES = (128, 32)
TRAINING = 3
"""Cost of a step of training in forward passes."""


def flop_per_point(architecture: Architecture) -> int:
    """Return the operations of a forward pass through the GRUs on one point."""
    widths = [N_CHANNELS, *architecture.gru_units]
    return sum(6 * units * (width + units) for width, units in pairwise(widths))


def flop_per_object(architecture: Architecture, n_classes: int) -> int:
    """Return the operations of a forward pass through the dense layers."""
    beside = architecture.metadata_units or 0
    merged = [architecture.light_curve_units + beside, *architecture.merged_units]
    layers = [
        (architecture.gru_units[-1], architecture.light_curve_units),
        (N_METADATA, beside),
        *pairwise([*merged, n_classes]),
    ]
    return sum(2 * width * units for width, units in layers)


def measure(quick: bool) -> list[Measurement]:
    """Measure training and matrix products in turn."""
    return in_own_process(_arithmetic, *((64, 1, 256) if quick else (4096, 5, 2048)))


def _arithmetic(n: int, repeats: int, size: int) -> list[Measurement]:
    import tensorflow as tf

    from . import engine

    data = light_curves(ztf_lengths(n))
    flop = TRAINING * (
        data.lengths.mean() * flop_per_point(engine.ARCHITECTURE)
        + flop_per_object(engine.ARCHITECTURE, N_CLASSES)
    )

    def useful(batch_size: int) -> Callable[[], float]:
        rate = engine.one_epoch(data, batch_size)
        return lambda: rate() * flop / 1e9

    matrix = np.random.default_rng(0).random((size, size), np.float32)
    tensor = tf.constant(matrix)
    return interleaved(
        "arithmetic",
        RATE,
        repeats,
        **{f"training, batch {n}": useful(n) for n in BATCH_SIZES},
        **{
            f"{PRODUCT}, NumPy": lambda: _product_rate(lambda: matrix @ matrix, size),
            f"{PRODUCT}, TensorFlow": lambda: _product_rate(
                lambda: tf.linalg.matmul(tensor, tensor).numpy(), size
            ),
        },
    )


def _product_rate(product: Callable[[], object], size: int) -> float:
    """Return GFLOP/s of a product of square matrices, after one to warm up."""
    product()
    began = time.perf_counter()
    product()
    return 2 * size**3 / (time.perf_counter() - began) / 1e9


def summarise(details: pd.DataFrame) -> list[Row]:
    """Return a row for each batch size."""
    peaks = details[details["side"].str.startswith(PRODUCT)]
    peak = float(peaks.groupby("side")["value"].median().max())
    return [
        Row(
            f"4 useful arithmetic, batch {n} [{RATE}]",
            median(details, "arithmetic", f"training, batch {n}", RATE),
            ">= 0.6",
            peak,
        )
        for n in BATCH_SIZES
    ]


def draw(details: pd.DataFrame) -> Figure:
    """Draw the rates, every repeat."""
    return charts.side_by_side(details, RATE)
