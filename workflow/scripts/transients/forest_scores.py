"""What a forest that knows simulated light curves alone says of a target's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.errors import DataError
from transients.networks import TargetClasses
from transients.sampling import seed_of
from transients.trees import TreeRecipe, simulated_examples, train_trees
from transients.units import Target


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
    class_map = classes.with_own_names
    forest = train_trees(
        recipe,
        features,
        np.zeros(len(features), dtype=np.int64),
        np.empty(0, dtype=np.int64),
        [simulated_examples(table, class_map, classes.names) for table in simulated],
        len(classes.names),
        seed_of(name),
    )
    scores = pd.DataFrame(
        forest.predict(features), columns=[f"p({known})" for known in classes.names]
    )
    scores.insert(0, "object_id", features["object_id"].to_numpy())
    return scores


def read_scores(path: Path, target: Target) -> NDArray[np.float64]:
    """Return a forest's scores (n, n_classes) in the order of the target's objects.

    Raises DataError if they are of other objects.
    """
    table = pd.read_parquet(path)
    if list(table["object_id"]) != list(target.model_input.object_id):
        raise DataError(
            f"{path}: its objects are not those of target {target.name!r}: delete it,"
            " and it is made again"
        )
    columns = [f"p({name})" for name in target.classes.names]
    return table[columns].to_numpy(dtype=float)
