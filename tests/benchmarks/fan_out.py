"""The BTS fan-out, end to end, on all cores.

Four sizes, three seeds, transfer and from scratch, on the default configuration's data
(3,180 BTS-like light curves) with its recipe `higher_rate`. The source model is trained
once, by the engine; both ways start from the same weights. Simulating, preparing and
pretraining are not counted.

Baseline: one Python process a run, with one thread, as many side by side as there are
cores. Each imports Keras, pads all light curves to 656 points, builds the network with
a mask, trains it with `fit` and `EarlyStopping(restore_best_weights=True)`, and
predicts the test set. The runs of one seed are measured together, the long ones first.

Engine: the workflow itself, from the call of Snakemake to the tables of all units, once
after each seed of the baseline, each time from nothing.

Both label the same objects. AUROC (macro) is compared at each arm and size by the
difference of the means over seeds, in standard errors: the spread over seeds, pooled
over sizes and ways of an arm, times the root of 2 / seeds. The aim beyond the target is
a ratio of 20.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import yaml
from command_line import ROOT, TINY
from configurations import switched_off
from matplotlib.figure import Figure
from snakemake.utils import update_config

from transients.jobs import limit_threads

from . import charts
from .measure import BASELINE, CORES, ENGINE, Measurement, in_own_process, median, told
from .overhead import run
from .summary import Row

ARMS = ("scratch", "transfer")
FAN_OUT, WALL, AUROC = "fan-out", "s of wall time", "macro AUROC"
PREPARED = [
    "results/sources/ztf_alerts/seed0/classifier.keras",
    "results/data/bts/model_input/points.npy",
]


class Run(NamedTuple):
    """One run of the plain way."""

    arm: str
    n_train: int
    seed: int


class Scale(NamedTuple):
    """Sizes and seeds of the fan-out, and what is laid over the configuration."""

    sizes: Sequence[int]
    seeds: int
    overlays: Sequence[Path]


FULL, QUICK = Scale([400, 200, 100, 50], 3, []), Scale([40, 20], 2, [TINY])


def measure(quick: bool) -> list[Measurement]:
    """Measure a seed's runs the plain way, then the whole workflow, and so on."""
    scale = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = _prepare(folder, scale)
        measured = []
        for seed in range(scale.seeds):
            measured += _plain_seed(folder, scale, seed)
            measured += _workflow(folder, scale, asked, seed)
    return measured


def _prepare(folder: Path, scale: Scale) -> list[object]:
    """Make data, source model and its plain copy; return Snakemake's arguments."""
    overlays = [*scale.overlays, folder / "fan_out.yaml"]
    overlays[-1].write_text(yaml.safe_dump(_overlay(scale)))
    asked = ["--configfile", *overlays, "--cores", CORES]
    run(folder, *asked, *PREPARED)
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    for overlay in overlays:
        update_config(config, yaml.safe_load(overlay.read_text()))
    (folder / "config.json").write_text(json.dumps(config))
    in_own_process(_save_plain_copy, folder, config["model"])
    return asked


def _overlay(scale: Scale) -> dict[str, object]:
    """Return what is laid over the configuration: two arms, sizes and seeds."""
    experiment = {
        "n_train": list(scale.sizes),
        "seeds": scale.seeds,
        "strategies": switched_off("bts", *ARMS),
    }
    return {
        "targets": ["bts"],
        "experiments": {"bts": experiment},
    }


def _save_plain_copy(folder: Path, sizes: Mapping[str, Any]) -> None:
    """Save the source model as the plain way has it."""
    from transients.model import Architecture
    from transients.saved_networks import load_classifier

    from . import plain

    source = load_classifier(folder / PREPARED[0])
    copy = plain.with_weights_of(source, Architecture(**sizes), source.output.shape[-1])
    copy.save(folder / "plain.keras")


def _plain_seed(folder: Path, scale: Scale, seed: int) -> list[Measurement]:
    """Run both arms at every size, side by side, the long ones first."""
    runs = [Run(*each, seed) for each in product(ARMS, scale.sizes)]
    limit_threads(1)
    began = time.perf_counter()
    with ThreadPoolExecutor(CORES) as side_by_side:
        scores = list(side_by_side.map(partial(_plain_run, folder), runs))
    seconds = time.perf_counter() - began
    wall = told(Measurement(FAN_OUT, BASELINE, seconds, WALL, repeat=seed))
    return [wall, *(_score(BASELINE, *each) for each in zip(runs, scores, strict=True))]


def _plain_run(folder: Path, run: Run) -> float:
    program = [sys.executable, "-m", "benchmarks.plain_run", folder, *run]
    said = subprocess.run(
        [str(part) for part in program], capture_output=True, text=True, check=False
    )
    if said.returncode:
        raise RuntimeError(f"the plain way failed at {run}:\n{said.stderr}")
    return float(json.loads(said.stdout)["auroc"])


def _score(side: str, run: Run, auroc: float) -> Measurement:
    return told(Measurement(run.arm, side, auroc, AUROC, run.n_train, run.seed))


def _workflow(
    folder: Path, scale: Scale, asked: list[object], repeat: int
) -> list[Measurement]:
    """Run the workflow's units from nothing; return AUROC the first time only."""
    for made in ("units", "finished"):
        shutil.rmtree(folder / "results" / made, ignore_errors=True)
    units = [
        f"results/units/bts/n{n}/seed{seed}/scores.parquet"
        for n, seed in product(scale.sizes, range(scale.seeds))
    ]
    seconds = run(folder, *asked, *units)
    wall = told(Measurement(FAN_OUT, ENGINE, seconds, WALL, repeat=repeat))
    if repeat:
        return [wall]
    scores = pd.concat(pd.read_parquet(folder / unit) for unit in units)
    macro = scores[scores["class"] == "macro"]
    columns = ["strategy", "n_train", "seed", "auroc"]
    return [
        wall,
        *(
            _score(ENGINE, Run(*each), auroc)
            for *each, auroc in macro[columns].itertuples(index=False)
        ),
    ]


def minutes(details: pd.DataFrame) -> dict[str, float]:
    """Return the minutes of all runs the plain way, and the workflow's median."""
    walls = details.query("case == @FAN_OUT")
    baseline = walls.query("side == @BASELINE")["value"].sum()
    engine = median(details, FAN_OUT, ENGINE, WALL)
    return {BASELINE: baseline / 60, ENGINE: engine / 60}


def differences(details: pd.DataFrame) -> pd.Series:
    """Return the difference of mean AUROC at each (arm, size), in standard errors."""
    scores = details.query("unit == @AUROC")
    cells = scores.groupby(["side", "case", "x"])["value"]
    means = cells.mean()
    apart = (means[ENGINE] - means[BASELINE]).abs()
    spread = np.sqrt(cells.var().groupby("case").mean())
    error = spread * np.sqrt(2 / scores["repeat"].nunique())
    return apart.div(error, level="case")


def summarise(details: pd.DataFrame) -> list[Row]:
    """Return rows for the rates of runs and for the difference in AUROC."""
    n_runs = len(details.query("unit == @AUROC and side == @ENGINE"))
    rates = {side: n_runs / took for side, took in minutes(details).items()}
    return [
        Row("2 BTS fan-out [runs/min]", rates[ENGINE], ">= 12", rates[BASELINE]),
        Row(
            "2 BTS fan-out, largest difference in AUROC [standard errors]",
            differences(details).max(),
            "<= 3",
        ),
    ]


def draw(details: pd.DataFrame) -> Figure:
    """Draw AUROC against the number of labels, by arm and way."""
    scores = details.query("unit == @AUROC")
    return charts.against_size(scores, AUROC, minutes(details))
