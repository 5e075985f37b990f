"""Objects per second and peak memory of each reader: `make bench-readers`.

Simulated light curves are written in each format and read back by one process each, on
one core. The peak is that of the whole process, Python and libraries included.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import toy_alerce
import toy_forced_photometry
from tabulate import tabulate

from transients.exports.snana import Version, write_version
from transients.photometry import DETECTION_SNR
from transients.readers import Dataset, read
from transients.simulate import simulate_class
from transients.tables import SurveyTables, TablesWriter, Vocabulary

Form = tuple[str, Mapping[str, Any], Mapping[str, Path]]
"""Reader, its options, its files."""

CLASSES, PASSBANDS = ("SNIax",), tuple("ugrizy")
TARGET = 52  # of PLAsTiCC, for this class
OWN_NAMES = {name: name for name in PASSBANDS}
SIMULATED = 5000
"""Different light curves; larger sets repeat them under other names."""

LABELS = {"object_id": "object_id", "class": "class", "mwebv": "mwebv"}
POINTS = ("object_id", "mjd", "passband", "flux", "flux_err", "detected")


def light_curves(n_objects: int) -> SurveyTables:
    """Return so many light curves of LSST."""
    simulated = simulate_class("lsst", CLASSES[0], min(n_objects, SIMULATED), 1)
    tables = SurveyTables(
        simulated.objects.assign(trigger_mjd=np.nan), simulated.light_curves
    )
    copies = [_renamed(tables, i) for i in range(-(-n_objects // SIMULATED))]
    return SurveyTables(
        pd.concat([copy.objects for copy in copies], ignore_index=True),
        pd.concat([copy.light_curves for copy in copies], ignore_index=True),
    )


def _renamed(tables: SurveyTables, number: int) -> SurveyTables:
    names = {"object_id": lambda table: f"{number}_" + table["object_id"]}
    return SurveyTables(
        tables.objects.assign(**names), tables.light_curves.assign(**names)
    )


def parquet(folder: Path, tables: SurveyTables) -> Form:
    """The workflow's own two tables."""
    files = {name: folder / f"{name}.parquet" for name in ("objects", "light_curves")}
    vocabulary = Vocabulary("bench", CLASSES, PASSBANDS)
    paths = files["objects"], files["light_curves"]
    with TablesWriter(*paths, vocabulary, {}) as writer:
        writer.write(tables)
    return "parquet", {}, files


def plasticc(folder: Path, tables: SurveyTables) -> Form:
    """The two tables of PLAsTiCC."""
    files = {name: folder / f"{name}.csv.gz" for name in ("metadata", "light_curves")}
    numbers = {name: number for number, name in enumerate(PASSBANDS)}
    tables.objects.assign(true_target=TARGET).rename(
        columns={"dec": "decl", "redshift": "true_z"}
    ).to_csv(files["metadata"], index=False)
    tables.light_curves.assign(
        passband=tables.light_curves["passband"].map(numbers),
        detected_bool=tables.light_curves["detected"].astype(int),
    ).to_csv(
        files["light_curves"],
        index=False,
        compression={"method": "gzip", "compresslevel": 1},
    )
    return "plasticc", {"class_map": "plasticc"}, files


def csv_folder(folder: Path, tables: SurveyTables) -> Form:
    """A label table, and one CSV an object."""
    (folder / "curves").mkdir()
    for name, points in tables.light_curves.groupby("object_id"):
        points.to_csv(folder / "curves" / f"{name}.csv", index=False)
    return _csv(folder, tables, folder / "curves", POINTS[1:])


def csv_long(folder: Path, tables: SurveyTables) -> Form:
    """A label table, and one long CSV."""
    tables.light_curves.to_csv(folder / "curves.csv", index=False)
    return _csv(folder, tables, folder / "curves.csv", POINTS)


def _csv(
    folder: Path, tables: SurveyTables, curves: Path, columns: tuple[str, ...]
) -> Form:
    tables.objects.assign(**{"class": TARGET}).to_csv(
        folder / "labels.csv", index=False
    )
    options = {
        "class_map": "plasticc",
        "labels": LABELS,
        "light_curves": {name: name for name in columns},
        "passbands": OWN_NAMES,
        "zero_point": 27.5,
    }
    return "csv", options, {"labels": folder / "labels.csv", "light_curves": curves}


def snana(folder: Path, tables: SurveyTables, zipped: bool = False) -> Form:
    """Forty HEAD/PHOT pairs."""
    version = Version("bench", "LSST", PASSBANDS, CLASSES[0], 1, True)
    shares = np.array_split(np.arange(len(tables.objects)), 40)
    owner = pd.factorize(tables.light_curves["object_id"])[0]
    ends = np.searchsorted(owner, [share[-1] for share in shares], side="right")
    portions = (
        replace(
            tables,
            objects=tables.objects.iloc[share].reset_index(drop=True),
            light_curves=tables.light_curves.iloc[start:end].reset_index(drop=True),
        )
        for share, start, end in zip(shares, [0, *ends[:-1]], ends, strict=True)
    )
    write_version(portions, folder, version, zipped)
    options = {
        "class_map": "elasticc",
        "model_prefix": "bench_",
        "passbands": OWN_NAMES,
    }
    return "snana", options, {"folder": folder}


def snana_gzipped(folder: Path, tables: SurveyTables) -> Form:
    """Forty HEAD/PHOT pairs, gzipped."""
    return snana(folder, tables, zipped=True)


def forced_photometry(folder: Path, tables: SurveyTables) -> Form:
    """A file an object from the forced photometry service, 1,500 epochs each."""
    days = np.sort(np.random.default_rng(0).uniform(-900, 900, 1500))
    flux = 1000 * np.exp(-((days / 15) ** 2))
    epochs = toy_forced_photometry.epochs(
        toy_forced_photometry.PEAK + days,
        forcediffimflux=flux,
        forcediffimfluxunc=20.0,
    )
    text = toy_forced_photometry.text(epochs)
    (folder / "curves").mkdir()
    for name in tables.objects["object_id"]:
        (folder / "curves" / f"{name}.txt").write_text(text)
    tables.objects.assign(**{"class": TARGET}).to_csv(
        folder / "labels.csv", index=False
    )
    files = {"labels": folder / "labels.csv", "light_curves": folder / "curves"}
    options = {
        "class_map": "plasticc",
        "labels": LABELS,
        "passbands": {"ZTF_g": "g", "ZTF_r": "r", "ZTF_i": None},
    }
    return "ztf_forced_photometry", options, files


def alerce(folder: Path, tables: SurveyTables) -> Form:
    """An answer of the broker for each object, with its detections."""
    (folder / "curves").mkdir()
    seen = tables.light_curves[tables.light_curves["flux"] > 0]
    snr = seen["flux"] / seen["flux_err"]
    for name, points in seen[snr > DETECTION_SNR].groupby("object_id"):
        magnitudes = 27.5 - 2.5 * np.log10(points["flux"])
        found = [
            toy_alerce.detection(mjd, 1, float(magnitude))
            for mjd, magnitude in zip(points["mjd"], magnitudes, strict=True)
        ]
        toy_alerce.store(
            folder / "curves", str(name), toy_alerce.answer(*found, n_limits=50)
        )
    tables.objects.assign(**{"class": TARGET}).to_csv(
        folder / "labels.csv", index=False
    )
    files = {"labels": folder / "labels.csv", "light_curves": folder / "curves"}
    options = {"class_map": "plasticc", "labels": LABELS, "passbands": {"1": "g"}}
    return "alerce", options, files


FORMS: dict[str, tuple[Callable[[Path, SurveyTables], Form], int]] = {
    "parquet": (parquet, 100_000),
    "snana": (snana, 100_000),
    "snana, gzipped": (snana_gzipped, 100_000),
    "plasticc": (plasticc, 20_000),
    "csv, one long file": (csv_long, 20_000),
    "csv, a file an object": (csv_folder, 5_000),
    "alerce": (alerce, 2_000),
    "ztf_forced_photometry": (forced_photometry, 500),
}
"""Formats, and how many objects of each."""


def write(name: str, folder: Path) -> Form:
    """Write the light curves of one format."""
    form, n_objects = FORMS[name]
    return form(folder, light_curves(n_objects))


def measure(form: Form) -> tuple[int, int, float, float]:
    """Read one data set; return objects, points, objects a second, peak memory [MB]."""
    reader, options, files = form
    taxonomy = Path(__file__).parents[1] / "config" / "taxonomy.csv"
    dataset = Dataset("bench", CLASSES, PASSBANDS, files, taxonomy)
    start = time.perf_counter()
    n_objects = n_points = 0
    for portion in read(reader, options, dataset):
        n_objects += len(portion.objects)
        n_points += len(portion.light_curves)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return n_objects, n_points, n_objects / seconds, peak


def in_a_fresh_process(function: Callable[..., Any], *arguments: object) -> Any:
    """Call a function in a process of its own; a peak is inherited by its children."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def main() -> None:
    """Print one line for each format, or for those named on the command line."""
    rows = []
    for name in sys.argv[1:] or FORMS:
        with tempfile.TemporaryDirectory() as folder:
            form = in_a_fresh_process(write, name, Path(folder))
            rows.append((name, *in_a_fresh_process(measure, form)))
    heads = ["format", "objects", "points", "objects / s", "peak memory [MB]"]
    print(tabulate(rows, headers=heads, floatfmt=",.0f", intfmt=","))


if __name__ == "__main__":
    main()
