"""One unit of the experiment: every strategy on one sample of labelled light curves."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.batches import (
    Batches,
    Fetch,
    embedding_source,
    light_curve_source,
)
from transients.encoding import ModelInput
from transients.metrics import MACRO, MACRO_COMMON, MACRO_COMMON_ONLY, class_aurocs
from transients.model import Architecture, count_trainable
from transients.sampling import Sample, seed_of
from transients.strategies import Network, Source, Strategy, build_network
from transients.training import (
    PREDICTION_BATCH,
    Recipe,
    Training,
    class_weights,
    predict,
    train,
)

log = logging.getLogger(__name__)

TIMED_EPOCHS = 3
"""Epochs through the frozen network that tell what cached embeddings save."""

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


_NETWORKS: dict[str, Network] = {}


@dataclass(frozen=True)
class Target:
    """The target data set of a unit and what is asked of it."""

    name: str
    classes: tuple[str, ...]
    model_input: ModelInput
    common_classes: Sequence[str] = ()
    pairs: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Unit:
    """(target, n_train, seed), the sample they draw, and the source to start from."""

    target: Target
    n_train: int
    seed: int
    sample: Sample
    architecture: Architecture
    source: Source | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """What every table of the unit starts with."""
        return {
            "target": self.target.name,
            "n_train": self.n_train,
            "seed": self.seed,
        }

    @property
    def random_seed(self) -> int:
        """Seed of initial weights and batch order."""
        return seed_of(self.target.name, self.n_train, self.seed)


def run_strategy(unit: Unit, name: str, strategy: Strategy) -> dict[str, pd.DataFrame]:
    """Train and test one strategy; return its tables by name.

    scores: AUROC by class and of the means, with objects by class; training: epochs
    and seconds (wall_seconds: of all that this function does); history: losses by
    epoch; predictions: class probabilities of every test object.
    """
    began = time.perf_counter()
    network = _start(unit, strategy)
    fetch = _what_is_shown(unit, network)
    took = _fit(unit, strategy.recipe, network.trained, fetch)
    lengths = unit.target.model_input.lengths
    scores = predict(network.trained, fetch, unit.sample.test, lengths)
    seconds, per_epoch = took.seconds, took.seconds_per_epoch
    if strategy.frozen_backbone:
        log.info("timing %d epochs through the frozen network", TIMED_EPOCHS)
        per_epoch = _seconds_per_epoch_uncached(unit, strategy.recipe, network.whole)
        seconds = per_epoch * took.epochs_run
    key = {**unit.columns, "strategy": name}
    training = {
        **key,
        "epochs_best": took.epochs_best,
        "epochs_run": took.epochs_run,
        "seconds": took.seconds,
        "seconds_per_epoch": took.seconds_per_epoch,
        "seconds_uncached": seconds,
        "seconds_per_epoch_uncached": per_epoch,
        "trainable_parameters": count_trainable(network.whole),
    }
    tables = {
        "scores": _scores(unit, scores).assign(**key),
        "history": took.history.assign(**key),
        "predictions": _predictions(unit, scores).assign(**key),
    }
    training["wall_seconds"] = time.perf_counter() - began
    trained = pd.DataFrame([training]).astype({"epochs_best": "Int64"})
    return {**tables, "training": trained}


def _start(unit: Unit, strategy: Strategy) -> Network:
    """Return the strategy's network with the weights that the unit starts from.

    Tracing takes longer than training a few hundred light curves, so units in one
    process share the traced network, each with weights of its own.
    """
    keras.utils.set_random_seed(unit.random_seed)
    fresh = build_network(strategy, unit.architecture, unit.target.classes, unit.source)
    alike = repr((strategy, unit.architecture, unit.target.classes))
    network = _NETWORKS.setdefault(alike, fresh)
    if network is not fresh:
        network.whole.set_weights(fresh.whole.get_weights())
    return network


def _what_is_shown(unit: Unit, network: Network) -> Fetch:
    """Light curves, or where the backbone is frozen their embeddings, cached."""
    model_input = unit.target.model_input
    if network.frozen_backbone is None:
        return light_curve_source(model_input)
    used = np.sort(np.concatenate([unit.sample.labelled, unit.sample.test]))
    embedded = predict(
        network.frozen_backbone,
        light_curve_source(model_input),
        used,
        model_input.lengths,
    )
    embeddings = np.zeros((len(model_input), embedded.shape[1]), np.float32)
    embeddings[used] = embedded
    return embedding_source(embeddings)


def _fit(unit: Unit, recipe: Recipe, model: keras.Model, fetch: Fetch) -> Training:
    """Train a model; only what it learns from is augmented, nothing that judges it."""
    sample = unit.sample
    learnt_from = fetch
    if recipe.augmentation is not None:
        learnt_from = light_curve_source(unit.target.model_input, recipe.augmentation)
    labels = np.asarray(unit.target.model_input.labels)
    lengths = unit.target.model_input.lengths
    fitting = sample.train if recipe.early_stopping else sample.labelled
    weights = class_weights(
        labels[fitting], len(unit.target.classes), recipe.class_weight_power
    )
    training = Batches(
        learnt_from,
        fitting,
        lengths,
        recipe.batch_size,
        labels=labels,
        weights=weights[labels],
        shuffle_seed=unit.random_seed,
    )
    validation = None
    if recipe.early_stopping:
        validation = Batches(
            fetch, sample.validation, lengths, PREDICTION_BATCH, labels=labels
        )
    return train(model, training, validation, recipe)


def _seconds_per_epoch_uncached(
    unit: Unit, recipe: Recipe, whole: keras.Model
) -> float:
    """Time a few epochs of training the head through the frozen backbone.

    Trains the network on: call it after everything else is done with it.
    """
    few = replace(recipe, epochs=TIMED_EPOCHS)
    if recipe.early_stopping:
        never = replace(recipe.early_stopping, patience=TIMED_EPOCHS)
        few = replace(few, early_stopping=never)
    through = light_curve_source(unit.target.model_input)
    return _fit(unit, few, whole, through).seconds_per_epoch


def _scores(unit: Unit, scores: NDArray[np.float32]) -> pd.DataFrame:
    """AUROC by class and of the means, with the objects that each refers to."""
    target, sample = unit.target, unit.sample
    labels = np.asarray(target.model_input.labels)
    aurocs = class_aurocs(
        labels[sample.test],
        scores.astype(float),
        target.classes,
        target.common_classes,
        target.pairs,
    )
    table = aurocs.rename_axis("class").reset_index()
    members = table["class"].map(lambda name: _members(name, target))
    for column, rows in (
        ("n_train_class", sample.labelled),
        ("n_validation_class", sample.validation),
        ("n_test_class", sample.test),
    ):
        counts = np.bincount(labels[rows], minlength=len(target.classes))
        table[column] = [int(counts[places].sum()) for places in members]
    table["n_test"] = len(sample.test)
    apart = ~table["class"].isin([*target.classes, MACRO, MACRO_COMMON])
    table.loc[apart, "n_test"] = table["n_test_class"]  # the others are taken out
    return table


def _members(name: str, target: Target) -> list[int]:
    """Positions of the classes that a row of the scores refers to."""
    if name in target.classes:
        names: Sequence[str] = [name]
    elif name in (MACRO_COMMON, MACRO_COMMON_ONLY):
        names = target.common_classes
    elif "|" in name:
        names = name.split("|")
    else:
        names = target.classes
    return [target.classes.index(member) for member in names]


def _predictions(unit: Unit, scores: NDArray[np.float32]) -> pd.DataFrame:
    """Class probabilities of every test object, one row each."""
    model_input = unit.target.model_input
    truth = np.asarray(model_input.labels)[unit.sample.test]
    table = pd.DataFrame(scores, columns=[f"p({c})" for c in unit.target.classes])
    table.insert(0, "object_id", model_input.object_id[unit.sample.test])
    table.insert(1, "class", np.array(unit.target.classes, dtype=object)[truth])
    return table


def run_unit(
    unit: Unit,
    strategies: Mapping[str, Strategy],
    ran_on: Mapping[str, str | float | None] | None = None,
) -> dict[str, pd.DataFrame]:
    """Run every strategy on the unit's sample; return tables by name.

    Tables are those of run_strategy, with a column for target, strategy, n_train and
    seed each. ran_on fills the columns PLACE of the training table, which are missing
    values without it. A class without a labelled object is legal; the log names it.
    """
    labels = np.asarray(unit.target.model_input.labels)
    counts = np.bincount(
        labels[unit.sample.labelled], minlength=len(unit.target.classes)
    )
    for name, n in zip(unit.target.classes, counts, strict=True):
        if n == 0:
            log.warning("class %s has no labelled object in this sample", name)
    results = []
    for name, strategy in strategies.items():
        log.info("strategy %s", name)
        results.append(run_strategy(unit, name, strategy))
    tables = {
        table: pd.concat([result[table] for result in results], ignore_index=True)
        for table in ("scores", "training", "history", "predictions")
    }
    place = {column: (ran_on or {}).get(column) for column in PLACE}
    tables["training"] = tables["training"].assign(**place).astype(PLACE)
    return tables
