"""Forests that are saved say what they said, and what is no forest is refused."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from transients import bounded
from transients.errors import DataError
from transients.saved_trees import load_trees, save_trees
from transients.trees import TreeRecipe, train_trees

CLASSES = ("SN Ia", "SN II", "TDE", "never seen")
N = 400


@pytest.fixture(scope="module")
def features():
    """Features of which a tenth is missing, and one that nobody has measured."""
    rng = np.random.default_rng(3)
    values = rng.normal(size=(N, 6)).astype(np.float32)
    values[rng.random(values.shape) < 0.1] = np.nan
    values[:, 5] = np.nan
    return pd.DataFrame(values, columns=[f"feature {i}" for i in range(6)])


def grown(features, learner="random_forest", classes=3):
    labels = np.random.default_rng(4).integers(0, classes, N)
    rows = np.arange(0, N, 2)
    recipe = TreeRecipe(learner, n_estimators=20, max_features=0.5)
    return train_trees(recipe, features, labels, rows, [], len(CLASSES), 1)


@pytest.mark.parametrize("learner", ["random_forest", "extra_trees"])
@pytest.mark.parametrize("classes", [1, 3])
def test_what_is_saved_says_the_same_to_the_bit(
    tmp_path, features, learner, classes, monkeypatch
):
    monkeypatch.setattr(bounded, "SMALL", 0)  # nor does it pack like a bomb
    trees = grown(features, learner, classes)
    save_trees(trees, CLASSES, tmp_path / "forest.parquet")
    back = load_trees(tmp_path / "forest.parquet", CLASSES)
    expected = trees.predict(features)
    np.testing.assert_array_equal(
        back.predict(features[features.columns[::-1]]), expected
    )
    assert classes == 1 or np.ptp(expected, axis=0)[:3].min() > 0.2
    assert back.predict(features[:0]).shape == (0, len(CLASSES))


def test_gradient_boosting_is_refused(tmp_path, features):
    with pytest.raises(DataError, match="gradient boosting cannot be exported"):
        save_trees(
            grown(features, "gradient_boosting"), CLASSES, tmp_path / "f.parquet"
        )


def test_light_curves_of_other_passbands_are_refused(saved, features):
    with pytest.raises(DataError, match="knows the feature 'feature 0'"):
        load_trees(saved, CLASSES).predict(features.drop(columns="feature 0"))


@pytest.fixture
def saved(tmp_path, features):
    save_trees(grown(features), CLASSES, tmp_path / "forest.parquet")
    return tmp_path / "forest.parquet"


def first_inner(table):
    return int(np.flatnonzero(table["left"] >= 0)[0])


def first_leaf(table):
    return int(np.flatnonzero(table["left"] < 0)[0])


CHANGES = {
    "a circle": (first_inner, "left", 0, "further down"),
    "the next tree": (first_inner, "right", -2, "further down"),
    "no such row": (first_inner, "right", 2**31 - 1, "further down"),
    "half a leaf": (first_inner, "right", -1, "one child"),
    "a leaf with a child": (first_leaf, "left", 5, "a leaf has a feature"),
    "order": (first_leaf, "tree", 7, "not in their order"),
    "probability": (first_leaf, "p(SN Ia)", -0.5, "add up to 1"),
    "no number": (first_leaf, "p(TDE)", np.nan, ""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_no_forest_is_refused(saved, change):
    where, column, value, message = CHANGES[change]
    table = pq.read_table(saved).to_pandas()
    table.loc[where(table), column] = len(table) - 1 if value == -2 else value
    table.to_parquet(saved, index=False)
    with pytest.raises(DataError, match=f"not a forest of this workflow.*{message}"):
        load_trees(saved, CLASSES)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no table at all"])
def test_a_file_that_is_no_table_is_refused(saved, content):
    saved.write_bytes(content)
    with pytest.raises(DataError, match="not a forest of this workflow"):
        load_trees(saved, CLASSES)


def test_a_forest_of_other_classes_is_refused(saved):
    with pytest.raises(DataError, match="its columns are"):
        load_trees(saved, CLASSES[:3])
