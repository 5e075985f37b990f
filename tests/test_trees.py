"""Tree ensembles: what they learn from, and what they make of it."""

import numpy as np
import pandas as pd
import pytest

from transients.errors import ConfigurationError, DataError
from transients.trees import (
    Examples,
    TreeRecipe,
    simulated_examples,
    train_trees,
)

CLASSES = ("SN Ia", "SN II", "TDE")
LEARNERS = ["random_forest", "extra_trees", "gradient_boosting"]
NO_ROWS = np.array([], dtype=np.int64)


def recipe(learner="random_forest", **options):
    return TreeRecipe(learner, n_estimators=20, max_features=1.0, **options)


def table(values, names):
    """Objects with one telling feature, `colour`, and one that nobody has measured."""
    return pd.DataFrame(
        {
            "object_id": [f"o{i}" for i in range(len(values))],
            "class": names,
            "colour": np.asarray(values, np.float32),
            "empty": np.full(len(values), np.nan, np.float32),
        }
    )


def labelled(labels, seed=0):
    """Objects whose colour is that of their class: its number, with a little noise."""
    labels = np.asarray(labels)
    noise = np.random.default_rng(seed).normal(0, 0.05, len(labels))
    return table(labels + noise, [CLASSES[k] for k in labels]), labels


def trained(how, features, labels, rows=None, simulated=(), seed=0):
    rows = np.arange(len(labels)) if rows is None else rows
    return train_trees(how, features, labels, rows, simulated, len(CLASSES), seed)


@pytest.mark.parametrize("learner", LEARNERS)
def test_classes_that_features_tell_apart_are_told_apart(learner):
    features, labels = labelled(np.repeat([0, 1, 2], 40))
    test, truth = labelled(np.tile([0, 1, 2], 10), seed=1)
    probabilities = trained(recipe(learner), features, labels).predict(test)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (probabilities.argmax(axis=1) == truth).all()


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_feature_that_is_missing_is_no_obstacle(learner):
    features, labels = labelled(np.repeat([0, 1], 40))
    features.loc[labels == 1, "colour"] = np.nan
    probabilities = trained(recipe(learner), features, labels).predict(features)
    assert (probabilities.argmax(axis=1) == labels).all()


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_class_that_was_never_seen_has_probability_zero(learner):
    features, labels = labelled(np.repeat([0, 2], 40))
    probabilities = trained(recipe(learner), features, labels).predict(features)
    assert (probabilities[:, 1] == 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


@pytest.mark.parametrize("learner", LEARNERS)
def test_where_one_class_alone_was_seen_it_is_certain(learner):
    features, labels = labelled([2] * 30)
    probabilities = trained(recipe(learner), features, labels).predict(features)
    assert (probabilities == [0, 0, 1]).all()


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_seed_decides_everything(learner):
    features, labels = labelled(np.random.default_rng(2).integers(0, 3, 90))
    features["colour"] += np.random.default_rng(3).normal(0, 0.5, 90)
    features["noise"] = np.random.default_rng(4).normal(0, 1, 90)
    how = TreeRecipe(learner, n_estimators=5, max_features=0.5)
    first, again, other = (
        trained(how, features, labels, np.arange(45), seed=seed).predict(features)
        for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_nothing_is_learnt_from_rows_that_are_not_labelled():
    features, labels = labelled(np.tile([0, 1], 40))
    rows = np.arange(40)
    expected = trained(recipe(), features, labels, rows).predict(features)
    labels[40:] = 2
    changed = features.assign(colour=features["colour"].where(features.index < 40, 9))
    found = trained(recipe(), changed, labels, rows).predict(features)
    np.testing.assert_array_equal(found, expected)


def test_simulated_objects_alone_are_enough():
    features, labels = labelled(np.repeat([0, 1, 2], 20))
    simulated, classes = labelled(np.repeat([0, 1, 2], 20), seed=1)
    source = Examples(simulated, classes, np.ones(60))
    probabilities = trained(recipe(), features, labels, NO_ROWS, [source]).predict(
        features
    )
    assert (probabilities.argmax(axis=1) == labels).all()


def test_a_simulated_object_weighs_as_much_as_it_is_told_to():
    """Ten real objects are contradicted by thirty simulated ones of the same colour."""
    real, labels = table([0.0] * 10, ["SN Ia"] * 10), np.zeros(10, int)

    def share_of_real(weight):
        weights = np.full(30, weight)
        simulated = Examples(table([0.0] * 30, ["IIn"] * 30), np.ones(30, int), weights)
        how = recipe("gradient_boosting")
        return trained(how, real, labels, None, [simulated]).predict(real)[0, 0]

    assert share_of_real(1.0) == pytest.approx(1 / 4, abs=0.02)
    assert share_of_real(1 / 9) == pytest.approx(3 / 4, abs=0.02)


@pytest.mark.parametrize(("power", "share"), [(0, 0.9), (0.5, 0.75), (1, 0.5)])
def test_classes_are_weighted_against_their_number(power, share):
    """Objects that nothing tells apart, nine of one class for each of the other."""
    features, labels = table([0.0] * 400, ["SN Ia"] * 400), np.zeros(400, int)
    labels[::10] = 1
    how = recipe("gradient_boosting", class_weight_power=power)
    probabilities = trained(how, features, labels).predict(features[:1])
    assert probabilities[0, 0] == pytest.approx(share, abs=0.01)


CLASS_MAP = {"SNIa": "SN Ia", "SNII": "SN II", "SNIIn": "SN II"}


def test_simulated_classes_become_those_of_the_target():
    source = table([1.0, 2.0, 3.0, 4.0], ["SNIIn", "AGN", "SNIa", "SNII"])
    examples = simulated_examples(source, CLASS_MAP, CLASSES)
    assert examples.features["colour"].tolist() == [1, 3, 4]
    assert examples.labels.tolist() == [1, 0, 1]
    assert examples.weights.tolist() == [1, 1, 1]


def test_a_class_mix_replaces_the_numbers_of_the_simulated_classes():
    names = ["SNIa"] * 1 + ["SNII"] * 2 + ["SNIIn"] * 5 + ["AGN"] * 3
    mix = {"SNIa": 0.7, "SNII": 0.3, "SNIIn": 0.0}
    examples = simulated_examples(table(range(11), names), CLASS_MAP, CLASSES, mix)
    np.testing.assert_allclose(examples.weights, [5.6, 1.2, 1.2, 0, 0, 0, 0, 0])


@pytest.mark.parametrize("mix", [{"SNIa": 1}, dict.fromkeys([*CLASS_MAP, "SLSN"], 1)])
def test_a_class_mix_of_other_classes_is_refused(mix):
    source = table([1.0, 3.0, 4.0], ["SNIIn", "SNIa", "SNII"])
    with pytest.raises(ConfigurationError, match=r"class_mix .* differ in \['S"):
        simulated_examples(source, CLASS_MAP, CLASSES, mix)


def test_light_curves_of_other_passbands_are_refused():
    features, labels = labelled([0, 1])
    simulated = Examples(features.rename(columns={"empty": "z_mean"}), labels, labels)
    with pytest.raises(DataError, match=r"z_mean.* same passbands"):
        trained(recipe(), features, labels, simulated=[simulated])
    trees = trained(recipe(), features, labels)
    with pytest.raises(DataError, match=r"colour.* same passbands"):
        trees.predict(features.drop(columns="colour"))


def test_with_nothing_to_learn_from_the_user_is_told_so():
    features, labels = labelled([0, 1])
    with pytest.raises(DataError, match="nothing to learn from"):
        trained(recipe(), features, labels, NO_ROWS)


def test_the_order_of_columns_does_not_matter():
    features, labels = labelled(np.tile([0, 1], 20))
    trees = trained(recipe(), features, labels)
    np.testing.assert_array_equal(
        trees.predict(features[features.columns[::-1]]), trees.predict(features)
    )
