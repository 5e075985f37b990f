"""Prediction, one thread.

The same network with the same weights classifies light curves of ZTF-like lengths: with
Keras' `predict` on arrays padded to 656 points and a mask (baseline), and with the
engine's. Both take 512 at once. The padding is counted for the engine, which pads batch
by batch, and not for the baseline. They take turns in one process, after tracing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

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

CASE, RATE = "prediction", "thousand objects/s"
DIFFERENCE = "largest difference in probability"


def measure(quick: bool) -> list[Measurement]:
    """Measure the time of predicting, and how far the answers are apart."""
    return in_own_process(_predict, *((64, 1) if quick else (2048, 3)))


def _predict(n: int, repeats: int) -> list[Measurement]:
    from transients.batches import light_curve_source
    from transients.training import predict

    from . import engine, plain

    data = light_curves(ztf_lengths(n))
    ours = engine.classifier()
    theirs = plain.with_weights_of(ours, engine.ARCHITECTURE, N_CLASSES)
    arrays = plain.padded(data)
    answers = {}

    def per_second(side: str, ask: Callable[[], np.ndarray]) -> Callable[[], float]:
        def run() -> float:
            began = time.perf_counter()
            answers[side] = ask()
            return n / 1000 / (time.perf_counter() - began)

        run()
        return run

    fetch, rows = light_curve_source(data), np.arange(n)
    sides = {
        BASELINE: per_second(
            BASELINE, lambda: theirs.predict(arrays, plain.PREDICTION_BATCH, verbose=0)
        ),
        ENGINE: per_second(ENGINE, lambda: predict(ours, fetch, rows, data.lengths)),
    }
    measured = interleaved(CASE, RATE, repeats, **sides)
    difference = float(np.abs(answers[ENGINE] - answers[BASELINE]).max())
    return [*measured, told(Measurement(CASE, ENGINE, difference, DIFFERENCE))]


def summarise(details: pd.DataFrame) -> list[Row]:
    """Return a row for the rate and one for the difference."""
    rates = {side: median(details, CASE, side, RATE) for side in (ENGINE, BASELINE)}
    difference = median(details, CASE, ENGINE, DIFFERENCE)
    return [
        Row(f"3 prediction [{RATE}]", rates[ENGINE], ">= 10", rates[BASELINE]),
        Row(f"3 prediction, same result [{DIFFERENCE}]", difference, "<= 0.0001"),
    ]


def draw(details: pd.DataFrame) -> Figure:
    """Draw the rates, every repeat."""
    return charts.side_by_side(details.query("unit == @RATE"), RATE)
