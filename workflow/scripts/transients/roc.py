"""ROC curves on common false positive rates, so that runs can be averaged."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import roc_curve

from transients.metrics import auroc
from transients.run_predictions import RunPredictions

FALSE_POSITIVE_RATES = np.concatenate(
    [[0.0], np.geomspace(1e-3, 0.1, 41), np.linspace(0.1, 1, 91)[1:]]
)
"""Where curves are read off, closest where they are steepest."""


def roc_curves(run: RunPredictions) -> pd.DataFrame:
    """Return class, false_positive_rate, true_positive_rate, auroc, n_test_class.

    One class against all others, as in the AUROC of the tables; between the points of
    a curve it is straight. Rates and AUROC are NaN for a class with no test object, or
    with no other.
    """
    curves = []
    for place, name in enumerate(run.classes):
        positive, score = run.truth == place, run.probabilities[:, place]
        rates = np.full(len(FALSE_POSITIVE_RATES), np.nan)
        if positive.any() and not positive.all():
            false, true, _ = roc_curve(positive, score)
            rates = np.interp(FALSE_POSITIVE_RATES, false, true)
        curves.append(
            pd.DataFrame(
                {
                    "class": name,
                    "false_positive_rate": FALSE_POSITIVE_RATES,
                    "true_positive_rate": rates,
                    "auroc": auroc(positive, score),
                    "n_test_class": int(positive.sum()),
                }
            )
        )
    return pd.concat(curves, ignore_index=True)
