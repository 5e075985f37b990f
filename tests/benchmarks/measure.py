"""Measuring: a line a number, sides in turn, a process of its own where it matters."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from transients.jobs import limit_threads
from transients.peak_memory import largest_size

BASELINE, ENGINE = "baseline", "engine"
CORES = len(os.sched_getaffinity(0))


class Measurement(NamedTuple):
    """One number: x is what was varied, if anything; repeat counts from 0."""

    case: str
    side: str
    value: float
    unit: str
    x: float = np.nan
    repeat: int = 0


def told(measurement: Measurement) -> Measurement:
    """Print a measurement, and hand it on."""
    at = "" if np.isnan(measurement.x) else f" at {measurement.x:g}"
    print(
        f"  {measurement.case}{at}, {measurement.side}, repeat {measurement.repeat}:"
        f" {measurement.value:.5g} {measurement.unit}",
        flush=True,
    )
    return measurement


def interleaved(
    case: str, unit: str, repeats: int, **sides: Callable[[], float]
) -> list[Measurement]:
    """Measure every side once, then again: a slow spell of the machine hits all."""
    return [
        told(Measurement(case, side, run(), unit, repeat=repeat))
        for repeat in range(repeats)
        for side, run in sides.items()
    ]


def in_own_process(function: Callable[..., Any], *given: object) -> Any:
    """Call a function in a fresh process with one thread; return what it returns."""
    with fresh_processes(1) as pool:
        return pool.submit(function, *given).result()


def fresh_processes(n: int) -> ProcessPoolExecutor:
    """Return n processes with one thread each that have imported nothing."""
    limit_threads(1)
    return ProcessPoolExecutor(
        n, mp_context=multiprocessing.get_context("spawn"), initializer=_quiet
    )


def _quiet() -> None:
    """Let TensorFlow not tell what it misses; errors come back as exceptions."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def peak_mb() -> float:
    """Return the largest resident memory of this process so far [MB]."""
    return largest_size(os.getpid()) * 1024 / 1e6


def as_table(measurements: Iterable[Measurement]) -> pd.DataFrame:
    """Return the measurements, one row each."""
    return pd.DataFrame(measurements, columns=list(Measurement._fields))


def median(details: pd.DataFrame, case: str, side: str, unit: str) -> float:
    """Return the median over repeats of one number; NaN where it was not measured."""
    found = details.set_index(["case", "side", "unit"])["value"]
    return float(found[found.index == (case, side, unit)].median())
