"""Confusion matrices: what the objects of each class are taken for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from transients.run_predictions import RunPredictions


def confusion(run: RunPredictions) -> pd.DataFrame:
    """Return class, predicted, share and n_test_class, a row for each pair of classes.

    The predicted class is the one of the highest probability, the first of equals.
    share is the fraction of the class's test objects that are taken for it: the rows
    of a class add up to 1. It is NaN for a class without a test object.
    """
    size = len(run.classes)
    predicted = run.probabilities.argmax(axis=1)
    counts = np.zeros((size, size))
    np.add.at(counts, (run.truth, predicted), 1)
    tested = counts.sum(axis=1, keepdims=True)
    share = np.divide(
        counts, tested, out=np.full_like(counts, np.nan), where=tested > 0
    )
    names = np.array(run.classes, dtype=object)
    return pd.DataFrame(
        {
            "class": np.repeat(names, size),
            "predicted": np.tile(names, size),
            "share": share.ravel(),
            "n_test_class": np.repeat(tested.ravel().astype(int), size),
        }
    )
