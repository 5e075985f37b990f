"""Simulator and model input, one core.

The simulator draws light curves of ZTF, class by class, with fluxes integrated over the
passbands; the rate for all classes is that of equal numbers of each. A light curve
counts if it passes the survey's trigger.

From Parquet to model input is all that the rule `encode` does: read the two tables,
find trigger and window, scale, and write the flat arrays. The tables hold light curves
of ZTF-like lengths, drawn at random, with nearly all observations in the window; they
have just been written, so no disk is waited for. It is done twice in a process, and the
second time counts.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from matplotlib.figure import Figure
from numpy.typing import NDArray

from transients.encode_tables import encode_tables
from transients.encoding import Encoding
from transients.simulate import CLASSES, simulate_class
from transients.tables import SurveyTables, TablesWriter, Vocabulary

from . import charts
from .light_curves import ztf_lengths
from .measure import ENGINE, Measurement, in_own_process, told
from .summary import Row

RATE = "light curves/s"
ENCODED = "Parquet to model input"
AT_ONCE = 20_000
"""Light curves made and written at a time."""
WAVELENGTHS = {"g": 0.472, "r": 0.634}


def measure(quick: bool) -> list[Measurement]:
    """Measure each class of the simulator, then the model input."""
    n, repeats = (20, 1) if quick else (2000, 3)
    simulated = [
        told(Measurement(name, ENGINE, rate, RATE, repeat=repeat))
        for repeat in range(repeats)
        for name, rate in in_own_process(_simulate, n)
    ]
    with tempfile.TemporaryDirectory() as folder:
        in_own_process(write_tables, Path(folder), 500 if quick else 100_000)
        encoded = [
            told(Measurement(ENCODED, ENGINE, rate, RATE, repeat=repeat))
            for repeat in range(repeats)
            for rate in [in_own_process(_encode, Path(folder))]
        ]
    return simulated + encoded


def _simulate(n: int) -> list[tuple[str, float]]:
    """Return the rate of each class, after one object of each to warm up."""
    for name in CLASSES:
        simulate_class("ztf", name, 1, seed=0)
    return [(name, n / _seconds_to_simulate(name, n)) for name in CLASSES]


def _seconds_to_simulate(name: str, n: int) -> float:
    began = time.perf_counter()
    simulate_class("ztf", name, n, seed=1)
    return time.perf_counter() - began


def write_tables(folder: Path, n: int) -> None:
    """Write the Parquet tables of n light curves of ZTF-like lengths over 100 days.

    Detections begin after 30 days, so nearly all observations are in the window.
    """
    lengths = ztf_lengths(n)
    paths = folder / "objects.parquet", folder / "light_curves.parquet"
    vocabulary = Vocabulary("bench", ("SNIa",), tuple(WAVELENGTHS))
    with TablesWriter(*paths, vocabulary, {}) as writer:
        for first in range(0, n, AT_ONCE):
            writer.write(_tables(first, lengths[first : first + AT_ONCE]))


def _tables(first: int, lengths: NDArray[np.int64]) -> SurveyTables:
    """Return light curves of these lengths; first is the number of the first one."""
    rng = np.random.default_rng(first)
    n_points = int(lengths.sum())
    names = np.array([f"object {first + i}" for i in range(len(lengths))], object)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    day = 100 * rng.random(n_points)
    day = day[np.lexsort((day, owner))]
    objects = pd.DataFrame({"object_id": names, "class": "SNIa", "mwebv": 0.1})
    places = dict.fromkeys(("ra", "dec", "redshift", "trigger_mjd"), np.nan)
    points = {
        "object_id": pd.Categorical.from_codes(owner, pd.Index(names)),
        "mjd": 59000 + day,
        "passband": rng.choice(list(WAVELENGTHS), n_points),
        "flux": rng.normal(500, 300, n_points),
        "flux_err": rng.uniform(20, 60, n_points),
        "detected": day > 30,
    }
    return SurveyTables(objects.assign(**places), pd.DataFrame(points))


def prepare(folder: Path, into: Path) -> int:
    """Turn a folder's tables into model input; return how many objects there are."""
    tables = folder / "objects.parquet", folder / "light_curves.parquet"
    encode_tables(*tables, Encoding(WAVELENGTHS, ("SNIa",)), into)
    return pq.read_metadata(tables[0]).num_rows


def _encode(folder: Path) -> float:
    """Return the rate of the second time, when libraries and memory are warm."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as then:
        prepare(folder, Path(first))
        began = time.perf_counter()
        return prepare(folder, Path(then)) / (time.perf_counter() - began)


def summarise(details: pd.DataFrame) -> list[Row]:
    """Return rows for all classes, for the slowest, and for the model input."""
    rates = details.groupby("case")["value"].median()
    classes = rates.drop(ENCODED, errors="ignore")
    together = len(classes) / (1 / classes).sum()
    return [
        Row(f"7 simulator, all classes [{RATE}]", together, ">= 2000"),
        Row(f"7 simulator, slowest class, {classes.idxmin()} [{RATE}]", classes.min()),
        Row(f"7 {ENCODED} [{RATE}]", rates.get(ENCODED, float("nan")), ">= 300000"),
    ]


def draw(details: pd.DataFrame) -> Figure:
    """Draw the rate of each class, and of the model input in thousands."""
    shown = details.copy()
    shown.loc[shown["case"] == ENCODED, "value"] /= 100
    shown["case"] = shown["case"].replace(ENCODED, f"{ENCODED}, hundreds")
    return charts.side_by_side(shown, RATE)
