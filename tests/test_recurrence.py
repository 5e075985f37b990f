"""The packed GRU: states and gradients of Keras' own, padding never looked at."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from transients import light_curve_gru
from transients.light_curve_gru import CountPoints, LightCurveGRU
from transients.recurrence import BLOCK, Weights, forward, pack

LENGTHS = {
    "mixed": [7, 1, 30, 30, 2, 12],
    "all alike": [9] * 5,
    "one light curve": [13],
    "many steps to a block": [80] * 10,
    "more light curves than a block has points": [2, 1] * BLOCK,
}


def network(layer, last_only, n_features=4):
    points = keras.Input((None, n_features))
    n_points = keras.Input((), dtype="int32")
    output = layer(points, n_points) if isinstance(layer, LightCurveGRU) else None
    if output is None:
        output = layer(points)
        if last_only:
            places = n_points[:, None, None] - 1
            output = keras.ops.take_along_axis(output, places, axis=1)[:, 0]
    return keras.Model([points, n_points], output)


def pair(last_only):
    """The packed layer and Keras' own with the same weights, none of them zero."""
    ours, theirs = LightCurveGRU(6, last_only), layers.GRU(6, return_sequences=True)
    models = network(ours, last_only), network(theirs, last_only)
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=w.shape) for w in theirs.get_weights()]
    for layer in (ours, theirs):
        layer.set_weights(weights)
    return models


def given(lengths):
    rng = np.random.default_rng(1)
    lengths = np.array(lengths, np.int32)
    points = rng.normal(size=(len(lengths), lengths.max() + 3, 4)).astype(np.float32)
    return points, lengths


def gradients(model, points, lengths):
    """Of a sum that every observed state enters with another weight."""
    points, factors = tf.constant(points), np.random.default_rng(2)
    n_points = tf.constant(lengths)
    with tf.GradientTape() as tape:
        tape.watch(points)
        output = model([points, n_points], training=True)
        factor = factors.normal(size=output.shape).astype(np.float32)
        if output.ndim == 3:
            factor *= (np.arange(output.shape[1]) < lengths[:, None])[:, :, None]
        total = tf.reduce_sum(output * factor)
    return tape.gradient(total, [points, *model.trainable_variables])


@pytest.mark.parametrize("last_only", [False, True])
@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS)
def test_states_and_gradients_are_those_of_keras(lengths, last_only):
    points, lengths = given(lengths)
    ours, theirs = pair(last_only)
    states, expected = (model([points, lengths]).numpy() for model in (ours, theirs))
    if not last_only:
        observed = np.arange(states.shape[1]) < lengths[:, None]
        states, expected = states[observed], expected[observed]
    np.testing.assert_allclose(states, expected, atol=2e-6, rtol=0)
    assert np.ptp(expected, axis=0).min() > 0 or len(lengths) == 1
    pairs = zip(*(gradients(m, points, lengths) for m in (ours, theirs)), strict=True)
    for found, wanted in pairs:
        scale = np.abs(wanted).max()
        assert scale > 0
        np.testing.assert_allclose(found, wanted, atol=1e-5 * scale, rtol=0)


def test_what_stands_in_the_padding_does_not_matter():
    points, lengths = given(LENGTHS["mixed"])
    ours, _ = pair(last_only=True)
    filled = points.copy()
    filled[np.arange(points.shape[1]) >= lengths[:, None]] = np.nan
    for model_input in (filled, points):
        np.testing.assert_array_equal(
            ours([model_input, lengths]), ours([points, lengths])
        )
    for found, wanted in zip(
        gradients(ours, filled, lengths), gradients(ours, points, lengths), strict=True
    ):
        np.testing.assert_array_equal(found, wanted)


def test_learning_changes_no_state():
    lengths = np.array(LENGTHS["mixed"])
    rng = np.random.default_rng(0)
    shapes = ((4, 18), (6, 18), (2, 18))
    weights = Weights(*(rng.normal(size=s).astype(np.float32) for s in shapes))
    points = rng.normal(size=(lengths.sum(), 4)).astype(np.float32)
    packing = pack(lengths, lengths.max())
    learnt, kept, asked = (
        forward(points, packing, weights, *what)
        for what in ((True, True), (True, False), (False, False))
    )
    np.testing.assert_array_equal(learnt.states, kept.states)
    np.testing.assert_array_equal(learnt.states[packing.last], asked.last[packing.rank])
    assert learnt.factors.shape == (len(points), 30)
    assert kept.factors.size == asked.states.size == 0


def test_packing_by_hand():
    """Light curves of 1, 3 and 2 points, padded to 4: the longest comes first."""
    packing = pack(np.array([1, 3, 2]), 4)
    assert packing.places.tolist() == [4, 8, 0, 5, 9, 6]
    assert packing.starts == [0, 3, 5, 6]
    assert packing.rank.tolist() == [2, 0, 1]
    assert packing.last.tolist() == [2, 5, 4]


def test_points_are_counted_by_their_wavelength():
    light_curves = np.zeros((3, 5, 4), np.float32)
    light_curves[0, :2, 0] = 0.5
    light_curves[1, :5, 0] = 0.5
    assert CountPoints()(light_curves).numpy().tolist() == [2, 5, 1]


@pytest.mark.parametrize("last_only", [False, True])
def test_keras_own_way_is_the_same(last_only, monkeypatch):
    """What a GPU and the other backends run, from the same layer."""
    points, lengths = given(LENGTHS["mixed"])
    ours, theirs = pair(last_only)
    monkeypatch.setattr(light_curve_gru, "_packing_pays", lambda _: False)
    np.testing.assert_array_equal(ours([points, lengths]), theirs([points, lengths]))
