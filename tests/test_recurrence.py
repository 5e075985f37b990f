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


def ours(depth):
    """So many of the packed layers, one on the other."""
    points, n_points = keras.Input((None, 4)), keras.Input((), dtype="int32")
    x = points
    for i in range(depth):
        x = LightCurveGRU(6, after_gru=i > 0, last_only=i == depth - 1)(x, n_points)
    return keras.Model([points, n_points], x)


def theirs(depth):
    """Keras' own, and the pick of the states after the last points."""
    points, n_points = keras.Input((None, 4)), keras.Input((), dtype="int32")
    x = points
    for _ in range(depth):
        x = layers.GRU(6, return_sequences=True)(x)
    places = n_points[:, None, None] - 1
    last = keras.ops.take_along_axis(x, places, axis=1)[:, 0]
    return keras.Model([points, n_points], last)


def pair(depth):
    """Both with the same weights, none of them zero."""
    models = ours(depth), theirs(depth)
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=w.shape) for w in models[0].get_weights()]
    for model in models:
        model.set_weights(weights)
    return models


def given(lengths):
    rng = np.random.default_rng(1)
    lengths = np.array(lengths, np.int32)
    points = rng.normal(size=(len(lengths), lengths.max() + 3, 4)).astype(np.float32)
    return points, lengths


def gradients(model, points, lengths):
    """Of a sum that every state enters with another weight."""
    points, n_points = tf.constant(points), tf.constant(lengths)
    with tf.GradientTape() as tape:
        tape.watch(points)
        output = model([points, n_points], training=True)
        factor = np.random.default_rng(2).normal(size=output.shape)
        total = tf.reduce_sum(output * factor.astype(np.float32))
    return tape.gradient(total, [points, *model.trainable_variables])


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS)
def test_states_and_gradients_are_those_of_keras(lengths, depth):
    points, lengths = given(lengths)
    packed, padded = pair(depth)
    states, expected = (m([points, lengths]).numpy() for m in (packed, padded))
    np.testing.assert_allclose(states, expected, atol=2e-6, rtol=0)
    assert np.ptp(expected, axis=0).min() > 0 or len(lengths) == 1
    both = (gradients(model, points, lengths) for model in (packed, padded))
    for found, wanted in zip(*both, strict=True):
        scale = np.abs(wanted).max()
        assert scale > 0
        np.testing.assert_allclose(found, wanted, atol=1e-5 * scale, rtol=0)


def test_what_stands_in_the_padding_does_not_matter():
    points, lengths = given(LENGTHS["mixed"])
    model = ours(2)
    filled = points.copy()
    filled[np.arange(points.shape[1]) >= lengths[:, None]] = np.nan
    np.testing.assert_array_equal(model([filled, lengths]), model([points, lengths]))
    both = (gradients(model, given, lengths) for given in (filled, points))
    for found, wanted in zip(*both, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_learning_changes_no_state():
    lengths = np.array(LENGTHS["mixed"])
    rng = np.random.default_rng(0)
    shapes = ((4, 18), (6, 18), (2, 18))
    weights = Weights(*(rng.normal(size=s).astype(np.float32) for s in shapes))
    points = rng.normal(size=(lengths.sum(), 4)).astype(np.float32)
    packing = pack(lengths)
    learnt, kept, asked = (
        forward(points, packing, weights, *what)
        for what in ((True, True), (True, False), (False, False))
    )
    np.testing.assert_array_equal(learnt.states, kept.states)
    np.testing.assert_array_equal(learnt.states[packing.last], asked.last[packing.rank])
    assert learnt.factors.shape == (len(points), 30)
    assert kept.factors.size == asked.states.size == 0


def test_packing_by_hand():
    """Light curves of 1, 3 and 2 points: the longest comes first."""
    packing = pack(np.array([1, 3, 2]))
    assert packing.rows.tolist() == [1, 2, 0, 1, 2, 1]
    assert packing.steps.tolist() == [0, 0, 0, 1, 1, 2]
    assert packing.starts == [0, 3, 5, 6]
    assert packing.rank.tolist() == [2, 0, 1]
    assert packing.last.tolist() == [2, 5, 4]


def test_points_are_counted_by_their_wavelength():
    light_curves = np.zeros((3, 5, 4), np.float32)
    light_curves[0, :2, 0] = 0.5
    light_curves[1, :5, 0] = 0.5
    assert CountPoints()(light_curves).numpy().tolist() == [2, 5, 1]


@pytest.mark.parametrize("depth", [1, 2])
def test_keras_own_way_is_the_same(depth, monkeypatch):
    """What a GPU and JAX run, from the same layers."""
    points, lengths = given(LENGTHS["mixed"])
    model, expected = pair(depth)
    monkeypatch.setattr(light_curve_gru, "_packing_pays", lambda _: False)
    np.testing.assert_array_equal(model([points, lengths]), expected([points, lengths]))
