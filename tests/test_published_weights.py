"""Published weights: read tensor by tensor, shown the inputs that they know."""

import json

import h5py
import keras
import numpy as np
import pytest
from keras import layers
from toys import mixed_lengths, model_input

from transients.errors import DataError
from transients.model import backbone_of
from transients.published_weights import read_published, save_published
from transients.saved_networks import load_classifier

CLASSES = ("AGN", "SNII", "SNIa")
WAVELENGTHS = {0.472: 0.6223, 0.634: 0.4827}
GIVEN = model_input(mixed_lengths(6))
INPUTS = {"light_curve": GIVEN.padded(np.arange(6)), "metadata": GIVEN.metadata}
HEAD = "model_weights/dense_2/dense_2/kernel:0"


def published_network():
    """The authors' network as their package builds it, with made-up weights."""
    light_curve = keras.Input((None, 4), name="lc")
    x = layers.Masking()(light_curve)
    x = layers.GRU(100, return_sequences=True, name="gru")(x)
    x = layers.GRU(100, name="gru_1")(x)
    x = layers.Dense(100, activation="tanh", name="dense")(x)
    x = layers.Dense(100, activation="relu", name="dense_1")(x)
    x = layers.Dense(100, activation="relu", name="latent")(x)
    x = layers.Dense(len(CLASSES), activation="softmax", name="dense_2")(x)
    return keras.Model(light_curve, x)


def write(network, path):
    """Write a network in the layout that Keras 2 gives its HDF5 files."""
    cells = {"gru": "gru_cell", "gru_1": "gru_cell_1"}
    with h5py.File(path, "w") as file:
        for layer in network.layers:
            folder = f"model_weights/{layer.name}/{layer.name}"
            if layer.name in cells:
                folder += f"/{cells[layer.name]}"
            for weight in layer.weights:
                file[f"{folder}/{weight.name}:0"] = np.asarray(weight)


@pytest.fixture(scope="module")
def theirs():
    keras.utils.set_random_seed(0)
    network = published_network()
    noise = np.random.default_rng(0)
    changed = [w + 0.1 * noise.standard_normal(w.shape) for w in network.get_weights()]
    network.set_weights(changed)
    return network


@pytest.fixture
def file(theirs, tmp_path):
    path = tmp_path / "NoHostClassifier.h5"
    write(theirs, path)
    return path


def test_the_published_network_answers_as_it_did_given_its_own_wavelengths(
    theirs, file
):
    as_trained = INPUTS["light_curve"].copy()
    wavelength = as_trained[:, :, 0]
    for ours, their in WAVELENGTHS.items():
        wavelength[INPUTS["light_curve"][:, :, 0] == np.float32(ours)] = their
    expected = theirs.predict_on_batch(as_trained)
    assert np.ptp(expected, axis=0).max() > 0.01  # light curves are told apart
    found = read_published(file, CLASSES, WAVELENGTHS).predict_on_batch(INPUTS)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_it_is_saved_as_any_other_source_model(file, tmp_path):
    network = read_published(file, CLASSES, WAVELENGTHS)
    paths = tmp_path / "classifier.keras", tmp_path / "summary.json"
    save_published(network, CLASSES, file, *paths)
    back = load_classifier(paths[0])
    np.testing.assert_array_equal(
        back.predict_on_batch(INPUTS), network.predict_on_batch(INPUTS)
    )
    assert back.get_layer("head").units == 3
    assert backbone_of(back).output.shape == (None, 100)
    summary = json.loads(paths[1].read_text())
    assert summary["classes"] == list(CLASSES)
    assert summary["weights"] == "NoHostClassifier.h5"
    assert len(summary["sha256"]) == 64


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (None, f"tensor {HEAD} is missing"),
        (np.zeros((100, 4)), r"has shape \(100, 4\) .*not \(100, 3\)"),
        (np.zeros((100, 3), int), "type int64, not .* float"),
        (np.full((100, 3), np.nan), "no finite numbers"),
    ],
)
def test_a_tensor_that_is_not_as_expected_is_named(file, values, expected):
    with h5py.File(file, "a") as opened:
        del opened[HEAD]
        if values is not None:
            opened[HEAD] = values
    with pytest.raises(DataError, match=expected) as refusal:
        read_published(file, CLASSES, WAVELENGTHS)
    assert str(file) in str(refusal.value)
    assert HEAD in str(refusal.value)


def test_another_file_is_refused(tmp_path):
    (tmp_path / "x.h5").write_bytes(b"no weights")
    with pytest.raises(DataError, match=r"x\.h5: not an HDF5 file"):
        read_published(tmp_path / "x.h5", CLASSES, WAVELENGTHS)
