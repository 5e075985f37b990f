"""The network of each strategy: what it starts from, and what of it is trained."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from configurations import DEFAULT
from toys import TINY
from unit_toys import CLASSES, SCRATCH, SOURCE_CLASSES, TRANSFER, inputs, saved_source

from transients.configuration import starts_of
from transients.errors import ConfigurationError
from transients.model import Architecture, count_trainable
from transients.networks import build_network
from transients.strategies import strategy_from_config
from transients.target_classes import TargetClasses

OF_SOURCE = TargetClasses(SOURCE_CLASSES)


@pytest.fixture(scope="module")
def paper_source(tmp_path_factory):
    classes = DEFAULT["datasets"]["ztf_sims"]["classes"]
    path = tmp_path_factory.mktemp("paper") / "classifier.keras"
    return saved_source(path, Architecture(), classes)


@pytest.mark.parametrize(
    ("target", "name", "trainable"),
    [
        ("bts", "transfer", 100 * 5 + 5),
        ("bts", "scratch", 124_932 - 101 * 12 + 101 * 5),
        ("bts", "full", 124_932 - 101 * 12 + 101 * 5),
        ("bts", "warm_head", 124_932),
        # GRUs of 3 (inputs + units + 2) units each, two dense layers, the head
        ("lsst_sims", "transfer", 300 * 106 + 300 * 202 + 2 * 10_100 + 101 * 12),
        ("lsst_sims", "last_layers", 2 * 10_100 + 101 * 12),
        ("lsst_sims", "full", 124_932 + 2 * 10_100),
        ("lsst_sims", "scratch", 124_932),
    ],
)
def test_strategies_train_as_many_parameters_as_the_paper_says(
    paper_source, target, name, trainable
):
    experiment = DEFAULT["experiments"][target]
    section = dict(experiment["strategies"][name])
    sources = starts_of(experiment, section)
    del section["start"]
    recipe = DEFAULT["recipes"][section["recipe"]]
    network = build_network(
        strategy_from_config({**section, "sources": sources, "recipe": recipe}),
        Architecture(**DEFAULT["model"]),
        TargetClasses(
            tuple(DEFAULT["datasets"][experiment["dataset"]]["classes"]),
            experiment["class_map"],
            experiment["class_mix"],
        ),
        paper_source,
    )
    assert count_trainable(network.whole) == trainable
    frozen = name in ("transfer", "last_layers") and not section["trainable"]
    assert (network.frozen_backbone is not None) == frozen
    if frozen:
        assert count_trainable(network.trained) == trainable


def test_a_transfer_starts_from_the_sources_weights(source):
    pretrained = keras.saving.load_model(source.path)
    for strategy in (TRANSFER, replace(TRANSFER, trainable="all")):
        whole = build_network(strategy, TINY, CLASSES, source).whole
        for layer in whole.layers[:-1]:
            expected = pretrained.get_layer(layer.name).get_weights()
            for one, two in zip(layer.get_weights(), expected, strict=True):
                np.testing.assert_array_equal(one, two)


def test_a_random_start_takes_nothing_from_the_source(source):
    whole = build_network(SCRATCH, TINY, CLASSES, source).whole
    pretrained = keras.saving.load_model(source.path)
    name = "gru_1"
    ours, theirs = (m.get_layer(name).get_weights()[0] for m in (whole, pretrained))
    assert not np.allclose(ours, theirs)
    build_network(SCRATCH, TINY, CLASSES, None)


def test_a_kept_head_starts_as_the_source_model(source, unit):
    kept = replace(TRANSFER, head="kept", trainable="all")
    whole = build_network(kept, TINY, OF_SOURCE, source).whole
    given = inputs(unit.target.model_input, np.arange(5))
    expected = keras.saving.load_model(source.path).predict_on_batch(given)
    np.testing.assert_array_equal(whole.predict_on_batch(given), expected)
    frozen = build_network(replace(kept, trainable=()), TINY, OF_SOURCE, source)
    assert count_trainable(frozen.whole) == 8 * 5 + 5


@pytest.mark.parametrize("names", [CLASSES.names, SOURCE_CLASSES[::-1]])
def test_a_kept_head_of_other_classes_is_refused(source, names):
    """Other in order, too: its scores would carry the wrong names."""
    kept = replace(TRANSFER, head="kept")
    with pytest.raises(ConfigurationError, match="same classes in the same order"):
        build_network(kept, TINY, TargetClasses(names), source)


def test_a_missing_source_and_an_unknown_layer_are_refused(source):
    with pytest.raises(ConfigurationError, match="none is given"):
        build_network(TRANSFER, TINY, CLASSES, None)
    with pytest.raises(ConfigurationError, match="no layer named"):
        build_network(replace(TRANSFER, trainable=["gru_7"]), TINY, CLASSES, source)


def test_the_head_alone_shares_its_weights_with_the_whole(source, unit):
    strategy = replace(TRANSFER, new_layers=[6])
    network = build_network(strategy, TINY, CLASSES, source)
    given = inputs(unit.target.model_input, np.arange(5))
    embedded = network.frozen_backbone.predict_on_batch(given)
    in_two_steps = network.trained.predict_on_batch({"features": embedded})
    expected = network.whole.predict_on_batch(given)
    np.testing.assert_allclose(in_two_steps, expected, atol=1e-7)
    network.whole.get_layer("head").set_weights([np.ones((6, 3)), np.zeros(3)])
    np.testing.assert_array_equal(network.trained.get_layer("head").get_weights()[0], 1)


@pytest.mark.parametrize("head", ["new", "merged"])
def test_a_source_may_do_without_metadata(tmp_path, head):
    without = replace(TINY, metadata_units=None)
    classes = TargetClasses(("SN Ia", "TDE"), {"SNIa": "SN Ia"})
    source = saved_source(tmp_path / "source.keras", without)
    strategy = replace(TRANSFER, head=head)
    network = build_network(strategy, without, classes, source)
    features = np.random.default_rng(1).random((4, 8), np.float32)
    scores = network.trained.predict_on_batch({"features": features})
    assert scores.shape == (4, 2)
    np.testing.assert_allclose(scores.sum(axis=1), 1, rtol=1e-6)
