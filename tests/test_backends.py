"""One engine on every backend of Keras: the numbers of this process' in the others."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import engine_run
import keras
import numpy as np
import pytest

from transients.model import Architecture, build_backbone, build_head, with_head
from transients.saved_networks import load_classifier

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "workflow" / "scripts"
NEEDS = {
    "numpy": "jax",
    "jax": "jax",
    "torch": "torch",
}  # Keras' NumPy backend imports JAX
TRAINING = ["jax", "torch"]
TRAINED = ("gru_2", "head")


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    keras.utils.set_random_seed(0)
    backbone = build_backbone(Architecture((8, 8), 8, 4, (8, 8), "asinh"))
    path = tmp_path_factory.mktemp("backends") / "network.keras"
    with_head(backbone, build_head(8, 3, [])).save(path)
    return path


@pytest.fixture(scope="module")
def here(network):
    return engine_run.results(network)


@pytest.fixture(scope="module")
def there(network):
    """Return what gives a backend's results, made once, in a process of its own."""
    known = {}

    def run(backend):
        if importlib.util.find_spec(NEEDS[backend]) is None:
            pytest.skip(f"{NEEDS[backend]} is not installed")
        if backend not in known:
            written = network.with_name(f"{backend}.npz")
            known[backend] = run_apart(backend, network, written)
        return known[backend]

    return run


def run_apart(backend, network, written):
    path = os.pathsep.join([str(PACKAGE), str(TESTS), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, engine_run.__file__, network, written],
        env={
            **os.environ,
            "KERAS_BACKEND": backend,
            "PYTHONPATH": path,
            "OMP_NUM_THREADS": "1",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return dict(np.load(written))


@pytest.mark.parametrize("backend", ["numpy", *TRAINING])
def test_the_same_weights_give_the_same_probabilities(backend, here, there):
    found, expected = there(backend)["probabilities"], here["probabilities"]
    np.testing.assert_allclose(found, expected, atol=1e-6, rtol=0)
    assert np.ptp(expected, axis=0).min() > 0.01  # light curves are told apart


@pytest.mark.parametrize("backend", TRAINING)
def test_training_takes_the_same_way_and_stops_at_the_same_epoch(backend, here, there):
    """Class weights, schedule, clipping, augmentation, a short last batch and all."""
    found, expected = there(backend)["losses"], here["losses"]
    np.testing.assert_allclose(found, expected, rtol=2e-4)
    assert 3 < len(expected) < engine_run.EVERYTHING.epochs


@pytest.mark.parametrize("backend", TRAINING)
def test_the_best_weights_come_back(backend, here, there):
    found = there(backend)["probabilities learnt"]
    np.testing.assert_allclose(found, here["probabilities learnt"], atol=1e-3)
    assert np.abs(found - here["probabilities"]).max() > 0.05


@pytest.mark.parametrize("backend", TRAINING)
def test_a_model_that_was_trained_before_learns_as_if_new(backend, there):
    found = there(backend)
    np.testing.assert_array_equal(found["losses again"], found["losses"])


@pytest.mark.parametrize("backend", TRAINING)
def test_frozen_layers_stay_and_the_others_learn_alike(backend, network, here, there):
    found = there(backend)
    for layer in load_classifier(network).layers:
        for i, before in enumerate(layer.get_weights()):
            name = f"weights of {layer.name} {i}"
            if layer.name in TRAINED:
                np.testing.assert_allclose(found[name], here[name], atol=1e-4)
                assert not np.array_equal(found[name], before)
            else:
                np.testing.assert_array_equal(found[name], before)
