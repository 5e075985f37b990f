"""Recipe, class weights, stopping, schedule, prediction, repeatability."""

import logging
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import yaml
from toys import mixed_lengths, model_input

from transients.augmentation import Augmentation
from transients.batches import Batches, embedding_source, light_curve_source
from transients.model import Architecture, build_backbone, build_head
from transients.training import (
    OPTIMISERS,
    EarlyStopping,
    Recipe,
    Training,
    _optimiser,
    class_weights,
    predict,
    train,
)

CONFIG = Path(__file__).parent.parent / "config" / "config.yaml"
RECIPES = yaml.safe_load(CONFIG.read_text())["recipes"]

N = 60
RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(N, 5)).astype(np.float32)
LABELS = RNG.integers(0, 3, N)  # nothing to learn: validation soon gets worse
TRAIN, VALIDATION = np.arange(40), np.arange(40, N)


def fit(recipe, validate=True, seed=1):
    """Train a small dense network on the features; return it and what it took."""
    keras.utils.set_random_seed(seed)
    model = build_head(5, 3, [32])
    fetch = embedding_source(FEATURES)
    lengths = np.ones(N, dtype=int)
    weights = class_weights(LABELS[TRAIN], 3)[LABELS]
    training = Batches(
        fetch, TRAIN, lengths, 16, labels=LABELS, weights=weights, shuffle_seed=seed
    )
    validation = Batches(fetch, VALIDATION, lengths, 512, labels=LABELS)
    return model, train(model, training, validation if validate else None, recipe)


def cross_entropy(model, rows):
    scores = model.predict_on_batch({"features": FEATURES[rows]})
    return -np.log(scores[np.arange(len(rows)), LABELS[rows]]).mean()


@pytest.fixture(scope="module")
def stopped():
    stopping = EarlyStopping(patience=3, min_delta=0.0)
    return fit(Recipe(epochs=60, learning_rate=0.02, early_stopping=stopping))


def test_class_weights_by_hand():
    """Of 8 objects 6, 2 and 0: weights 1/6 : 1/2, with a mean of 1 over objects."""
    labels = np.array([0] * 6 + [1] * 2)
    np.testing.assert_allclose(class_weights(labels, 3), [4 / 6, 4 / 2, 0])
    weights = class_weights(labels, 3, power=0.5)
    assert weights[1] / weights[0] == pytest.approx(np.sqrt(3))
    assert weights[labels].mean() == pytest.approx(1)
    np.testing.assert_allclose(class_weights(labels, 3, power=0), [1, 1, 0])
    assert weights.dtype == np.float32


def test_class_weights_give_every_class_present_the_same_say():
    labels = np.repeat([0, 2, 3], [50, 3, 7])
    weights = class_weights(labels, 5)
    say = np.bincount(labels, weights[labels], minlength=5)
    np.testing.assert_allclose(say, [20, 0, 20, 20, 0])


def test_the_best_epochs_weights_are_restored(stopped):
    """The validation loss counts every object alike, as the authors' does."""
    model, took = stopped
    losses = took.history["val_loss"]
    assert cross_entropy(model, VALIDATION) == pytest.approx(losses.min(), rel=1e-4)
    assert losses.iloc[-1] > losses.min()


def test_training_stops_when_patience_is_at_an_end(stopped):
    _, took = stopped
    losses = took.history["val_loss"].tolist()
    assert took.epochs_best == losses.index(min(losses)) + 1
    assert took.epochs_run == len(losses) == took.epochs_best + 3 < 60
    assert took.history["epoch"].tolist() == list(range(1, took.epochs_run + 1))


def test_one_line_an_epoch_is_logged(caplog):
    with caplog.at_level(logging.INFO, "transients"):
        fit(Recipe(epochs=2), validate=False)
    ours = [r for r in caplog.records if r.name.startswith("transients")]
    first, second = (record.getMessage() for record in ours)
    assert first.startswith("epoch 1/2: loss ")
    assert second.startswith("epoch 2/2: loss ")


def test_without_validation_every_epoch_runs_and_none_is_the_best():
    model, took = fit(Recipe(epochs=4), validate=False)
    assert took.epochs_run == 4
    assert took.epochs_best is None
    assert took.history["loss"].notna().all()
    assert took.seconds >= took.history["seconds"].sum()
    other, again = fit(Recipe(epochs=4), validate=False)
    pd.testing.assert_series_equal(took.history["loss"], again.history["loss"])
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    third, _ = fit(Recipe(epochs=4), validate=False, seed=2)
    assert not np.array_equal(third.get_weights()[0], model.get_weights()[0])


def test_watching_the_validation_loss_changes_nothing():
    watched, _ = fit(Recipe(epochs=3))
    alone, _ = fit(Recipe(epochs=3), validate=False)
    for one, two in zip(watched.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_seconds_per_epoch_leave_the_first_ones_tracing_out():
    history = pd.DataFrame({"val_loss": [1.0, 0.5, 0.7], "seconds": [9.0, 1.0, 2.0]})
    took = Training(history, 13.0)
    assert took.seconds_per_epoch == 2.0
    assert (took.epochs_best, took.epochs_run) == (2, 3)


def rates(recipe, steps_per_epoch, steps):
    schedule = _optimiser(recipe, steps_per_epoch)._learning_rate
    return [float(schedule(step)) for step in steps]


def test_cosine_schedule_rises_then_falls_to_zero():
    """100 steps, of which 10 rise: half-way up at 5, half-way down at 55."""
    recipe = Recipe(epochs=10, learning_rate=0.002, schedule="cosine", warm_up=0.1)
    values = rates(recipe, 10, [0, 5, 10, 55, 100])
    assert values == pytest.approx([0, 0.001, 0.002, 0.001, 0], abs=1e-8)
    no_rise = Recipe(epochs=10, learning_rate=0.002, schedule="cosine")
    values = rates(no_rise, 10, [0, 50, 100])
    assert values == pytest.approx([0.002, 0.001, 0], abs=1e-8)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_every_optimiser_gets_rate_and_clipping(name):
    optimiser = _optimiser(Recipe(optimiser=name, clip_norm=1.5), 10)
    assert type(optimiser).__name__.lower() == name
    assert float(optimiser.learning_rate) == pytest.approx(0.001)
    assert optimiser.global_clipnorm == 1.5


def test_constant_rate_and_clipping_reach_the_optimiser():
    optimiser = _optimiser(Recipe(learning_rate=0.003, clip_norm=1.5), 10)
    assert float(optimiser.learning_rate) == pytest.approx(0.003)
    assert optimiser.global_clipnorm == 1.5
    assert _optimiser(Recipe(), 10).global_clipnorm is None


def test_recipes_are_built_from_their_section():
    standard = Recipe.from_config(RECIPES["standard"])
    fair = Recipe.from_config(RECIPES["fair"])
    stopping = EarlyStopping(**RECIPES["standard"]["early_stopping"])
    assert standard.early_stopping == stopping
    assert standard.augmentation is None
    assert fair.early_stopping is None
    assert fair.augmentation == Augmentation(**RECIPES["fair"]["augmentation"])
    for name in RECIPES:
        recipe = Recipe.from_config(RECIPES[name])
        for key in ("epochs", "batch_size", "learning_rate", "schedule", "warm_up"):
            assert getattr(recipe, key) == RECIPES[name][key]
    with pytest.raises(TypeError, match="epoch"):
        Recipe.from_config({**RECIPES["standard"], "epoch": 3})


def test_the_papers_defaults_are_those_of_the_configuration():
    """Adam 1e-3, batch 128, 100 epochs, patience 5, minimum change 0.001."""
    given = Recipe(early_stopping=EarlyStopping())
    overlay = yaml.safe_load((CONFIG.parent / "paper.yaml").read_text())
    paper = overlay["recipes"]["standard"]
    merged = {**RECIPES["standard"], **paper}
    stopping = RECIPES["standard"]["early_stopping"]
    merged["early_stopping"] = {**stopping, **paper["early_stopping"]}
    assert given == Recipe.from_config(merged)


def test_predictions_come_in_the_order_asked_for():
    """More than one batch, rows neither sorted nor all, lengths mixed."""
    n = 1100
    given = model_input(mixed_lengths(n))
    rows = np.random.default_rng(3).permutation(n)[:1050]
    keras.utils.set_random_seed(0)
    model = build_backbone(Architecture((4,), 8, 4, (32,)))
    answers = predict(model, light_curve_source(given), rows, given.lengths)
    assert answers.shape == (1050, 32)
    together = model.predict_on_batch(
        {"light_curve": given.padded(rows), "metadata": given.metadata[rows]}
    )
    np.testing.assert_allclose(answers, together, atol=1e-6)
    assert len(np.unique(answers.round(4), axis=0)) > 1000
