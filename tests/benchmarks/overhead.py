"""What the workflow adds to training and evaluation.

The default configuration runs in a new folder on all cores, from nothing to figures and
tables. Counted as training and evaluation are, from the tables of the units,
`wall_seconds` of every strategy (building or resetting the network, tracing, embedding,
training, predicting the test set and scoring it, and the timed epochs through a frozen
network), and from the summaries of the source models `seconds` (their epochs, with the
validation after each). All else is overhead: starting Snakemake and its jobs, importing
libraries, simulating, preparing, tables, figures, and cores with nothing to do.

    overhead = 1 - (seconds in training and evaluation) / (cores x wall time)

The dry run plans two targets with 50 sizes and 100 seeds each, 10,000 units.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import pandas as pd
import yaml
from command_line import TINY, said, snakemake
from configurations import switched_off
from matplotlib.figure import Figure

from . import charts
from .measure import CORES, ENGINE, Measurement, median, told
from .summary import Row

COMPLETE, DRY = "default configuration", "dry run of 10,000 units"
WALL, CORE_SECONDS = "s of wall time", "core seconds"
LEARNING, JOB = "training and evaluation", "job "


def measure(quick: bool) -> list[Measurement]:
    """Run the default configuration once (quick: the tests' own); plan the large."""
    with tempfile.TemporaryDirectory() as folder:
        measured = _complete(Path(folder), quick)
    for repeat in range(1 if quick else 3):
        with tempfile.TemporaryDirectory() as folder:
            seconds = _dry(Path(folder), 5 if quick else 50)
        measured.append(told(Measurement(DRY, ENGINE, seconds, WALL, repeat=repeat)))
    return measured


def _complete(folder: Path, quick: bool) -> list[Measurement]:
    chosen = ["--configfile", TINY] if quick else []
    wall = run(folder, *chosen, "--cores", CORES)
    values = {"all cores": CORES * wall, LEARNING: learning_seconds(folder / "results")}
    values |= {
        JOB + rule: spent for rule, spent in job_seconds(folder / "logs").items()
    }
    return [
        told(Measurement(COMPLETE, ENGINE, wall, WALL)),
        *(
            told(Measurement(what, ENGINE, value, CORE_SECONDS))
            for what, value in values.items()
        ),
    ]


def run(folder: Path, *arguments: object) -> float:
    """Run the workflow in a folder and return its seconds of wall time."""
    began = time.perf_counter()
    process = snakemake(folder, *arguments)
    seconds = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"the workflow failed:\n{said(process)[-3000:]}")
    return seconds


def learning_seconds(results: Path) -> float:
    """Return the seconds in training and evaluation, of units and source models."""
    units = [
        pd.read_parquet(path, columns=["wall_seconds"])
        for path in results.glob("units/*/*/*/training.parquet")
    ]
    sources = [
        json.loads(path.read_text())["seconds"]
        for path in results.glob("sources/*/*/summary.json")
    ]
    return float(pd.concat(units)["wall_seconds"].sum() + sum(sources))


def job_seconds(logs: Path) -> dict[str, float]:
    """Return the seconds of all jobs of each rule, as their records tell."""
    records = [json.loads(path.read_text()) for path in logs.rglob("*.json")]
    by_rule = pd.DataFrame(records).groupby("rule")["wall_s"].sum()
    return {str(rule): seconds for rule, seconds in by_rule.items()}


def _dry(folder: Path, n_sizes: int) -> float:
    asked = {"n_train": list(range(50, 50 + n_sizes)), "seeds": 2 * n_sizes}
    experiments = {
        target: {**asked, "strategies": switched_off(target, "scratch", "transfer")}
        for target in ("bts", "lsst_sims")
    }
    overlay = folder / "units.yaml"
    overlay.write_text(yaml.safe_dump({"experiments": experiments}))
    return run(folder, "--configfile", overlay, "--cores", CORES, "-n", "-q")


def summarise(details: pd.DataFrame) -> list[Row]:
    """Return rows for the overhead and for the dry run."""
    learning = median(details, LEARNING, ENGINE, CORE_SECONDS)
    overhead = 1 - learning / median(details, "all cores", ENGINE, CORE_SECONDS)
    dry = median(details, DRY, ENGINE, WALL)
    return [
        Row(f"6 overhead of the {COMPLETE}", overhead, "<= 0.2"),
        Row(
            f"6 {COMPLETE} [{WALL}]",
            median(details, COMPLETE, ENGINE, WALL),
        ),
        Row(f"6 {DRY} [{WALL}]", dry, "<= 15"),
    ]


def draw(details: pd.DataFrame) -> Figure:
    """Draw where the time of the cores went, by rule."""
    return charts.side_by_side(details.query("unit == @CORE_SECONDS"), CORE_SECONDS)
