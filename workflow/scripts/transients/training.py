"""How a network is trained and asked: recipe, class weights, stopping, timing."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.augmentation import Augmentation
from transients.batches import Batches, Fetch, Rows, in_batches
from transients.shapes import fill_batch, fill_inputs, uses_xla
from transients.tracing import assign, trace

PREDICTION_BATCH = 512

OPTIMISERS = {
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "nadam": keras.optimizers.Nadam,
    "sgd": keras.optimizers.SGD,
}
"""Keras' optimisers, each with its own defaults beside the learning rate."""

log = logging.getLogger(__name__)

EPOCH_LINE = "epoch %d/%d: loss %.4f, validation loss %s, %.2f s"


@dataclass(frozen=True)
class EarlyStopping:
    """Stop after `patience` epochs in which the validation loss has not fallen."""

    patience: int = 5
    min_delta: float = 0.001


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a training run beside network and data.

    schedule is "constant" or "cosine" (with a linear rise over the fraction warm_up
    of all steps). Without early_stopping the network trains on all labelled objects,
    those of the validation split too, for all epochs. class_weight_power 1 is the
    paper's weight, 0 none. optimiser is a key of OPTIMISERS.
    """

    epochs: int = 100
    batch_size: int = 128
    learning_rate: float = 0.001
    schedule: str = "constant"
    warm_up: float = 0.0
    clip_norm: float | None = None
    early_stopping: EarlyStopping | None = None
    class_weight_power: float = 1.0
    augmentation: Augmentation | None = None
    optimiser: str = "adam"

    @classmethod
    def from_config(cls, section: Mapping[str, Any]) -> Recipe:
        """Build a recipe from its section of the configuration."""
        stopping = section["early_stopping"]
        changes = section["augmentation"]
        return cls(
            **{
                **section,
                "early_stopping": EarlyStopping(**stopping) if stopping else None,
                "augmentation": Augmentation(**changes) if changes else None,
            }
        )


@dataclass(frozen=True)
class Training:
    """What one training run took: its history, one row an epoch, and its cost."""

    history: pd.DataFrame
    seconds: float

    @property
    def epochs_run(self) -> int:
        """Number of epochs trained."""
        return len(self.history)

    @property
    def epochs_best(self) -> int | None:
        """Epoch (from 1) of the lowest validation loss; None without validation."""
        if self.history["val_loss"].isna().all():
            return None
        return int(self.history["val_loss"].argmin()) + 1

    @property
    def seconds_per_epoch(self) -> float:
        """Median over epochs."""
        return float(self.history["seconds"].median())


def class_weights(
    labels: NDArray[np.int64], n_classes: int, power: float = 1.0
) -> NDArray[np.float32]:
    """Return the weight of each class, (n_classes,), for the loss (paper, 3.1).

    Inversely proportional to the class's fraction of `labels`, to the given power;
    objects have weight 1 on average. A class without objects has weight 0.
    """
    counts = np.bincount(labels, minlength=n_classes)
    inverse = np.zeros(n_classes)
    inverse[counts > 0] = counts[counts > 0] ** -float(power)
    return (inverse * len(labels) / (inverse * counts).sum()).astype(np.float32)


def train(
    model: keras.Model,
    training: Batches,
    validation: Batches | None,
    recipe: Recipe,
) -> Training:
    """Train a model in place and return what it took, tracing not counted.

    A model that this process has trained before with the same recipe and as many steps
    is not traced again: it starts from the weights that it has now and a new optimiser.
    The validation loss is not weighted unless the batches are, as in Keras' fit with
    class weights, which the authors use. With early stopping the weights of the last
    epoch that improved are restored.
    """
    _make_ready(model, recipe, training, validation)
    best = BestWeights(recipe.early_stopping) if recipe.early_stopping else None
    history = []
    start = time.perf_counter()
    for epoch in range(1, recipe.epochs + 1):
        began = time.perf_counter()
        loss = _mean_loss(model, model.train_on_batch, training, epoch)
        val_loss = np.nan
        if validation is not None:
            val_loss = _mean_loss(model, model.test_on_batch, validation, 1)
        seconds = time.perf_counter() - began
        history.append((epoch, loss, val_loss, seconds))
        shown = "none" if validation is None else f"{val_loss:.4f}"
        log.info(EPOCH_LINE, epoch, recipe.epochs, loss, shown, seconds)
        if best is not None and best.ends_training(val_loss, model):
            break
    if best is not None:
        best.restore(model)
    columns = ["epoch", "loss", "val_loss", "seconds"]
    return Training(pd.DataFrame(history, columns=columns), time.perf_counter() - start)


def _mean_loss(
    model: keras.Model,
    step: Callable[..., dict[str, float]],
    batches: Batches,
    epoch: int,
) -> float:
    """Run a step of a model on every batch; return the mean loss over objects."""
    losses, sizes = [], []
    for batch in batches.epoch(epoch):
        shown = fill_batch(batch, batches.largest) if model.jit_compile else batch
        logs = step(
            shown.inputs, shown.labels, sample_weight=shown.weights, return_dict=True
        )
        losses.append(float(logs["loss"]))
        sizes.append(batch.size)
    return float(np.average(losses, weights=sizes))


@dataclass(frozen=True)
class _Ready:
    """What a model was compiled for, its optimiser's variables before any step.

    traced holds name, batch size and length of the steps that were traced.
    """

    recipe: Recipe
    steps_per_epoch: int
    optimiser: Sequence[NDArray[np.float32]]
    traced: set[tuple[str, int, int]]


_READY: WeakKeyDictionary[keras.Model, _Ready] = WeakKeyDictionary()


def _make_ready(
    model: keras.Model, recipe: Recipe, training: Batches, validation: Batches | None
) -> None:
    """Compile and trace a model, unless that was done; start its optimiser anew."""
    ready = _READY.get(model)
    steps = len(training)
    if ready is None or (ready.recipe, ready.steps_per_epoch) != (recipe, steps):
        model.compile(
            optimizer=_optimiser(recipe, steps),
            loss="sparse_categorical_crossentropy",
            jit_compile=uses_xla(),
        )
        model.optimizer.build(model.trainable_variables)
        start = [np.array(variable) for variable in model.optimizer.variables]
        ready = _READY[model] = _Ready(recipe, steps, start, set())
    trace(model, model.train_on_batch, training, recipe.epochs, ready.traced)
    if validation is not None:
        trace(model, model.test_on_batch, validation, 1, ready.traced)
    assign(model.optimizer.variables, ready.optimiser)


class BestWeights:
    """Early stopping as Keras does it: patience, min_delta, and the best weights."""

    def __init__(self, stopping: EarlyStopping) -> None:
        self.stopping = stopping
        self.lowest = np.inf
        self.waited = 0
        self.weights: list[NDArray[np.float32]] | None = None

    def ends_training(self, val_loss: float, model: keras.Model) -> bool:
        """Look at an epoch's validation loss; keep the weights if it improved."""
        if self.weights is None or val_loss < self.lowest - self.stopping.min_delta:
            self.lowest, self.waited = val_loss, 0
            self.weights = model.get_weights()
            return False
        self.waited += 1
        return self.waited >= self.stopping.patience

    def restore(self, model: keras.Model) -> None:
        """Put the best weights back."""
        if self.weights is not None:
            model.set_weights(self.weights)


def _optimiser(recipe: Recipe, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    rate: float | keras.optimizers.schedules.LearningRateSchedule = recipe.learning_rate
    if recipe.schedule == "cosine":
        steps = recipe.epochs * steps_per_epoch
        warm_up = round(recipe.warm_up * steps)
        rate = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=0.0 if warm_up else recipe.learning_rate,
            decay_steps=max(1, steps - warm_up),
            warmup_target=recipe.learning_rate if warm_up else None,
            warmup_steps=warm_up,
        )
    return OPTIMISERS[recipe.optimiser](rate, global_clipnorm=recipe.clip_norm)


def predict(
    model: keras.Model, fetch: Fetch, rows: Rows, lengths: Rows
) -> NDArray[np.float32]:
    """Return the model's output for the given rows, in their order."""
    places = in_batches(np.arange(len(rows)), lengths[rows], PREDICTION_BATCH, None)
    rng = np.random.default_rng(0)
    parts = []
    for some in places:
        inputs = fetch(rows[some], rng)
        if model.jit_compile:
            inputs = fill_inputs(inputs, min(PREDICTION_BATCH, len(rows)))
        parts.append(np.asarray(model.predict_on_batch(inputs))[: len(some)])
    sorted_output = np.concatenate(parts)
    output = np.empty_like(sorted_output)
    output[np.concatenate(places)] = sorted_output
    return output
