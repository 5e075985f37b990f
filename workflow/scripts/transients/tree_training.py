"""Tree ensembles of a strategy, trained on a unit's labelled objects or on none."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.features import KEYS
from transients.strategies import TreeStrategy
from transients.trees import Trees, train_trees
from transients.units import Outcome, Unit, asked, in_place, no_history, untrained

SMALLEST = 1e-4  # a probability, so that a forest's zero has a logarithm


def run_trees(
    unit: Unit,
    strategy: TreeStrategy,
    others: Mapping[str, Outcome],
    keep: Callable[[Trees], object] | None = None,
) -> Outcome:
    """Return the probabilities of a tree ensemble; others are what ran before.

    keep is shown the ensemble that has learnt from the unit's labelled objects.
    """
    began = time.perf_counter()
    rows = asked(unit, strategy.needs_labels)
    if strategy.recipe is None:
        scores = unit.forest_scores[str(strategy.forest)][rows]
    else:
        features = features_and_scores(unit, strategy, others)
        trees = _learnt(unit, strategy, features)
        scores = trees.predict(features.iloc[rows])
        if keep is not None:
            keep(trees)
    if strategy.class_mix:
        scores = by_class_mix(scores, unit.target.classes.shares)
    seconds = time.perf_counter() - began
    return Outcome(in_place(unit, rows, scores), untrained(seconds), no_history())


def by_class_mix(
    scores: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return scores (n, n_classes) by Bayes' theorem, shares (n_classes,) the prior.

    The ensemble knows the classes as equally likely.
    """
    scores = scores * shares
    return scores / scores.sum(axis=1, keepdims=True)


def features_and_scores(
    unit: Unit, strategy: TreeStrategy, others: Mapping[str, Outcome]
) -> pd.DataFrame:
    """Return the target's features, with the log-probabilities of other strategies."""
    if unit.target.features is None:
        raise ValueError("a tree ensemble is asked for, but no features are given")
    scores = {other: others[other].probabilities for other in strategy.scores_of}
    return with_scores(unit.target.features, unit.target.classes.names, scores)


def with_scores(
    features: pd.DataFrame,
    classes: Sequence[str],
    scores: Mapping[str, NDArray[np.float64]],
) -> pd.DataFrame:
    """Return a table of features of n objects, joined by log-probabilities.

    scores are probabilities (n, n_classes) by the name of the strategy that gave them.
    """
    table = features.drop(columns=KEYS, errors="ignore")
    added = {
        f"log p({name}) of {other}": np.log(np.maximum(values, SMALLEST))
        for other, probabilities in scores.items()
        for name, values in zip(classes, probabilities.T, strict=True)
    }
    return pd.concat([table, pd.DataFrame(added, index=table.index)], axis=1)


def _learnt(unit: Unit, strategy: TreeStrategy, features: pd.DataFrame) -> Trees:
    assert strategy.recipe is not None
    return train_trees(
        strategy.recipe,
        features,
        np.asarray(unit.target.model_input.labels),
        unit.sample.labelled,
        [],
        len(unit.target.classes.names),
        unit.random_seed(),
    )
