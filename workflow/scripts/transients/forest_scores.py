"""What a forest that knows simulated light curves alone says of a target's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.encoding import read_rows_of
from transients.sampling import seed_of
from transients.target_classes import TargetClasses
from transients.trees import TreeRecipe, Trees, simulated_examples, train_trees


def score_target(
    name: str,
    simulated: Sequence[pd.DataFrame],
    features: pd.DataFrame,
    classes: TargetClasses,
    recipe: TreeRecipe,
) -> pd.DataFrame:
    """Train a forest on tables of simulated features; return its scores of a target.

    One row for each row of the target's features: object_id, and p(class) by class, for
    classes that are equally likely (recipe.class_weight_power 1). The forest's name
    alone seeds it.
    """
    forest = train_forest(name, simulated, features, classes, recipe)
    scores = pd.DataFrame(
        forest.predict(features), columns=[f"p({known})" for known in classes.names]
    )
    scores.insert(0, "object_id", features["object_id"].to_numpy())
    return scores


def train_forest(
    name: str,
    simulated: Sequence[pd.DataFrame],
    features: pd.DataFrame,
    classes: TargetClasses,
    recipe: TreeRecipe,
) -> Trees:
    """Return the forest; of the target's features it sees the names alone."""
    class_map = classes.with_own_names
    return train_trees(
        recipe,
        features,
        np.zeros(len(features), dtype=np.int64),
        np.empty(0, dtype=np.int64),
        [simulated_examples(table, class_map, classes.names) for table in simulated],
        len(classes.names),
        seed_of(name),
    )


def read_scores(
    path: Path, names: Sequence[str], object_id: NDArray[np.object_]
) -> NDArray[np.float64]:
    """Return a forest's scores (n, n_classes) of these n objects, in their order.

    names are the classes. Raises DataError if the file has other objects.
    """
    table = read_rows_of(object_id, path)
    return table[[f"p({name})" for name in names]].to_numpy(dtype=float)
