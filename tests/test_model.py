"""The network: its size, its state at the last observation, frozen layers, files."""

import keras
import numpy as np
import pytest
from keras import layers, ops
from toys import TINY, mixed_lengths, model_input

from transients.errors import ConfigurationError
from transients.model import (
    Architecture,
    backbone_of,
    build_backbone,
    build_head,
    count_trainable,
    describe,
    freeze_except,
    with_head,
)
from transients.saved_networks import load_classifier


def classifier(architecture=TINY, n_classes=3, new_layers=()):
    backbone = build_backbone(architecture)
    return with_head(
        backbone, build_head(backbone.output.shape[-1], n_classes, new_layers)
    )


def inputs(n=6, more_padding=0):
    given = model_input(mixed_lengths(n))
    light_curves = given.padded(np.arange(n))
    return {
        "light_curve": np.pad(light_curves, ((0, 0), (0, more_padding), (0, 0))),
        "metadata": given.metadata,
    }


def answer(network, given):
    return ops.convert_to_numpy(network(given))


@pytest.fixture(autouse=True)
def seed():
    keras.utils.set_random_seed(0)


@pytest.fixture(scope="module")
def paper():
    keras.utils.set_random_seed(0)
    return classifier(Architecture(), 12)


@pytest.mark.parametrize(("metadata_units", "n"), [(10, 124_932), (None, 123_912)])
def test_the_network_is_as_large_as_the_authors(metadata_units, n):
    network = classifier(Architecture(metadata_units=metadata_units), 12)
    assert network.count_params() == n
    assert count_trainable(network) == n
    assert network.output_shape == (None, 12)


def masked_twin(architecture, n_classes):
    """The authors' form of the network: Masking, and a GRU that returns its last."""
    light_curve = keras.Input((None, 4))
    metadata = keras.Input((1,))
    first, second = architecture.gru_units
    x = layers.Masking()(light_curve)
    x = layers.GRU(first, return_sequences=True)(x)
    x = layers.GRU(second)(x)
    x = layers.Dense(architecture.light_curve_units, activation="tanh")(x)
    beside = layers.Dense(architecture.metadata_units)(metadata)
    x = layers.Concatenate()([x, beside])
    for units in architecture.merged_units:
        x = layers.Dense(units, activation="relu")(x)
    x = layers.Dense(n_classes, activation="softmax")(x)
    return keras.Model([light_curve, metadata], x)


def test_the_network_without_a_mask_equals_the_masked_one(paper):
    twin = masked_twin(Architecture(), 12)
    twin.set_weights(paper.get_weights())
    given = inputs(more_padding=7)
    expected = answer(twin, [given["light_curve"], given["metadata"]])
    assert np.ptp(expected, axis=0).max() > 1e-3  # the light curves are told apart
    np.testing.assert_allclose(answer(paper, given), expected, atol=1e-6, rtol=0)


def test_more_padding_changes_nothing(paper):
    np.testing.assert_allclose(
        answer(paper, inputs(more_padding=20)),
        answer(paper, inputs()),
        atol=1e-6,
        rtol=0,
    )


def test_the_state_is_that_at_the_last_observation(paper):
    """Not one before it: a change of the last point changes the answer."""
    given = inputs()
    before = answer(paper, given)
    last = model_input(mixed_lengths(6)).lengths - 1
    given["light_curve"][np.arange(6), last, 2] += 1
    assert np.all(np.abs(answer(paper, given) - before).max(axis=1) > 1e-5)


def test_metadata_matter_only_where_they_are_asked_for():
    given = inputs()
    other = {**given, "metadata": given["metadata"] + 1}
    with_it, without = classifier(), classifier(Architecture((4,), 4, None, (4,)))
    assert not np.allclose(answer(with_it, given), answer(with_it, other))
    np.testing.assert_array_equal(answer(without, given), answer(without, other))


@pytest.mark.parametrize(
    "chosen",
    [
        [],
        ["gru_1", "gru_2"],
        ["dense_metadata", "latent"],
        "all",
    ],
)
def test_exactly_the_named_layers_change_in_training(chosen):
    backbone = build_backbone(Architecture((8, 8), 16, 4, (16, 16)))
    freeze_except(backbone, chosen)
    network = with_head(backbone, build_head(16, 3, [16]))
    network.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    before = {layer.name: layer.get_weights() for layer in network.layers}
    for _ in range(3):
        network.train_on_batch(inputs(), np.array([0, 1, 2, 0, 1, 2]))
    changed = {
        layer.name
        for layer in network.layers
        for old, new in zip(before[layer.name], layer.get_weights(), strict=True)
        if not np.array_equal(old, new)
    }
    names = {layer.name for layer in backbone.layers if layer.weights}
    assert changed == (names if chosen == "all" else set(chosen)) | {"mlp_1", "head"}


def test_an_unknown_layer_is_refused():
    message = r"no layer named \['gru_9'\]; the network has .*'gru_1'"
    with pytest.raises(ConfigurationError, match=message):
        freeze_except(build_backbone(TINY), ["gru_1", "gru_9"])


@pytest.mark.parametrize("metadata_units", [2, None])
def test_a_saved_network_comes_back_whole(tmp_path, metadata_units):
    network = classifier(Architecture((4,), 4, metadata_units, (4, 4)))
    network.save(tmp_path / "a network.keras")
    back = load_classifier(tmp_path / "a network.keras")
    np.testing.assert_array_equal(answer(back, inputs()), answer(network, inputs()))
    assert describe(back) == describe(network)
    freeze_except(back, ["gru_1"])
    assert count_trainable(back) == 3 * (4 * 4 + 4 * 4 + 2 * 4)


def test_the_backbone_of_a_classifier_is_the_one_it_was_built_on():
    backbone = build_backbone(TINY)
    network = with_head(backbone, build_head(8, 3, [5]))
    found = answer(backbone_of(network), inputs())
    np.testing.assert_array_equal(found, answer(backbone, inputs()))
    layers_left = [layer.name for layer in backbone_of(network).layers]
    assert layers_left == [layer.name for layer in backbone.layers]


def test_the_description_follows_the_network(paper):
    rows = {layer["name"]: layer for layer in describe(paper)}
    assert sum(layer["parameters"] for layer in rows.values()) == 124_932
    assert rows["gru_1"]["inputs"] == ["light_curve"]
    assert rows["merged"]["inputs"] == ["dense_light_curve", "dense_metadata"]
    assert rows["latent"] == {
        "name": "latent",
        "type": "Dense",
        "units": 100,
        "activation": "relu",
        "parameters": 10_100,
        "inputs": ["dense_merged_1"],
    }
