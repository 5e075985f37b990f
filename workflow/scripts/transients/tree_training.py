"""Tree ensembles of a strategy, trained on a unit's labelled objects or on none."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.features import KEYS
from transients.strategies import TreeStrategy
from transients.trees import TreeRecipe, train_trees
from transients.units import Outcome, Unit, asked, in_place, no_history, untrained

SMALLEST = 1e-4  # a probability, so that a forest's zero has a logarithm


def run_trees(
    unit: Unit, strategy: TreeStrategy, others: Mapping[str, Outcome]
) -> Outcome:
    """Return the probabilities of a tree ensemble; others are what ran before."""
    began = time.perf_counter()
    rows = asked(unit, strategy.needs_labels)
    if strategy.recipe is None:
        scores = unit.forest_scores[str(strategy.forest)][rows]
    else:
        features = features_and_scores(unit, strategy, others)
        scores = _learnt(unit, strategy.recipe, features, rows)
    if strategy.class_mix:  # Bayes' theorem; the ensemble knows classes as equal
        scores = scores * unit.target.classes.shares
        scores = scores / scores.sum(axis=1, keepdims=True)
    seconds = time.perf_counter() - began
    return Outcome(in_place(unit, rows, scores), untrained(seconds), no_history())


def features_and_scores(
    unit: Unit, strategy: TreeStrategy, others: Mapping[str, Outcome]
) -> pd.DataFrame:
    """Return the target's features, with the log-probabilities of other strategies."""
    if unit.target.features is None:
        raise ValueError("a tree ensemble is asked for, but no features are given")
    table = unit.target.features.drop(columns=KEYS, errors="ignore")
    added = {
        f"log p({name}) of {other}": np.log(np.maximum(values, SMALLEST))
        for other in strategy.scores_of
        for name, values in zip(
            unit.target.classes.names, others[other].probabilities.T, strict=True
        )
    }
    return pd.concat([table, pd.DataFrame(added, index=table.index)], axis=1)


def _learnt(
    unit: Unit, recipe: TreeRecipe, features: pd.DataFrame, rows: NDArray[np.int64]
) -> NDArray[np.float64]:
    trees = train_trees(
        recipe,
        features,
        np.asarray(unit.target.model_input.labels),
        unit.sample.labelled,
        [],
        len(unit.target.classes.names),
        unit.random_seed(),
    )
    return trees.predict(features.iloc[rows])
