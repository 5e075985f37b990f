"""AUROC of every class, and the means that the paper's figures show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from transients.averages import MACRO, MACRO_COMMON, MACRO_COMMON_ONLY
from transients.errors import DataError


def auroc(positive: NDArray[np.bool_], score: NDArray[np.float64]) -> float:
    """Area under the ROC curve; NaN where positives or negatives are missing.

    Raises DataError for a score that is no finite number.
    """
    if not np.isfinite(score).all():
        raise DataError(
            "a network gave scores that are no finite numbers: its training diverged;"
            " lower learning_rate or set clip_norm in its recipe"
        )
    if positive.all() or not positive.any():
        return float("nan")
    return float(roc_auc_score(positive, score))


def class_aurocs(
    labels: NDArray[np.int64],
    scores: NDArray[np.float64],
    classes: Sequence[str],
    common: Sequence[str] = (),
    pairs: Sequence[Sequence[str]] = (),
) -> pd.Series:
    """Return AUROC by class, one against the rest, and the means over classes.

    labels (n,) are positions in classes, scores (n, n_classes) probabilities.
    "macro" is the mean over all classes: NaN if one has no test object. With common
    classes, "macro_common" is the mean over them with all objects, and
    "macro_common_only" the same with the objects of other classes taken out (paper,
    Figure 5). A pair of classes gives "A|B": the AUROC of A among objects of both.
    """
    values = {name: auroc(labels == k, scores[:, k]) for k, name in enumerate(classes)}
    values[MACRO] = float(np.mean([values[name] for name in classes]))
    if common:
        places = [list(classes).index(name) for name in common]
        values[MACRO_COMMON] = float(np.mean([values[name] for name in common]))
        only = np.isin(labels, places)
        values[MACRO_COMMON_ONLY] = float(
            np.mean([auroc(labels[only] == k, scores[only, k]) for k in places])
        )
    for first, second in pairs:
        values[f"{first}|{second}"] = pair_auroc(
            labels, scores, (list(classes).index(first), list(classes).index(second))
        )
    return pd.Series(values, name="auroc")


def pair_auroc(
    labels: NDArray[np.int64], scores: NDArray[np.float64], pair: tuple[int, int]
) -> float:
    """Return the AUROC of telling two classes apart, among their objects alone.

    The score is the first class's share of the probability given to the two.
    """
    first, second = pair
    both = np.isin(labels, pair)
    share = scores[both, first] / np.maximum(
        scores[both, first] + scores[both, second], np.finfo(float).tiny
    )
    return auroc(labels[both] == first, share)
