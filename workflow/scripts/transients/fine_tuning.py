"""One unit of the experiment: every strategy on one sample of labelled light curves."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from transients.blending import run_blend
from transients.kept_networks import networks_table
from transients.network_training import run_networks
from transients.strategies import (
    BlendStrategy,
    Strategy,
    TreeStrategy,
    in_order,
)
from transients.tree_training import run_trees
from transients.unit_tables import predictions_table, scores_table
from transients.units import Outcome, Unit

log = logging.getLogger(__name__)

PLACE = {
    "host": "string",
    "device": "string",
    "computed_with": "string",
    "slurm_job_id": "string",
    "queue_seconds": "float64",
}
"""Columns that say where and how a unit ran, and their types.

See accelerators.ran_on and backends.computed_with.
"""


def run_unit(
    unit: Unit,
    strategies: Mapping[str, Strategy],
    ran_on: Mapping[str, str | float | None] | None = None,
    keep: Collection[str] = (),
) -> dict[str, pd.DataFrame]:
    """Run every strategy on the unit's sample; return tables by name.

    Each has a column for target, n_train, seed and strategy. scores: AUROC by class and
    of the means, with objects by class; training: epochs and seconds (wall_seconds: of
    all that the strategy took); history: losses by epoch; predictions: class
    probabilities of every test object; networks: weights of the networks of the
    strategies in keep, see kept_networks. ran_on fills the columns PLACE of the
    training table, which are missing values without it. Strategies run after those that
    they refer to. A class without a labelled object is legal; the log names it.
    """
    _name_absent_classes(unit)
    outcomes: dict[str, Outcome] = {}
    tables = {}
    for name in in_order(strategies):
        log.info("strategy %s", name)
        began = time.perf_counter()
        outcome = _run(unit, strategies[name], outcomes)
        outcomes[name] = outcome
        tables[name] = _tables(
            unit, name, outcome, time.perf_counter() - began, name in keep
        )
    joined = {
        table: pd.concat([tables[name][table] for name in strategies])
        for table in ("scores", "training", "history", "predictions", "networks")
    }
    place = {column: (ran_on or {}).get(column) for column in PLACE}
    joined["training"] = joined["training"].assign(**place).astype(PLACE)
    return {name: table.reset_index(drop=True) for name, table in joined.items()}


def _run(unit: Unit, strategy: Strategy, before: Mapping[str, Outcome]) -> Outcome:
    if isinstance(strategy, BlendStrategy):
        return run_blend(strategy, before)
    if isinstance(strategy, TreeStrategy):
        return run_trees(unit, strategy, before)
    return run_networks(unit, strategy)


def _tables(
    unit: Unit, name: str, outcome: Outcome, wall_seconds: float, keep: bool
) -> dict[str, pd.DataFrame]:
    """The tables of one strategy."""
    key = {**unit.columns, "strategy": name}
    scores = outcome.probabilities[unit.sample.test]
    training = {**key, **outcome.training, "wall_seconds": wall_seconds}
    return {
        "scores": scores_table(unit, scores).assign(**key),
        "training": pd.DataFrame([training]).astype({"epochs_best": "Int64"}),
        "history": outcome.history.assign(**key),
        "predictions": predictions_table(unit, scores).assign(**key),
        "networks": networks_table(outcome.networks if keep else ()).assign(**key),
    }


def _name_absent_classes(unit: Unit) -> None:
    names = unit.target.classes.names
    labels = np.asarray(unit.target.model_input.labels)[unit.sample.labelled]
    counts = np.bincount(labels, minlength=len(names))
    for name, n in zip(names, counts, strict=True):
        if n == 0 and unit.n_train > 0:
            log.warning("class %s has no labelled object in this sample", name)
