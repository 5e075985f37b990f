"""Cost growing with the work, one thread.

Each number is taken in a process of its own: seconds, and the largest resident memory
of the whole process, libraries included. A power law is fitted to each; its exponent is
1 where the cost is proportional to the work, less where a fixed part dominates.

Objects, training: one epoch at batch 128 of light curves of ZTF-like lengths, without
imports and tracing. Objects, model input: from Parquet to model input, as the rule
`encode` does it. Points: one epoch of 1,000 light curves that all have so many points.

Seeds: so many units with 100 labels, transfer and from scratch, one after the other in
one process, 10 epochs each; imports are not counted, tracing is. Sizes: one such unit
with so many labels. Units are tested on 500 objects.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from . import charts
from .light_curves import (
    N_CLASSES,
    light_curves,
    write_light_curves,
    ztf_lengths,
)
from .measure import ENGINE, Measurement, in_own_process, peak_mb, told
from .summary import Row
from .throughput import prepare, write_tables

SECONDS, MEMORY = "s", "MB"
TARGET = "<= 1.1"


class Scale(NamedTuple):
    """What each kind of work is varied over."""

    trained: list[int]
    encoded: list[int]
    points: list[int]
    seeds: list[int]
    sizes: list[int]


FULL = Scale(
    [1000, 3000, 10_000, 30_000, 100_000],
    [1000, 3000, 10_000, 30_000, 100_000],
    [40, 80, 160, 320, 640],
    [1, 2, 4, 8, 16],
    [100, 200, 400, 800, 1600],
)
QUICK = Scale([64, 256], [100, 400], [20, 40], [1, 2], [40, 80])

EPOCHS, LABELS, TESTED = 10, 100, 500


def measure(quick: bool) -> list[Measurement]:
    """Measure seconds and memory of each kind of work at each amount."""
    scale = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "classifier.keras"
        in_own_process(_save_source, source)
        work: dict[str, tuple[list[int], Callable[[int], float]]] = {
            "objects, training": (scale.trained, partial(_train_objects, folder)),
            "objects, model input": (scale.encoded, partial(_encode, folder)),
            "points": (scale.points, partial(_train_points, folder)),
            "seeds": (scale.seeds, partial(_train_seeds, source)),
            "sizes": (scale.sizes, partial(_train_sizes, source)),
        }
        return [
            told(Measurement(case, ENGINE, value, unit, amount))
            for case, (amounts, run) in work.items()
            for amount in amounts
            for value, unit in in_own_process(_cost, run, amount)
        ]


def _cost(run: Callable[[int], float], amount: int) -> list[tuple[float, str]]:
    return [(run(amount), SECONDS), (peak_mb(), MEMORY)]


def _train_objects(folder: Path, n: int) -> float:
    return _seconds_of_an_epoch(folder, ztf_lengths(n))


def _train_points(folder: Path, n: int) -> float:
    return _seconds_of_an_epoch(folder, np.full(1000, n))


def _seconds_of_an_epoch(folder: Path, lengths: np.ndarray) -> float:
    """Train one epoch on light curves that another process has made."""
    from transients.encoding import load
    from transients.training import Recipe, train

    from . import engine

    in_own_process(write_light_curves, folder, lengths)
    model, recipe = engine.classifier(), Recipe(epochs=1, batch_size=128)
    shown = engine.batches(load(folder), 128)
    return train(model, shown, None, recipe).seconds


def _encode(folder: Path, n: int) -> float:
    in_own_process(write_tables, folder, n)
    began = time.perf_counter()
    prepare(folder, folder)
    return time.perf_counter() - began


def _save_source(path: Path) -> None:
    from . import engine

    engine.classifier().save(path)


def _train_seeds(source: Path, n: int) -> float:
    return _seconds_of_units(source, LABELS, range(n))


def _train_sizes(source: Path, n: int) -> float:
    return _seconds_of_units(source, n, range(1))


def _seconds_of_units(source: Path, n_train: int, seeds: range) -> float:
    """Run units of both arms one after the other, as a worker of a job does."""
    from transients.fine_tuning import run_unit
    from transients.networks import Source
    from transients.sampling import draw_sample
    from transients.strategies import NetworkStrategy
    from transients.target_classes import TargetClasses
    from transients.training import Recipe
    from transients.units import Target, Unit

    from . import engine

    recipe = Recipe(EPOCHS, batch_size=32)
    strategies = {
        "transfer": NetworkStrategy(recipe, ["ztf"]),
        "scratch": NetworkStrategy(recipe, trainable="all"),
    }
    classes = tuple(f"class {i}" for i in range(N_CLASSES))
    data = light_curves(ztf_lengths(n_train + TESTED))
    began = time.perf_counter()
    for seed in seeds:
        sample = draw_sample(
            len(data), n_train, ("bench", seed), validation_fraction=0.2
        )
        target = Target("bench", TargetClasses(classes), data)
        given = engine.ARCHITECTURE, {"ztf": Source(source, classes)}
        run_unit(Unit(target, n_train, seed, sample, *given), strategies)
    return time.perf_counter() - began


def power_law(x: ArrayLike, y: ArrayLike) -> tuple[float, float]:
    """Return exponent and value at x = 1 of the power law nearest in log y."""
    exponent, logarithm = np.polyfit(np.log(x), np.log(y), 1)
    return float(exponent), float(np.exp(logarithm))


def fits(details: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return the power law of each "case, unit"."""
    return {
        f"{case}, {unit}": power_law(rows["x"], rows["value"])
        for (case, unit), rows in details.groupby(["case", "unit"], sort=False)
    }


def summarise(details: pd.DataFrame) -> list[Row]:
    """Return a row for each exponent."""
    names = {SECONDS: "time", MEMORY: "memory"}
    rows = []
    for name, (exponent, _) in fits(details).items():
        case, unit = name.rsplit(", ", 1)
        what = f"5 exponent of {names[unit]} against {case}"
        rows.append(Row(what, exponent, TARGET))
    return rows


def draw(details: pd.DataFrame) -> Figure:
    """Draw seconds and memory against the amount of work, with the power laws."""
    return charts.growth(details, fits(details), [SECONDS, MEMORY])
