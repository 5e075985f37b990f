"""Pretraining: the source model, trained on simulated light curves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.alerts import as_alerts
from transients.batches import Batches, light_curve_source
from transients.encoding import load, require_every_class
from transients.metrics import class_aurocs
from transients.model import Architecture, build_backbone, build_head, with_head
from transients.sampling import seed_of
from transients.surveys import Surveys, join_surveys
from transients.tables import collect_dropped, dropped_frame
from transients.training import (
    PREDICTION_BATCH,
    Recipe,
    Training,
    class_weights,
    predict,
    train,
)


@dataclass(frozen=True)
class SourceModel:
    """A pretrained classifier, its classes, and how it came out."""

    classifier: keras.Model
    classes: tuple[str, ...]
    training: Training
    auroc: dict[str, float]


def merge_classes(
    labels: NDArray[np.int64], classes: Sequence[str], merge: Mapping[str, str] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[str, ...]]:
    """Return the rows to train on, all labels, and the classes these refer to.

    merge maps classes of the data sets to merged ones; objects of classes that it does
    not name are left out, their label is -1. Without merge every row and class stays.
    """
    labels = np.asarray(labels)
    if not merge:
        return np.arange(len(labels)), labels, tuple(classes)
    merged = tuple(dict.fromkeys(merge.values()))
    lookup = np.array([merged.index(merge[c]) if c in merge else -1 for c in classes])
    rows = np.flatnonzero(lookup[labels] >= 0)
    return rows, lookup[labels], merged


def read_surveys(
    folders: Sequence[Path],
    classes: Mapping[str, Sequence[str]],
    observations: str,
    encoding: Mapping[str, Any],
) -> tuple[Surveys, pd.DataFrame]:
    """Return the light curves as a source is shown them, and what that leaves out.

    classes are those of each data set, whose model inputs are in folders, in the same
    order. observations is "all", or "detections" for alerts: see alerts.as_alerts. The
    table has the columns dataset, object_id and reason.
    """
    shown, dropped = [], []
    for folder, (name, theirs) in zip(folders, classes.items(), strict=True):
        model_input, left_out = load(folder), dropped_frame([], "")
        if observations == "detections":
            window, min_points = encoding["window"], encoding["min_points"]
            model_input, left_out = as_alerts(model_input, window, min_points)
        shown.append((model_input, theirs))
        dropped.append(collect_dropped(name, left_out))
    return join_surveys(shown), pd.concat(dropped, ignore_index=True)


def pretrain(
    surveys: Surveys,
    merge: Mapping[str, str] | None,
    architecture: Architecture,
    recipe: Recipe,
    *,
    unit: tuple[str, int],
    validation_fraction: float,
) -> SourceModel:
    """Train the source model; unit = (source, seed) alone decides split and weights.

    The validation split stops the training where the recipe says so, and in any case
    tells how well the source classes are told apart. Where there are several surveys, a
    class of each of them is weighted as a class of its own.
    """
    model_input = surveys.model_input
    rows, labels, merged = merge_classes(model_input.labels, surveys.classes, merge)
    require_every_class(labels[rows], merged)
    seed = seed_of(*unit)
    validating, fitting = _split(rows, unit, validation_fraction)
    keras.utils.set_random_seed(seed)
    backbone = build_backbone(architecture)
    head = build_head(backbone.output.shape[-1], len(merged), [])
    classifier = with_head(backbone, head)
    strata = surveys.strata(labels, len(merged))
    n_strata = 1 + int(strata[rows].max())
    weights = class_weights(strata[fitting], n_strata, recipe.class_weight_power)
    lengths = model_input.lengths
    training = train(
        classifier,
        Batches(
            light_curve_source(model_input, recipe.augmentation),
            fitting,
            lengths,
            recipe.batch_size,
            labels=labels,
            weights=weights[strata],
            shuffle_seed=seed,
        ),
        Batches(
            light_curve_source(model_input),
            validating,
            lengths,
            PREDICTION_BATCH,
            labels=labels,
        ),
        recipe,
    )
    scores = predict(classifier, light_curve_source(model_input), validating, lengths)
    aurocs = class_aurocs(labels[validating], scores.astype(float), merged)
    by_class = {str(name): float(value) for name, value in aurocs.items()}
    return SourceModel(classifier, merged, training, by_class)


def held_out(
    surveys: Surveys, source: Mapping[str, Any], unit: tuple[str, int]
) -> NDArray[np.int64]:
    """Return the validation split of a source model, which it was not trained on.

    source is its section of the configuration, unit as in pretrain.
    """
    labels = surveys.model_input.labels
    rows, _, _ = merge_classes(labels, surveys.classes, source["merge"])
    return _split(rows, unit, source["validation_fraction"])[0]


def _split(
    rows: NDArray[np.int64], unit: tuple[str, int], validation_fraction: float
) -> list[NDArray[np.int64]]:
    """Return the rows to validate on, and those to train on."""
    shuffled = np.random.default_rng(seed_of(*unit)).permutation(rows)
    return np.split(shuffled, [round(validation_fraction * len(rows))])


def save_source(
    source: SourceModel,
    classifier_path: str | Path,
    summary_path: str | Path,
    ran_on: Mapping[str, str | float | None] | None = None,
) -> None:
    """Write the classifier (.keras) and a summary (.json) of classes and training.

    ran_on says where it was trained: see accelerators.ran_on.
    """
    source.classifier.save(classifier_path)
    summary = {
        "classes": list(source.classes),
        "epochs_run": source.training.epochs_run,
        "epochs_best": source.training.epochs_best,
        "seconds": source.training.seconds,
        "ran_on": dict(ran_on or {}),
        "validation_auroc": source.auroc,
        "history": source.training.history.to_dict(orient="list"),
    }
    Path(summary_path).write_text(json.dumps(summary, indent=1))
