"""Where light curves of the source and of the target lie for a pretrained backbone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from transients.batches import light_curve_source
from transients.encoding import ModelInput
from transients.model import backbone_of
from transients.sampling import seed_of
from transients.training import predict

FOLDS = 5
"""Of the cross-validation that tells the surveys apart; fewer objects are too few."""
NEIGHBOURS = 10
"""Source objects that say of which class a target object seems to be."""
OTHER = ""
"""The class of source objects that stand for none of the target's."""


@dataclass(frozen=True)
class Embedded:
    """What the backbone makes of light curves (n, units), and their classes (n,)."""

    vectors: NDArray[np.float32]
    classes: NDArray[np.str_]


def few_of_each(
    labels: NDArray[np.int64], rows: NDArray[np.int64], most: int, *key: str
) -> NDArray[np.int64]:
    """Return at most so many of rows of each label, drawn by key alone, in order."""
    shuffled = np.random.default_rng(seed_of(*key)).permutation(np.sort(rows))
    order = shuffled[np.argsort(labels[shuffled], kind="stable")]
    of = labels[order]
    place = np.arange(len(order)) - np.searchsorted(of, of)
    return np.sort(order[place < most])


def embedded(
    classifier: keras.Model,
    model_input: ModelInput,
    rows: NDArray[np.int64],
    classes: Sequence[str],
) -> Embedded:
    """Return some light curves as the layer "latent" of a classifier gives them.

    classes are those that the labels of model_input count, by the target's names.
    """
    fetch = light_curve_source(model_input)
    vectors = predict(backbone_of(classifier), fetch, rows, model_input.lengths)
    return Embedded(vectors, np.array(classes)[np.asarray(model_input.labels)[rows]])


def plane(source: Embedded, target: Embedded) -> tuple[pd.DataFrame, NDArray]:
    """Return the objects on the two principal components of both, and their variance.

    Columns: survey ("source" or "target"), class, x, y. Distances are those of the
    embedding, but for what the plane leaves out: the second, (2,), are the fractions of
    the variance that x and y have.
    """
    both = np.vstack([source.vectors, target.vectors]).astype(np.float64)
    projection = PCA(2, svd_solver="full").fit(both)
    x, y = projection.transform(both).T
    survey = np.repeat(["source", "target"], [len(source.classes), len(target.classes)])
    classes = np.concatenate([source.classes, target.classes])
    table = pd.DataFrame({"survey": survey, "class": classes, "x": x, "y": y})
    return table, projection.explained_variance_ratio_


def likeness(
    source: Embedded, target: Embedded, classes: Sequence[str]
) -> pd.DataFrame:
    """Return how alike both are in the whole embedding, a row for each target class.

    n_source and n_target count the objects. survey_auroc is the AUROC of a logistic
    regression that tells source from target among the objects of the class, cross-
    validated: .5 where they lie in the same place, 1 where they are apart. neighbours
    is the mean fraction of the NEIGHBOURS nearest source objects that are of the target
    object's class, of which there are more where several source classes stand for it.
    """
    near = NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(source.classes)))
    near.fit(source.vectors)
    found = source.classes[near.kneighbors(target.vectors, return_distance=False)]
    rows = []
    for name in classes:
        ours, theirs = source.classes == name, target.classes == name
        agree = (found[theirs] == name).mean() if theirs.any() else np.nan
        auroc = survey_auroc(source.vectors[ours], target.vectors[theirs])
        rows.append((name, ours.sum(), theirs.sum(), auroc, agree))
    columns = ["class", "n_source", "n_target", "survey_auroc", "neighbours"]
    return pd.DataFrame(rows, columns=columns)


def survey_auroc(source: NDArray[np.float32], target: NDArray[np.float32]) -> float:
    """Return how well a line tells source from target, (n, units) each.

    NaN where either has fewer than FOLDS objects.
    """
    if min(len(source), len(target)) < FOLDS:
        return np.nan
    vectors = np.vstack([source, target])
    truth = np.repeat([0, 1], [len(source), len(target)])
    model = make_pipeline(
        StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=1000)
    )
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    asked = {"cv": folds, "method": "predict_proba"}
    said = cross_val_predict(model, vectors, truth, **asked)[:, 1]
    return float(roc_auc_score(truth, said))


def by_target(classes: Sequence[str], class_map: Mapping[str, str]) -> list[str]:
    """Return the target's class of each class of a source, or OTHER."""
    return [class_map.get(name, OTHER) for name in classes]
