"""Few shapes for XLA: a bounded number, and the same losses and answers."""

import functools

import keras
import numpy as np
import pytest
from toys import TINY, mixed_lengths, model_input

from transients import light_curve_gru
from transients import training as training_module
from transients.batches import Batch, Batches, embedding_source, light_curve_source
from transients.model import build_backbone, build_head, with_head
from transients.shapes import fill_batch, fill_inputs, rounded_up, uses_xla
from transients.training import EarlyStopping, Recipe, predict, train

N = 70
GIVEN = model_input(mixed_lengths(N, low=1, high=60))
SHORT = model_input(mixed_lengths(N, low=1, high=25))


def batches(rows, batch_size, weights=None, seed=1, given=GIVEN):
    return Batches(
        light_curve_source(given),
        rows,
        given.lengths,
        batch_size,
        labels=given.labels,
        weights=weights,
        shuffle_seed=seed,
    )


def test_lengths_are_rounded_up_by_less_than_half():
    lengths = np.arange(1, 769)
    rounded = np.array([rounded_up(int(length)) for length in lengths])
    assert sorted(set(rounded[:64])) == [16, 24, 32, 48, 64]
    assert len(set(rounded)) == 12
    assert np.all(rounded >= lengths)
    assert np.all(rounded[16:] < 1.5 * lengths[16:])
    assert [rounded_up(int(length)) for length in set(rounded)] == list(set(rounded))


def test_batches_of_all_epochs_have_few_shapes():
    rows = batches(np.arange(N), 16)
    shapes = {
        fill_batch(batch, rows.largest).inputs["light_curve"].shape
        for epoch in range(1, 20)
        for batch in rows.epoch(epoch)
    }
    before = {
        batch.inputs["light_curve"].shape
        for epoch in range(1, 20)
        for batch in rows.epoch(epoch)
    }
    assert shapes <= {(16, length, 4) for length in (16, 24, 32, 48, 64)}
    assert len(before) > 20


def test_a_list_shorter_than_a_batch_is_not_filled_up():
    few = batches(np.arange(3), 16)
    (batch,) = few.epoch(1)
    assert fill_batch(batch, few.largest).size == 3


def test_rows_are_repeated_and_never_empty():
    fetch = light_curve_source(GIVEN)
    rows = np.array([4, 9, 2])
    inputs = fetch(rows, np.random.default_rng(0))
    filled = fill_inputs(inputs, 7)
    length = inputs["light_curve"].shape[1]
    again = [0, 1, 2, 0, 1, 2, 0]
    for name, array in inputs.items():
        found = filled[name][:, :length] if name == "light_curve" else filled[name]
        np.testing.assert_array_equal(found, array[again])
    assert not filled["light_curve"][:, length:].any()


def test_weights_by_hand():
    """Loss of 2 rows (w1 l1 + w2 l2) / 2; of 8, of which 6 have weight 0, a quarter."""
    inputs = {"features": np.ones((2, 5), np.float32)}
    weighted = Batch(inputs, np.array([3, 1]), np.array([0.5, 2.0], np.float32))
    filled = fill_batch(weighted, 8)
    np.testing.assert_array_equal(filled.weights, [2, 8, 0, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(filled.labels, [3, 1, 3, 1, 3, 1, 3, 1])
    filled = fill_batch(weighted._replace(weights=None), 8)
    np.testing.assert_array_equal(filled.weights, [4, 4, 0, 0, 0, 0, 0, 0])
    assert filled.weights.dtype == np.float32


def classifier():
    keras.utils.set_random_seed(0)
    return with_head(build_backbone(TINY), build_head(8, 3, []))


@pytest.mark.parametrize("weights", [None, np.linspace(0, 3, N, dtype=np.float32)])
def test_a_filled_batch_teaches_the_same(weights):
    batch = next(batches(np.arange(11), 16, weights).epoch(1))
    losses, learnt = [], []
    for shown in (batch, fill_batch(batch, 16)):
        model = classifier()
        model.compile("sgd", "sparse_categorical_crossentropy")
        loss = model.train_on_batch(shown.inputs, shown.labels, shown.weights)
        losses.append(loss)
        learnt.append(np.concatenate([w.ravel() for w in model.get_weights()]))
    assert shown.size == 16 != batch.size
    assert losses[1] == pytest.approx(losses[0], rel=1e-6)
    np.testing.assert_allclose(learnt[1], learnt[0], atol=1e-7)


def learn(model):
    """Train, stop and ask, in batches of 16 of which the last one is short."""
    weights = np.linspace(0.5, 2, N, dtype=np.float32)
    recipe = Recipe(
        epochs=3, batch_size=16, learning_rate=0.02, early_stopping=EarlyStopping()
    )
    training = batches(np.arange(50), 16, weights, given=SHORT)
    judging = batches(np.arange(50, N), 32, seed=None, given=SHORT)
    took = train(model, training, judging, recipe)
    answers = predict(model, light_curve_source(SHORT), np.arange(N), SHORT.lengths)
    return took.history[["loss", "val_loss"]].to_numpy(), answers


@pytest.fixture
def shapes_seen(monkeypatch):
    """Return shapes of the light curves that each step is shown, in order."""
    seen = []
    for name in ("train_on_batch", "test_on_batch"):
        step = getattr(keras.Model, name)

        @functools.wraps(step)
        def spy(self, inputs, *others, _step=step, **more):
            seen.append((_step.__name__, inputs["light_curve"].shape))
            return _step(self, inputs, *others, **more)

        monkeypatch.setattr(keras.Model, name, spy)
    return seen


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="PyTorch has no XLA")
def test_with_xla_training_is_the_same_and_shapes_are_compiled_before(
    monkeypatch, shapes_seen
):
    """TensorFlow's XLA where there is no other: Keras' own GRU, compiled by shape."""
    monkeypatch.setattr(light_curve_gru, "_packing_pays", lambda _: False)
    losses, answers = learn(classifier())
    shapes_seen.clear()
    monkeypatch.setattr(training_module, "uses_xla", lambda: True)
    model = classifier()
    found_losses, found_answers = learn(model)
    assert model.jit_compile
    np.testing.assert_allclose(found_losses, losses, rtol=1e-5)
    np.testing.assert_allclose(found_answers, answers, atol=1e-5)
    shapes = set(shapes_seen)
    assert set(shapes_seen[: len(shapes)]) == shapes  # once each, before any epoch
    assert {s for _, s in shapes} == {(16, 16, 4), (16, 24, 4), (20, 24, 4)}


def test_only_jax_needs_it():
    assert uses_xla() == (keras.backend.backend() == "jax")


def test_embeddings_have_one_shape():
    embeddings = np.arange(12.0, dtype=np.float32).reshape(4, 3)
    inputs = embedding_source(embeddings)(np.array([1]), np.random.default_rng(0))
    np.testing.assert_array_equal(
        fill_inputs(inputs, 2)["features"], embeddings[[1, 1]]
    )
