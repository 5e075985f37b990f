"""The section `compute` of the configuration: what it switches, what it refuses."""

from importlib.util import find_spec

import keras
import numpy as np
import pytest
import tensorflow as tf
import yaml
from command_line import ROOT
from toys import TINY, mixed_lengths, model_input

from transients.backends import BACKENDS, PRECISIONS, choose_backend, computed_with
from transients.batches import Batches, light_curve_source
from transients.errors import ConfigurationError
from transients.model import build_backbone, build_head, with_head
from transients.saved_networks import load_classifier
from transients.training import Recipe, predict, train

EXACT = {"backend": "tensorflow", "precision": "float32"}


@pytest.fixture(autouse=True)
def _exact_again():
    yield
    choose_backend(EXACT)


def rounds():
    return tf.config.experimental.tensor_float_32_execution_enabled()


def test_tf32_is_used_only_where_it_is_asked_for():
    """TensorFlow would use it unasked on a GPU that can."""
    for precision, expected in (
        ("tf32", True),
        ("float32", False),
        ("bfloat16", False),
    ):
        choose_backend({**EXACT, "precision": precision})
        assert rounds() is expected


def trained(precision):
    """Probabilities after some training at this precision, and the network."""
    choose_backend({**EXACT, "precision": precision})
    keras.utils.set_random_seed(0)
    model = with_head(build_backbone(TINY), build_head(8, 3, []))
    data = model_input(mixed_lengths(60), 3)
    rows, fetch = np.arange(60), light_curve_source(data)
    shown = Batches(fetch, rows, data.lengths, 20, labels=data.labels, shuffle_seed=1)
    train(model, shown, None, Recipe(epochs=2, batch_size=20))
    return predict(model, fetch, rows, data.lengths), model


def test_bfloat16_rounds_activations_but_neither_weights_nor_probabilities(tmp_path):
    exact, _ = trained("float32")
    rounded, model = trained("bfloat16")
    assert rounded.dtype == np.float32
    np.testing.assert_allclose(rounded.sum(axis=1), 1, atol=1e-6)
    assert {weight.dtype for weight in model.weights} == {"float32"}
    assert 0 < np.abs(rounded - exact).max() < 0.1
    model.save(tmp_path / "source.keras")
    choose_backend(EXACT)
    assert load_classifier(tmp_path / "source.keras").get_layer(
        "gru_1"
    ).compute_dtype == ("bfloat16")


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed here")
def test_a_backend_that_is_not_installed_is_refused():
    with pytest.raises(
        ConfigurationError, match=r"compute\.backend is torch.*pip install"
    ):
        choose_backend({**EXACT, "backend": "torch"})


def test_tables_say_how_it_was_computed():
    assert computed_with(EXACT) == "tensorflow, float32"


def test_a_backend_of_another_name_is_not_even_looked_for(tmp_path, monkeypatch):
    """Of a dotted name, looking for it runs what stands before the dot."""
    (tmp_path / "strange.py").write_text("open('somebody was here', 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("strange.er", "strange", "numpy"):
        with pytest.raises(ConfigurationError, match=rf"backend is '{name}', not one"):
            choose_backend({**EXACT, "backend": name})
    assert [path.name for path in tmp_path.iterdir()] == ["strange.py"]


def test_another_precision_is_refused():
    with pytest.raises(ConfigurationError, match="precision is 'half', not one of"):
        choose_backend({**EXACT, "precision": "half"})


def test_the_configuration_offers_what_is_known():
    schema = yaml.safe_load((ROOT / "config" / "schema.yaml").read_text())
    offered = schema["properties"]["compute"]["properties"]
    assert offered["backend"]["enum"] == list(BACKENDS)
    assert offered["precision"]["enum"] == list(PRECISIONS)
