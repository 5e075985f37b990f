"""A classifier that tells simulated light curves from real ones.

Near 0.5 its AUROC says that the simulator is like the sky (a classifier two-sample
test: Lopez-Paz & Oquab 2017, ICLR).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

N_FOLDS = 5
N_TREES = 200
MIN_EACH = 20
"""Fewer real or simulated objects of a class than these are not told apart."""
TELLING = 3
"""Features named as those that tell most."""


@dataclass(frozen=True)
class ToldApart:
    """How well simulated objects are told from real ones.

    auroc is the mean over the folds of a cross-validation, error its standard error;
    by names the features that told most, the first most of all.
    """

    auroc: float
    error: float
    by: tuple[str, ...]


def tell_apart(
    features: pd.DataFrame,
    real: NDArray[np.bool_],
    labels: NDArray[np.int64],
    weights: NDArray[np.float64],
    seed: int = 0,
) -> ToldApart | None:
    """Tell n objects apart by their features, of any number of columns; NaN may be.

    labels (n,) are classes, weights (n,) those of objects within their class. Real and
    simulated objects of each class get the same total weight in training and in the
    AUROC, so that no class mix is told apart. Classes with fewer than MIN_EACH of
    either are left out; None where none is left.
    """
    rows = np.flatnonzero(_enough(labels, real))
    if not len(rows):
        return None
    values = features.to_numpy(np.float32)[rows]
    real, labels, weights = real[rows], labels[rows], weights[rows]
    side = 2 * labels + real
    weights = weights / np.bincount(side, weights)[side]
    folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed)
    aurocs, importances = [], []
    for train, test in folds.split(values, side):
        forest = RandomForestClassifier(N_TREES, random_state=seed, min_samples_leaf=2)
        forest.fit(values[train], real[train], weights[train] / weights[train].mean())
        score = forest.predict_proba(values[test])[:, 1]
        aurocs.append(roc_auc_score(real[test], score, sample_weight=weights[test]))
        importances.append(forest.feature_importances_)
    telling = np.argsort(-np.mean(importances, axis=0), kind="stable")[:TELLING]
    return ToldApart(
        auroc=float(np.mean(aurocs)),
        error=float(np.std(aurocs, ddof=1) / np.sqrt(N_FOLDS)),
        by=tuple(map(str, features.columns[telling])),
    )


def _enough(labels: NDArray[np.int64], real: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the objects of classes with MIN_EACH real and MIN_EACH simulated ones."""
    n_classes = int(labels.max(initial=-1)) + 1
    counts = [
        np.bincount(labels[which], minlength=n_classes) for which in (real, ~real)
    ]
    return (np.minimum(*counts) >= MIN_EACH)[labels]
