"""What a unit's strategies came to, as tables: scores and predictions."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.averages import MACRO, MACRO_COMMON, members_of
from transients.metrics import class_aurocs
from transients.units import Unit


def scores_table(unit: Unit, scores: NDArray[np.float64]) -> pd.DataFrame:
    """Return AUROC by class and of the means, with the objects each refers to.

    scores (n_test, n_classes) are the probabilities of the unit's test set, in order.
    """
    target, sample = unit.target, unit.sample
    labels = np.asarray(target.model_input.labels)
    names = target.classes.names
    aurocs = class_aurocs(
        labels[sample.test], scores, names, target.common_classes, target.pairs
    )
    table = aurocs.rename_axis("class").reset_index()
    members = [
        [names.index(n) for n in members_of(name, names, target.common_classes)]
        for name in table["class"]
    ]
    for column, rows in (
        ("n_train_class", sample.labelled),
        ("n_validation_class", sample.validation),
        ("n_test_class", sample.test),
    ):
        counts = np.bincount(labels[rows], minlength=len(names))
        table[column] = [int(counts[places].sum()) for places in members]
    table["n_test"] = len(sample.test)
    apart = ~table["class"].isin([*names, MACRO, MACRO_COMMON])
    table.loc[apart, "n_test"] = table["n_test_class"]  # the others are taken out
    return table


def predictions_table(unit: Unit, scores: NDArray[np.float64]) -> pd.DataFrame:
    """Return the class probabilities of every test object, one row each."""
    model_input, names = unit.target.model_input, unit.target.classes.names
    truth = np.asarray(model_input.labels)[unit.sample.test]
    columns = [f"p({name})" for name in names]
    table = pd.DataFrame(scores.astype(np.float32), columns=columns)
    table.insert(0, "object_id", model_input.object_id[unit.sample.test])
    table.insert(1, "class", np.array(names, dtype=object)[truth])
    return table
