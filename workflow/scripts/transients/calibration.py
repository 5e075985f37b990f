"""Whether probabilities are honest: of those called 80 % sure, are 80 % right?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.run_predictions import RunPredictions

BINS = 10
"""Bins of equal width between 0 and 1 (Guo et al. 2017, arXiv:1706.04599, use 15; a
few hundred test objects fill no more than ten)."""
SMALLEST = float(np.finfo(np.float32).eps)
"""A probability of zero counts as this in the logarithm: predictions are written as
float32, and scikit-learn's log_loss does the same."""


def reliability(run: RunPredictions) -> pd.DataFrame:
    """Return bin (0 to 9), n, confidence and accuracy, by bins of the confidence.

    confidence is the highest probability of an object, its mean in the bin; accuracy
    the fraction whose class that was. Both are NaN in an empty bin.
    """
    confidence = run.probabilities.max(axis=1)
    right = run.probabilities.argmax(axis=1) == run.truth
    n, means, shares = _binned(confidence, right)
    return pd.DataFrame(
        {"bin": np.arange(BINS), "n": n, "confidence": means, "accuracy": shares}
    )


def calibration(run: RunPredictions) -> pd.DataFrame:
    """Return one row of what the probabilities of a run are worth.

    n_test; accuracy and mean confidence; ece, the expected calibration error of the
    predicted class (Guo et al. 2017, equation 3); ece_of_classes, the same of each
    class's probability, mean over classes (Kull et al. 2019, arXiv:1910.12656, equation
    4); brier, the squared distance to the class's unit vector (Brier 1950; 0 to 2);
    log_loss [nat].
    """
    chance = run.probabilities
    rows = np.arange(len(chance))
    truth = np.eye(len(run.classes))[run.truth]
    right = chance.argmax(axis=1) == run.truth
    of_class = np.maximum(chance[rows, run.truth], SMALLEST)
    classes = range(len(run.classes))
    return pd.DataFrame(
        {
            "n_test": [len(chance)],
            "accuracy": right.mean(),
            "confidence": chance.max(axis=1).mean(),
            "ece": _error(chance.max(axis=1), right),
            "ece_of_classes": np.mean(
                [_error(chance[:, k], truth[:, k]) for k in classes]
            ),
            "brier": ((chance - truth) ** 2).sum(axis=1).mean(),
            "log_loss": -np.log(of_class).mean(),
        }
    )


def _error(confidence: NDArray[np.float64], right: NDArray[np.generic]) -> float:
    """Return the mean distance of confidence and accuracy, weighted by objects."""
    n, means, shares = _binned(confidence, right)
    return float(np.nansum(n * np.abs(means - shares)) / len(confidence))


def _binned(
    confidence: NDArray[np.float64], right: NDArray[np.generic]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return objects, mean confidence and accuracy of each bin; NaN in empty ones."""
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    n = np.bincount(place, minlength=BINS)
    with np.errstate(invalid="ignore"):
        means, shares = (
            np.bincount(place, weights=values, minlength=BINS) / n
            for values in (confidence, right.astype(float))
        )
    return n, means, shares
