"""How a network is trained and asked: recipe, class weights, stopping, timing."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.augmentation import Augmentation
from transients.batches import Batches, Fetch, Rows

PREDICTION_BATCH = 512

log = logging.getLogger(__name__)


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
    paper's weight, 0 none.
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
        """Median over epochs, so that the first one's tracing does not count."""
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
    """Train a model in place and return what it took.

    The validation loss is not weighted, as in Keras' fit with class weights, which
    the authors use; with early stopping the best epoch's weights are restored.
    """
    model.compile(
        optimizer=_optimiser(recipe, len(training)),
        loss="sparse_categorical_crossentropy",
        jit_compile=False,
    )
    progress = EpochLog(recipe.epochs)
    callbacks: list[keras.callbacks.Callback] = [progress]
    if recipe.early_stopping is not None and validation is not None:
        callbacks.append(
            keras.callbacks.EarlyStopping(
                patience=recipe.early_stopping.patience,
                min_delta=recipe.early_stopping.min_delta,
                restore_best_weights=True,
            )
        )
    start = time.perf_counter()
    model.fit(
        training,
        epochs=recipe.epochs,
        validation_data=validation,
        shuffle=False,
        callbacks=callbacks,
        verbose=0,
    )
    return Training(progress.history(), time.perf_counter() - start)


def _optimiser(recipe: Recipe, steps_per_epoch: int) -> keras.optimizers.Adam:
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
    return keras.optimizers.Adam(rate, global_clipnorm=recipe.clip_norm)


class EpochLog(keras.callbacks.Callback):
    """Keep losses and seconds of each epoch, and log one line for it."""

    def __init__(self, epochs: int) -> None:
        super().__init__()
        self.epochs = epochs
        self.rows: list[dict[str, float]] = []
        self.start = 0.0

    def on_epoch_begin(self, *_: object) -> None:
        """Start the clock."""
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keep and log the epoch."""
        logs = logs or {}
        row = {
            "epoch": epoch + 1,
            "loss": logs["loss"],
            "val_loss": logs.get("val_loss", np.nan),
            "seconds": time.perf_counter() - self.start,
        }
        self.rows.append(row)
        log.info(
            "epoch %d/%d: loss %.4f, validation loss %.4f, %.2f s",
            row["epoch"],
            self.epochs,
            row["loss"],
            row["val_loss"],
            row["seconds"],
        )

    def history(self) -> pd.DataFrame:
        """Return one row an epoch: epoch, loss, val_loss, seconds."""
        return pd.DataFrame(self.rows)


def predict(
    model: keras.Model, fetch: Fetch, rows: Rows, lengths: Rows
) -> NDArray[np.float32]:
    """Return the model's output for the given rows, in their order."""
    batches = Batches(fetch, rows, lengths, PREDICTION_BATCH)
    sorted_output = model.predict(batches, verbose=0)
    output = np.empty_like(sorted_output)
    output[np.argsort(batches.row_lengths, kind="stable")] = sorted_output
    return output
