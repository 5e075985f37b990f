"""Training on an accelerator, for each backend of Keras that sees one.

Light curves of ZTF-like lengths, batches of 128: with Keras' `fit` on arrays padded to
656 points and a mask (baseline), with the engine, and with several processes of the
engine at once, whose rates are summed while all of them train. Backends that are not
installed, or see no accelerator, are left out.

The paper's complete configuration is estimated from the fastest of these: all light
curves of all epochs of source models and units, with 40 epochs until training stops (an
assumption), an object that is predicted counting as a third of one that is trained; a
frozen backbone costs one prediction of its labelled objects.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Mapping
from multiprocessing import Manager
from threading import Barrier
from typing import Any

import numpy as np
import pandas as pd
import yaml
from command_line import ROOT
from matplotlib.figure import Figure
from snakemake.utils import update_config

from transients.configuration import strategies_at

from . import charts
from .light_curves import N_CLASSES, light_curves, ztf_lengths
from .measure import (
    BASELINE,
    ENGINE,
    Measurement,
    fresh_processes,
    in_own_process,
    told,
)
from .summary import Row

BACKENDS = ("tensorflow", "jax", "torch")
BATCH_SIZE = 128
RATE = "light curves/s"
ABSENT = "no accelerator here"
EPOCHS = 40
PREDICTED = 1 / 3
"""What predicting a light curve costs, in units of training it once."""
TARGET_OBJECTS = {"bts": 5_000, "lsst_sims": 360_000}
"""Objects of the public data, about: most of them are tested."""


def measure(quick: bool) -> list[Measurement]:
    """Measure every backend that sees an accelerator."""
    n, repeats, at_once = (256, 1, [1, 2]) if quick else (32_768, 3, [1, 2, 4, 8])
    measured = []
    for backend in BACKENDS:
        if importlib.util.find_spec(backend) is None or not _sees_one(backend):
            continue
        work = {BASELINE: [1], ENGINE: at_once}
        measured += [
            told(Measurement(backend, side, rate, RATE, runs, repeat))
            for repeat in range(repeats)
            for side, amounts in work.items()
            for runs in amounts
            for rate in [_rate_at_once(backend, side, runs, n)]
        ]
    return measured or [told(Measurement(ABSENT, ENGINE, np.nan, RATE))]


def _sees_one(backend: str) -> bool:
    return bool(in_own_process(_accelerators, backend))


def _accelerators(backend: str) -> list[str]:
    _choose(backend)
    from transients.accelerators import visible_gpus

    return visible_gpus()


def _choose(backend: str) -> None:
    """Let Keras, which is not yet imported, use a backend that shares the memory."""
    os.environ["KERAS_BACKEND"] = backend
    os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] = "true"
    os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"


def _rate_at_once(backend: str, side: str, runs: int, n: int) -> float:
    """Return the summed rate of so many processes that train at the same time."""
    with Manager() as manager, fresh_processes(runs) as pool:
        barrier = manager.Barrier(runs)
        given = [(backend, side, n, barrier)] * runs
        return sum(pool.map(_rate, *zip(*given, strict=True)))


def _rate(backend: str, side: str, n: int, barrier: Barrier) -> float:
    """Return light curves a second of one epoch, after one to warm up."""
    _choose(backend)
    from . import engine, plain

    data = light_curves(ztf_lengths(n))
    if side == ENGINE:
        one_epoch = engine.one_epoch(data, BATCH_SIZE)
        barrier.wait()
        return one_epoch()
    arrays = plain.padded(data)
    model = plain.classifier(engine.ARCHITECTURE, N_CLASSES)
    plain.compile_for(model, 0.001)
    model.fit(arrays, data.labels, BATCH_SIZE, verbose=0)
    barrier.wait()
    began = time.perf_counter()
    model.fit(arrays, data.labels, BATCH_SIZE, verbose=0)
    return n / (time.perf_counter() - began)


def paper_configuration() -> dict[str, Any]:
    """Return the configuration of the paper at full scale."""
    default, paper = (
        yaml.safe_load((ROOT / "config" / name).read_text())
        for name in ("config.yaml", "paper.yaml")
    )
    update_config(default, paper)
    return default


def light_curves_trained(config: Mapping[str, Any]) -> float:
    """Return how many light curves a configuration trains, or costs as much as."""
    experiments = {name: config["experiments"][name] for name in config["targets"]}
    models = {
        e["source"]: e["seeds"] for e in experiments.values()
    }  # shared by targets
    return sum(_by_source(config, *model) for model in models.items()) + sum(
        e["seeds"] * _by_units(TARGET_OBJECTS[name], e)
        for name, e in experiments.items()
    )


def _by_source(config: Mapping[str, Any], name: str, seeds: int) -> float:
    """Return the light curves of all models of a source."""
    source = config["sources"][name]
    counts = [
        sum(config["datasets"][name]["simulate"]["counts"].values())
        for name in source["datasets"]
    ]
    held_out = source["validation_fraction"]
    a_model = sum(counts) * EPOCHS * (1 - held_out + held_out * PREDICTED)
    return a_model * (seeds if source["one_per_seed"] else 1)


def _by_units(n_objects: int, experiment: Mapping[str, Any]) -> float:
    """Return the light curves of one seed, at every size with every network."""
    cap = experiment["max_test"] or n_objects
    total = 0.0
    for n_train in experiment["n_train"]:
        for strategy in strategies_at(experiment, n_train).values():
            if strategy["kind"] != "network":
                continue
            frozen = strategy["start"] != "random" and not strategy["trainable"]
            total += n_train * (PREDICTED if frozen else EPOCHS)
            total += min(cap, n_objects - n_train) * PREDICTED
    return total


def summarise(details: pd.DataFrame) -> list[Row]:
    """Return rows of each backend, of the best sum, and of the paper's time."""
    rates = details.groupby(["case", "side", "x"])["value"].median().dropna()
    if rates.empty:
        return [Row(f"8 accelerator [{RATE}]: {ABSENT}", target=">= 100000")]
    best = rates.max()
    rows = [
        Row(f"8 {case}, one run [{RATE}]", one[ENGINE], baseline=one[BASELINE])
        for case, one in rates.xs(1.0, level="x").groupby(level=0)
        for one in [one.droplevel(0)]
    ]
    hours = light_curves_trained(paper_configuration()) / best / 3600
    return [
        *rows,
        Row(f"8 best sum over runs at once [{RATE}]", best, ">= 100000"),
        Row("8 paper's configuration, estimated [h]", hours),
    ]


def draw(details: pd.DataFrame) -> Figure:
    """Draw the summed rate by backend and runs at once."""
    shown = details.dropna(subset=["value"])
    runs = shown["x"].astype(int).astype(str)
    return charts.side_by_side(
        shown.assign(case=shown["case"] + ", runs " + runs), RATE
    )
