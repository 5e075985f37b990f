"""Tree ensembles on light-curve features: what a user would pick instead of a network.

They learn from labelled objects of the target, from simulated ones, or from both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from threadpoolctl import threadpool_limits

from transients.errors import ConfigurationError, DataError
from transients.features import KEYS

FORESTS = {"random_forest": RandomForestClassifier, "extra_trees": ExtraTreesClassifier}


@dataclass(frozen=True)
class TreeRecipe:
    """Everything that decides a tree ensemble beside its data.

    learner is "random_forest", "extra_trees" or "gradient_boosting" (scikit-learn's);
    max_features is the share of the features that a split may choose from. Classes are
    weighted by their total weight to the power -class_weight_power: 0 leaves them as
    they are, 1 makes them equal.
    """

    learner: str = "random_forest"
    n_estimators: int = 500
    max_features: float = 0.1
    min_samples_leaf: int = 1
    class_weight_power: float = 0.0

    @classmethod
    def from_config(cls, section: Mapping[str, Any]) -> TreeRecipe:
        """Build a recipe from its section of the configuration."""
        return cls(**section)


@dataclass(frozen=True)
class Examples:
    """Objects to learn from: a table of features, labels and weights (n,).

    labels are positions in the target's classes.
    """

    features: pd.DataFrame
    labels: NDArray[np.int64]
    weights: NDArray[np.float64]


@dataclass(frozen=True)
class Trees:
    """A trained ensemble, the features that it knows and the number of classes."""

    learner: ClassifierMixin
    names: list[str]
    n_classes: int

    def predict(self, features: pd.DataFrame) -> NDArray[np.float64]:
        """Return the probabilities of n objects, (n, n_classes).

        A class that was never seen has probability 0. Raises DataError if the table has
        other features than those learnt from; their order does not matter.
        """
        _require_same(self.names, features)
        values = features[self.names].to_numpy(np.float32)
        probabilities = np.zeros((len(features), self.n_classes))
        seen = self.learner.classes_
        if len(seen) == 1:  # boosting takes it for one of two
            probabilities[:, seen] = 1.0
            return probabilities
        with threadpool_limits(1):
            probabilities[:, seen] = self.learner.predict_proba(values)
        return probabilities


def train_trees(
    recipe: TreeRecipe,
    target_features: pd.DataFrame,
    labels: NDArray[np.int64],
    train_rows: NDArray[np.int64],
    simulated: Sequence[Examples],
    n_classes: int,
    seed: int,
) -> Trees:
    """Train an ensemble on rows of the target and on all simulated examples.

    target_features has a row for each of labels (n,); only train_rows are looked at.
    Either these or simulated may be empty. Raises DataError if both are, or if the
    simulated have other features than the target. Runs on one thread.
    """
    names = [str(name) for name in target_features if name not in KEYS]
    for examples in simulated:
        _require_same(names, examples.features)
    real = Examples(
        target_features.iloc[train_rows],
        np.asarray(labels)[train_rows],
        np.ones(len(train_rows)),
    )
    given = [real, *simulated]
    classes = np.concatenate([examples.labels for examples in given])
    if not len(classes):
        raise DataError(
            "a tree ensemble has nothing to learn from: give its strategy simulated"
            " light curves, or no n_train of 0"
        )
    weights = np.concatenate([examples.weights for examples in given])
    weights = _balanced(classes, weights, recipe.class_weight_power)
    values = np.concatenate(
        [examples.features[names].to_numpy(np.float32) for examples in given]
    )
    values[:, np.isnan(values).all(axis=0)] = 0.0  # boosting takes no empty feature
    learner = _learner(recipe, seed)
    with threadpool_limits(1):
        learner.fit(values, classes, weights)
    return Trees(learner, names, n_classes)


def simulated_examples(
    table: pd.DataFrame,
    class_map: Mapping[str, str],
    classes: Sequence[str],
    class_mix: Mapping[str, float] | None = None,
) -> Examples:
    """Return a table of features of simulated objects as examples of target classes.

    class_map maps its classes to those of the target; objects of classes that it does
    not name are left out. class_mix gives the share of each simulated class, whatever
    their numbers; weights are 1 on average. Raises ConfigurationError where it names
    other classes than there are.
    """
    known = table[table["class"].isin(list(class_map))]
    given = known["class"]
    weights = np.ones(len(known))
    if class_mix is not None:
        if other := sorted(set(given).symmetric_difference(class_mix)):
            raise ConfigurationError(
                f"class_mix and the simulated classes that class_map names differ in"
                f" {other}: give each of these classes a share, 0 if it is not to count"
            )
        share = given.map(pd.Series(class_mix) / given.value_counts())
        weights = (share / share.mean()).to_numpy(dtype=float)
    labels = pd.Index(classes).get_indexer(pd.Index(given.map(dict(class_map))))
    return Examples(known, labels, weights)


def _learner(recipe: TreeRecipe, seed: int) -> ClassifierMixin:
    common = {
        "max_features": recipe.max_features,
        "min_samples_leaf": recipe.min_samples_leaf,
        "random_state": seed,
    }
    if recipe.learner == "gradient_boosting":
        return HistGradientBoostingClassifier(
            max_iter=recipe.n_estimators, early_stopping=False, **common
        )
    return FORESTS[recipe.learner](recipe.n_estimators, n_jobs=1, **common)


def _balanced(
    labels: NDArray[np.int64], weights: NDArray[np.float64], power: float
) -> NDArray[np.float64]:
    """Return weights (n,) with classes weighted against their total, 1 on average."""
    totals = np.bincount(labels, weights)
    factors = np.zeros(len(totals))
    factors[totals > 0] = totals[totals > 0] ** -power
    balanced = weights * factors[labels]
    return balanced / balanced.mean()


def _require_same(names: Collection[str], features: pd.DataFrame) -> None:
    """Raise DataError unless a table has these features and no others."""
    if other := set(names).symmetric_difference(map(str, features)).difference(KEYS):
        raise DataError(
            "the light curves to learn from and those to classify differ in the"
            f" features {sorted(other)[:3]} ({len(other)} in all): a tree ensemble"
            " needs the same passbands in both"
        )
