"""Training the networks of a strategy: what they learn from, and their average."""

from dataclasses import replace

import keras
import numpy as np
import pandas as pd
import pytest
from toys import TINY
from unit_toys import (
    CLASSES,
    FAIR,
    PAPER,
    SCRATCH,
    TRANSFER,
    ZERO_SHOT,
    inputs,
    saved_source,
    the_unit,
)

from transients import network_training
from transients.augmentation import Augmentation
from transients.encoding import ModelInput
from transients.network_training import run_networks
from transients.networks import build_network
from transients.sampling import Sample
from transients.training import EarlyStopping, Training


def test_cached_embeddings_train_the_head_as_the_frozen_network_does(unit):
    """Three epochs through everything, or on cached outputs: the same weights."""
    recipe = replace(PAPER, epochs=3, early_stopping=EarlyStopping(patience=9))
    strategy = replace(TRANSFER, recipe=recipe, new_layers=[6])

    def network():
        keras.utils.set_random_seed(unit.random_seed())
        return build_network(strategy, TINY, CLASSES, unit.sources["ztf"])

    cached, whole = network(), network().whole
    fetch = network_training._what_is_shown(unit, cached)
    took = network_training._fit(unit, recipe, cached.trained, fetch)
    through = network_training.light_curve_source(unit.target.model_input)
    slow = network_training._fit(unit, recipe, whole, through)
    for name in ("mlp_1", "head"):
        pairs = zip(
            cached.whole.get_layer(name).get_weights(),
            whole.get_layer(name).get_weights(),
            strict=True,
        )
        for one, two in pairs:
            np.testing.assert_allclose(one, two, atol=1e-5)
    np.testing.assert_allclose(
        took.history[["loss", "val_loss"]],
        slow.history[["loss", "val_loss"]],
        rtol=1e-4,
    )


# What a strategy trains, without training.


@pytest.fixture
def asked(monkeypatch):
    """Skip the training; return what it would have been given."""
    calls = []

    def train(model, training, validation, recipe):
        calls.append((training, validation, recipe, model.get_weights()))
        row = {"epoch": 1, "loss": 1.0, "val_loss": np.nan, "seconds": 1.0}
        return Training(pd.DataFrame([row]), 1.0)

    def guess(model, _fetch, rows, _lengths):
        return np.random.default_rng(0).random((len(rows), model.output_shape[1]))

    monkeypatch.setattr(network_training, "train", train)
    monkeypatch.setattr(network_training, "predict", guess)
    return calls


def test_strategies_are_paired(asked, unit):
    """The same split, batch order and first weights, whatever ran before."""
    for strategy in (replace(TRANSFER, trainable="all"), SCRATCH, SCRATCH):
        run_networks(unit, strategy)
    full, scratch, alone = asked
    for one, two in ((full, scratch), (scratch, alone)):
        np.testing.assert_array_equal(one[0].rows, two[0].rows)
        np.testing.assert_array_equal(one[1].rows, two[1].rows)
        assert one[0].shuffle_seed == two[0].shuffle_seed
    for one, two in zip(scratch[3], alone[3], strict=True):
        np.testing.assert_array_equal(one, two)
    run_networks(the_unit(unit.sources["ztf"], seed=2), SCRATCH)
    assert asked[-1][0].shuffle_seed != alone[0].shuffle_seed
    assert not np.array_equal(asked[-1][3][0], alone[3][0])


def test_early_stopping_costs_the_validation_split_the_fair_recipe_none(asked, unit):
    for strategy in (SCRATCH, FAIR):
        run_networks(unit, strategy)
    (training, validation, *_), (every, nothing, *_) = asked
    np.testing.assert_array_equal(training.rows, unit.sample.train)
    np.testing.assert_array_equal(validation.rows, unit.sample.validation)
    np.testing.assert_array_equal(np.sort(every.rows), np.sort(unit.sample.labelled))
    assert nothing is None
    labels = unit.target.model_input.labels
    for batches in (training, every):
        weight = batches.weights[batches.rows]
        say = np.bincount(labels[batches.rows], weight, minlength=3)
        np.testing.assert_allclose(say, len(batches.rows) / 3, rtol=1e-5)


def test_the_uncached_cost_is_timed_for_three_epochs(asked, unit):
    run_networks(unit, TRANSFER)
    cached, timed = asked
    assert timed[2].epochs == timed[2].early_stopping.patience == 3
    assert cached[2] == PAPER
    np.testing.assert_array_equal(timed[0].rows, cached[0].rows)


def test_a_class_without_labels_weighs_nothing(asked, unit):
    labels = unit.target.model_input.labels
    common = np.flatnonzero(labels != 2)
    sample = Sample(common[:20], common[:16], common[16:20], common[20:])
    run_networks(replace(unit, sample=sample), SCRATCH)
    weights = asked[0][0].weights
    assert not weights[labels == 2].any()
    assert weights[labels != 2].all()


def test_only_the_objects_of_the_unit_are_embedded(source):
    """With a capped test set, most objects are never looked at."""
    unit = the_unit(source)
    capped = replace(unit.sample, test=unit.sample.test[:5])
    looked_at = []

    class Watched(ModelInput):
        def padded(self, rows):
            looked_at.extend(rows.tolist())
            return super().padded(rows)

    watched = Watched(**vars(unit.target.model_input))
    unit = replace(
        unit, sample=capped, target=replace(unit.target, model_input=watched)
    )
    network = build_network(TRANSFER, TINY, CLASSES, source)
    fetch = network_training._what_is_shown(unit, network)
    used = np.sort([*capped.labelled, *capped.test])
    assert set(looked_at) == set(used)
    cached = fetch(used, np.random.default_rng(0))["features"]
    expected = network.frozen_backbone(inputs(watched, used))
    np.testing.assert_allclose(cached, expected, atol=1e-6)


def test_nothing_that_judges_a_network_is_augmented(unit, monkeypatch):
    """Augmented light curves are learnt from; validation and test see them as are."""
    strong = Augmentation(drop=0.9, noise=50.0, flux_scale=3.0, min_points=1)
    seen = {}

    def train(_model, training, validation, _recipe):
        seen["training"] = next(training.epoch(1)).inputs["light_curve"]
        seen["validation"] = next(validation.epoch(1)).inputs["light_curve"]
        row = {"epoch": 1, "loss": 1.0, "val_loss": 1.0, "seconds": 1.0}
        return Training(pd.DataFrame([row]), 1.0)

    def predict(model, fetch, rows, _lengths):
        seen["test"] = fetch(rows, np.random.default_rng(0))["light_curve"]
        return np.random.default_rng(0).random((len(rows), model.output_shape[1]))

    monkeypatch.setattr(network_training, "train", train)
    monkeypatch.setattr(network_training, "predict", predict)
    recipe = replace(PAPER, augmentation=strong)
    run_networks(unit, replace(SCRATCH, recipe=recipe))
    given = unit.target.model_input.points[:, 2]
    for shown in ("validation", "test"):
        fluxes = seen[shown][seen[shown][:, :, 0] != 0][:, 2]
        assert np.isin(fluxes, given).all()
    fluxes = seen["training"][seen["training"][:, :, 0] != 0][:, 2]
    assert not np.isin(fluxes, given).any()


# Averages of several networks.


def of_each_network(monkeypatch):
    """Return the list in which every network's outcome will be."""
    outcomes = []
    run = network_training._run_network

    def noted(*given):
        outcomes.append(run(*given))
        return outcomes[-1]

    monkeypatch.setattr(network_training, "_run_network", noted)
    return outcomes


def geometric_mean(*probabilities):
    product = np.prod(probabilities, axis=0) ** (1 / len(probabilities))
    return product / product.sum(axis=1, keepdims=True)


def test_members_are_averaged_geometrically_and_their_seconds_added(unit, monkeypatch):
    each = of_each_network(monkeypatch)
    test = unit.sample.test
    together = run_networks(unit, replace(FAIR, members=2))
    mean = geometric_mean(*(one.probabilities[test] for one in each))
    np.testing.assert_allclose(together.probabilities[test], mean, rtol=1e-6)
    for column in ("seconds", "seconds_per_epoch", "seconds_uncached"):
        total = sum(one.training[column] for one in each)
        assert together.training[column] == pytest.approx(total)
    for column in ("epochs_run", "trainable_parameters"):
        assert together.training[column] == each[0].training[column]
    assert together.history["member"].tolist() == [0, 0, 1, 1]


def test_members_have_seeds_of_their_own_and_the_first_is_a_single_network(asked, unit):
    run_networks(unit, replace(SCRATCH, members=3))
    run_networks(unit, SCRATCH)
    *members, alone = [(call[0].shuffle_seed, call[3][0]) for call in asked]
    assert len({seed for seed, _ in members}) == 3
    assert members[0][0] == alone[0]
    np.testing.assert_array_equal(members[0][1], alone[1])
    assert not np.allclose(members[0][1], members[1][1])
    assert not np.allclose(members[1][1], members[2][1])


def test_networks_start_from_each_source_with_classes_of_its_own(unit, tmp_path):
    names = ("TDE", "SNII", "SNIa")
    other = saved_source(tmp_path / "lsst.keras", classes=names, seed=6)
    both = replace(unit, sources={**unit.sources, "lsst": other})
    given = inputs(unit.target.model_input, unit.sample.test)
    each = [
        build_network(ZERO_SHOT, TINY, CLASSES, source).whole.predict_on_batch(given)
        for source in both.sources.values()
    ]
    assert np.abs(each[0] - each[1]).max() > 0.01
    found = run_networks(both, replace(ZERO_SHOT, sources=["ztf", "lsst"]))
    probabilities = found.probabilities[unit.sample.test]
    np.testing.assert_allclose(probabilities, geometric_mean(*each), atol=1e-6)


@pytest.mark.usefixtures("asked")
def test_a_zero_does_not_silence_the_other_networks(unit, monkeypatch):
    certain = iter([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])

    def predict(_model, _fetch, rows, _lengths):
        return np.tile(next(certain), (len(rows), 1))

    monkeypatch.setattr(network_training, "predict", predict)
    found = run_networks(unit, replace(SCRATCH, members=2)).probabilities
    expected = np.tile([0.5, 0.5, 0.0], (70, 1))
    np.testing.assert_allclose(found[unit.sample.test], expected, atol=1e-6)


# Without labels.


def test_zero_shot_trains_nothing_and_looks_at_no_label(unit, monkeypatch):
    monkeypatch.setattr(network_training, "train", None)  # it would be called in vain
    given = unit.target.model_input
    shuffled = replace(given, labels=np.roll(given.labels, 1))
    unlike = replace(unit, target=replace(unit.target, model_input=shuffled))
    ours, theirs = (
        run_networks(one, ZERO_SHOT).probabilities for one in (unit, unlike)
    )
    np.testing.assert_array_equal(ours, theirs)
    assert np.isfinite(ours).all()  # of the labelled objects, too


@pytest.mark.usefixtures("asked")
def test_what_learnt_from_labels_is_not_asked_of_them(unit):
    probabilities = run_networks(unit, SCRATCH).probabilities
    known = np.flatnonzero(np.isfinite(probabilities).all(axis=1))
    np.testing.assert_array_equal(known, unit.sample.test)
