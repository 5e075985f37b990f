"""Training throughput, one thread.

The same network learns the same light curves for one epoch: with Keras' `fit` on arrays
padded to 656 points and a mask (baseline), and with the engine. Lengths are drawn as
ZTF's, median 60, the longest 656 points. Building and tracing the networks and padding
the arrays for the baseline are not counted. The two take turns in one process.

For "same result" both start from the same weights and see the same batches in the same
order, with weights by class; their losses are compared after each epoch.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from . import charts
from .light_curves import N_CLASSES, light_curves, ztf_lengths
from .measure import (
    BASELINE,
    ENGINE,
    Measurement,
    in_own_process,
    interleaved,
    median,
    told,
)
from .summary import Row

RATE = "light curves/s"
BATCH_SIZES = (128, 32)
LEARNING_RATE = 0.001
SAME, DIFFERENCE = "same result", "largest difference in loss"


class Scale(NamedTuple):
    """Light curves of an epoch, repeats; light curves and epochs of "same result"."""

    light_curves: int
    repeats: int
    compared: int
    epochs: int


FULL, QUICK = Scale(2048, 3, 1024, 3), Scale(128, 1, 128, 2)


def measure(quick: bool) -> list[Measurement]:
    """Measure throughput at each batch size, then compare results."""
    scale = QUICK if quick else FULL
    throughput = [
        measurement
        for batch_size in BATCH_SIZES
        for measurement in in_own_process(_throughput, batch_size, scale)
    ]
    return throughput + in_own_process(_same_result, scale)


def _throughput(batch_size: int, scale: Scale) -> list[Measurement]:
    from . import engine, plain

    data = light_curves(ztf_lengths(scale.light_curves))
    arrays = plain.padded(data)
    model = plain.with_weights_of(engine.classifier(), engine.ARCHITECTURE, N_CLASSES)
    plain.compile_for(model, LEARNING_RATE)
    weights = dict(enumerate(engine.CLASS_WEIGHTS.tolist()))

    def fit(rows: slice) -> float:
        began = time.perf_counter()
        some = {name: array[rows] for name, array in arrays.items()}
        labels = data.labels[rows]
        model.fit(some, labels, batch_size, class_weight=weights, verbose=0)
        return len(labels) / (time.perf_counter() - began)

    fit(slice(0, batch_size))
    return interleaved(
        f"batch {batch_size}",
        RATE,
        scale.repeats,
        **{
            BASELINE: lambda: fit(slice(None)),
            ENGINE: engine.one_epoch(data, batch_size),
        },
    )


def _same_result(scale: Scale) -> list[Measurement]:
    from transients.training import Recipe, train

    from . import engine, plain

    batch_size = BATCH_SIZES[0]
    data = light_curves(ztf_lengths(scale.compared))
    shown = engine.batches(data, batch_size, shuffled=False)
    order = np.concatenate(shown.order(1))
    ours = engine.classifier()
    theirs = plain.with_weights_of(ours, engine.ARCHITECTURE, N_CLASSES)
    plain.compile_for(theirs, LEARNING_RATE)
    recipe = Recipe(scale.epochs, batch_size, LEARNING_RATE)
    losses = {
        ENGINE: train(ours, shown, None, recipe).history["loss"].to_numpy(),
        BASELINE: theirs.fit(
            plain.some(plain.padded(data), order),
            data.labels[order],
            batch_size,
            epochs=scale.epochs,
            shuffle=False,
            class_weight=dict(enumerate(engine.CLASS_WEIGHTS.tolist())),
            verbose=0,
        ).history["loss"],
    }
    difference = np.abs(losses[ENGINE] - losses[BASELINE]).max()
    by_epoch = [
        told(Measurement(SAME, side, loss, "loss", epoch))
        for side in losses
        for epoch, loss in enumerate(losses[side], start=1)
    ]
    return [*by_epoch, told(Measurement(SAME, ENGINE, difference, DIFFERENCE))]


def summarise(details: pd.DataFrame) -> list[Row]:
    """Return a row for each batch size, and one for the difference."""
    rates = [
        Row(
            f"1 training, {case} [{RATE}]",
            median(details, case, ENGINE, RATE),
            ">= 6",
            median(details, case, BASELINE, RATE),
        )
        for case in (f"batch {batch_size}" for batch_size in BATCH_SIZES)
    ]
    difference = median(details, SAME, ENGINE, DIFFERENCE)
    return [*rates, Row(f"1 training, {SAME} [{DIFFERENCE}]", difference, "<= 0.0001")]


def draw(details: pd.DataFrame) -> Figure:
    """Draw throughput by batch size, every repeat."""
    return charts.side_by_side(
        details.query("unit == @RATE"), "light curves per second"
    )
