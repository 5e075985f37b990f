"""A unit of the experiment: one target, n_train and seed, and what it starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.encoding import ModelInput
from transients.kept_networks import Weights
from transients.model import Architecture
from transients.networks import Source
from transients.sampling import Sample, seed_of
from transients.target_classes import TargetClasses


@dataclass(frozen=True)
class Target:
    """The target data set of a unit and what is asked of it.

    features has a row for each light curve of model_input; None where no strategy
    needs any.
    """

    name: str
    classes: TargetClasses
    model_input: ModelInput
    features: pd.DataFrame | None = None
    common_classes: Sequence[str] = ()
    pairs: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Unit:
    """(target, n_train, seed), the sample they draw, and the sources to start from.

    sources are networks by name; forest_scores the class probabilities (n, n_classes)
    that tree ensembles trained on simulated light curves give the target's.
    """

    target: Target
    n_train: int
    seed: int
    sample: Sample
    architecture: Architecture
    sources: Mapping[str, Source] = field(default_factory=dict)
    forest_scores: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, Any]:
        """What every table of the unit starts with."""
        return {
            "target": self.target.name,
            "n_train": self.n_train,
            "seed": self.seed,
        }

    def random_seed(self, member: int = 0) -> int:
        """Seed of initial weights and batch order, of each member of an ensemble."""
        extra = [member] if member else []
        return seed_of(self.target.name, self.n_train, self.seed, *extra)


@dataclass(frozen=True)
class Outcome:
    """What a strategy made of a unit.

    probabilities (n, n_classes) has NaN for the light curves that it was not asked;
    training is its row of the training table, history the losses by epoch, networks the
    weights of what each of its networks trained.
    """

    probabilities: NDArray[np.float64]
    training: Mapping[str, Any]
    history: pd.DataFrame
    networks: Sequence[Weights] = ()


def no_history() -> pd.DataFrame:
    """Return the history of what was not trained by epochs, in the order of networks'.

    So the columns of a unit's table do not depend on which of its strategies is first.
    """
    losses = {"loss": "float64", "val_loss": "float64", "seconds": "float64"}
    columns = {"epoch": "int64", **losses, "member": "int64"}
    return pd.DataFrame(columns, index=[]).astype(columns)


def asked(unit: Unit, needs_labels: bool) -> NDArray[np.int64]:
    """Return the rows that a strategy predicts: the test set.

    One that has not learnt from the labelled objects predicts them, too, so that
    others can learn from its scores.
    """
    sample = unit.sample
    if needs_labels:
        return sample.test
    return np.sort(np.concatenate([sample.labelled, sample.test]))


def in_place(
    unit: Unit, rows: NDArray[np.int64], values: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return values of rows (m, n_classes) in their places among all light curves."""
    shape = (len(unit.target.model_input), values.shape[1])
    everywhere = np.full(shape, np.nan)
    everywhere[rows] = values
    return everywhere


def untrained(seconds: float) -> dict[str, Any]:
    """Return the row of the training table of what has no epochs."""
    return {
        "epochs_best": None,
        "epochs_run": 0,
        "seconds": seconds,
        "seconds_per_epoch": np.nan,
        "seconds_uncached": seconds,
        "seconds_per_epoch_uncached": np.nan,
        "trainable_parameters": 0,
    }
