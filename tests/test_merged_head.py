"""A merged head: the source's probabilities, added up by class."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from toys import TINY
from unit_toys import CLASSES, MEMBERS, NAMES, SOURCE_CLASSES, ZERO_SHOT, inputs

from transients.batches import Batches, light_curve_source
from transients.errors import ConfigurationError
from transients.merged_head import with_merged_head
from transients.networks import Source, build_network
from transients.target_classes import TargetClasses
from transients.training import Recipe, train

N_OF_CLASS = np.array([2, 1, 1])
SHARES = np.array([0.6, 0.3, 0.1])


@pytest.fixture
def finer(source):
    """The source model, which tells five classes apart."""
    return keras.saving.load_model(source.path)


@pytest.fixture
def given(unit):
    return inputs(unit.target.model_input, np.arange(20))


@pytest.fixture
def sums(finer, given):
    """The source's probabilities of each class, the AGN's left out."""
    scores = finer.predict_on_batch(given).astype(float)
    return np.stack([scores[:, places].sum(axis=1) for places in MEMBERS], axis=1)


def normalised(values):
    return values / values.sum(axis=1, keepdims=True)


def predictions(strategy, source, given):
    return build_network(strategy, TINY, CLASSES, source).whole.predict_on_batch(given)


def test_probabilities_are_sums_over_what_is_not_dropped(source, given, sums):
    found = predictions(ZERO_SHOT, source, given)
    assert sums.sum(axis=1).max() < 0.9  # the AGN had something
    np.testing.assert_allclose(found, normalised(sums), atol=1e-6)


def test_shares_weight_them_as_bayes_has_it(source, given, sums):
    """The source knew its five classes as equal, so two of them are twice as much."""
    np.testing.assert_allclose(CLASSES.shares, SHARES)
    found = predictions(replace(ZERO_SHOT, class_mix=True), source, given)
    np.testing.assert_allclose(found, normalised(sums * SHARES / N_OF_CLASS), atol=1e-6)


def test_equal_shares_are_not_the_same_as_none(finer, given, sums):
    found = with_merged_head(finer, MEMBERS, [1 / 3] * 3).predict_on_batch(given)
    np.testing.assert_allclose(found, normalised(sums / N_OF_CLASS), atol=1e-6)


def test_certain_logits_stay_finite(finer, given):
    kernel, bias = finer.get_layer("head").get_weights()
    finer.get_layer("head").set_weights([kernel, np.add(bias, [0, 900, 0, 800, 0])])
    found = with_merged_head(finer, MEMBERS).predict_on_batch(given)
    np.testing.assert_allclose(found, np.tile([0, 1, 0], (20, 1)), atol=1e-6)


def test_saved_it_is_loaded_in_safe_mode(source, given, tmp_path):
    strategy = replace(ZERO_SHOT, class_mix=True)
    whole = build_network(strategy, TINY, CLASSES, source).whole
    whole.save(tmp_path / "merged.keras")
    again = keras.saving.load_model(tmp_path / "merged.keras", safe_mode=True)
    expected = whole.predict_on_batch(given)
    np.testing.assert_array_equal(again.predict_on_batch(given), expected)


@pytest.mark.parametrize(
    ("trainable", "learnt"),
    [
        ((), {"source_logits"}),
        (("latent",), {"latent", "source_logits"}),
        ("all", {"gru_1", "dense_light_curve", "dense_metadata", "latent"}),
    ],
)
def test_training_starts_at_the_source_and_changes_what_is_trainable(
    source, unit, sums, given, trainable, learnt
):
    recipe = Recipe(epochs=2, batch_size=8)
    strategy = replace(ZERO_SHOT, recipe=recipe, trainable=trainable)
    network = build_network(strategy, TINY, CLASSES, source).whole
    start = {layer.name: layer.get_weights() for layer in network.layers}
    found = network.predict_on_batch(given)
    np.testing.assert_allclose(found, normalised(sums), atol=1e-6)
    target = unit.target.model_input
    fetch, labels = light_curve_source(target), np.asarray(target.labels)
    weights = np.ones(len(labels), np.float32)
    every = np.arange(len(labels))
    batches = Batches(fetch, every, target.lengths, 8, labels, weights, 1)
    train(network, batches, None, recipe)
    changed = {
        layer.name
        for layer in network.layers
        if any(map(np.any, map(np.subtract, layer.get_weights(), start[layer.name])))
    }
    assert changed == {*learnt, "source_logits"}


def test_a_class_without_counterpart_is_refused_by_name(source):
    classes = TargetClasses((*NAMES, "kilonova"), CLASSES.class_map)
    with pytest.raises(ConfigurationError, match="class 'kilonova' has no counterpart"):
        build_network(ZERO_SHOT, TINY, classes, source)


def test_a_mix_that_is_not_known_is_refused(source):
    classes = TargetClasses(NAMES, CLASSES.class_map)
    with pytest.raises(ConfigurationError, match="give the experiment's class_mix"):
        build_network(replace(ZERO_SHOT, class_mix=True), TINY, classes, source)


def test_classes_are_found_by_name_whatever_their_order(source, given):
    """In another order the head's weights mean other classes, and they are moved."""
    order = [4, 1, 3, 0, 2]
    moved = tuple(SOURCE_CLASSES[i] for i in order)
    assert CLASSES.of_source(SOURCE_CLASSES) == MEMBERS
    assert CLASSES.of_source(moved) == [[3, 4], [2], [0]]
    other = predictions(ZERO_SHOT, Source(source.path, moved), given)
    assert np.abs(other - predictions(ZERO_SHOT, source, given)).max() > 0.01
