"""What is tested has no say in what is learnt, whatever the strategy."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from unit_toys import EVERY_KIND, NAMES

from transients import network_training
from transients.fine_tuning import run_unit


@pytest.fixture(scope="module")
def probabilities(unit):
    return probabilities_of(unit)


def probabilities_of(unit):
    columns = ["strategy", "object_id", *(f"p({name})" for name in NAMES)]
    return run_unit(unit, EVERY_KIND)["predictions"][columns]


def with_input(unit, **arrays):
    """The unit with other arrays in its model input."""
    model_input = replace(unit.target.model_input, **arrays)
    return replace(unit, target=replace(unit.target, model_input=model_input))


def test_labels_of_test_objects_change_no_probability(unit, probabilities):
    labels = unit.target.model_input.labels.copy()
    labels[unit.sample.test] = np.roll(labels[unit.sample.test], 1)
    assert (labels != unit.target.model_input.labels).sum() > 40
    other = probabilities_of(with_input(unit, labels=labels))
    pd.testing.assert_frame_equal(other, probabilities, check_exact=True)


def test_labels_of_labelled_objects_change_all_that_learn(unit, probabilities):
    labels = unit.target.model_input.labels.copy()
    labels[unit.sample.labelled] = np.roll(labels[unit.sample.labelled], 1)
    other = probabilities_of(with_input(unit, labels=labels))
    for name, ours in probabilities.groupby("strategy"):
        same = ours.equals(other.loc[ours.index])
        assert same == (name == "zero_shot"), name


def test_light_curves_of_test_objects_change_their_own_probabilities_alone(
    unit, probabilities
):
    given, test = unit.target.model_input, unit.sample.test
    changed, kept = test[::2], test[1::2]
    points = given.points.copy()
    of_changed = np.isin(np.repeat(np.arange(len(given)), given.lengths), changed)
    points[of_changed, 2] += 5
    features = unit.target.features.copy()
    features.loc[changed, "flux"] += 5
    target = replace(unit.target, features=features)
    other = probabilities_of(with_input(replace(unit, target=target), points=points))
    same = np.isclose(
        other[[f"p({n})" for n in NAMES]], probabilities[[f"p({n})" for n in NAMES]]
    ).all(axis=1)
    of_kept = probabilities["object_id"].isin(given.object_id[kept])
    assert same[of_kept].all()
    for name, rows in probabilities[~of_kept].groupby("strategy"):
        assert not same[rows.index].all(), name


@pytest.fixture(scope="module")
def trained(unit):
    """The rows that each network learns from and is judged by, with their weights."""
    seen = []
    train = network_training.train

    def spy(model, shown, judging, recipe):
        seen.append((recipe, shown, judging))
        return train(model, shown, judging, recipe)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network_training, "train", spy)
        run_unit(unit, EVERY_KIND)
    return seen


def test_the_validation_split_of_the_labelled_alone_stops_the_training(unit, trained):
    """The same for every strategy of a unit; all labels where nothing stops it."""
    assert len(trained) >= 3
    for recipe, shown, judging in trained:
        if recipe.early_stopping:
            np.testing.assert_array_equal(
                np.sort(judging.rows), np.sort(unit.sample.validation)
            )
            np.testing.assert_array_equal(
                np.sort(shown.rows), np.sort(unit.sample.train)
            )
        else:
            assert judging is None
            np.testing.assert_array_equal(
                np.sort(shown.rows), np.sort(unit.sample.labelled)
            )


def test_class_weights_are_the_papers(unit, trained):
    """Inversely proportional to the class's fraction of what is trained on (3.1)."""
    labels = unit.target.model_input.labels
    for _, shown, judging in trained:
        fractions = np.bincount(labels[shown.rows], minlength=3) / len(shown.rows)
        products = shown.weights[shown.rows] * fractions[labels[shown.rows]]
        assert products == pytest.approx(1 / 3)
        assert judging is None or judging.weights is None
