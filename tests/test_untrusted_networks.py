"""Saved networks from strangers ask for no more memory than their weights take."""

from __future__ import annotations

import json
import resource
import zipfile

import h5py
import keras
import numpy as np
import pytest
from test_untrusted_weights import changed_weights, put, refused
from test_untrusted_weights import saved as saved


def with_layer(path, class_name, **changes):
    """Change what the first layer of a class is described with."""
    with zipfile.ZipFile(path) as saved:
        config = json.loads(saved.read("config.json"))
    layers = config["config"]["layers"]
    layer = next(one for one in layers if one["class_name"] == class_name)
    layer["config"] |= changes
    put(path, "config.json", json.dumps(config))


@pytest.mark.parametrize("layer", ["Dense", "LightCurveGRU"])
def test_a_network_that_describes_more_weights_than_it_has_is_refused(saved, layer):
    with_layer(saved, layer, units=15_000)
    before = most_memory()
    refused(saved, "it describes more than the [0-9]+ weights that it has")
    assert most_memory() - before < 100 * 1024**2


def most_memory():
    """What this process has held at most [bytes]."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_other_networks_are_as_large_as_they_like_after_that(saved):
    with_layer(saved, "Dense", units=15_000)
    refused(saved, "it describes more than")
    assert keras.layers.Dense(20_000)(np.ones((1, 1))).shape == (1, 20_000)


@pytest.mark.parametrize("shape", [[10**6, None, 4], [7, 5, 4], None, []])
def test_an_input_of_a_number_of_objects_is_refused(saved, shape):
    """With one, a layer may keep what it said of each of them."""
    with_layer(saved, "InputLayer", batch_shape=shape)
    refused(saved, "")


def test_an_input_that_is_a_tensor_is_refused(saved):
    with_layer(saved, "InputLayer", input_tensor={"class_name": "__keras_tensor__"})
    refused(saved, "an input that is not for any number")


@pytest.mark.parametrize("name", ["assets/x", "model.weights.npz", "../x"])
def test_files_that_our_networks_have_not_are_refused(saved, name):
    put(saved, name, b"x")
    refused(saved, "it has a file")


def beyond_the_file(file, _name):
    file.create_dataset("more", (100_000, 100_000), "f4")


def twice(file, name):
    file["again"] = file[name]


def circle(file, _name):
    file["layers/again"] = file["layers"]


def link_beside(file, _name):
    file["again"] = h5py.SoftLink("/layers")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (beyond_the_file, "is larger than the file"),
        (twice, "under another name"),
        (circle, "under another name"),
        (link_beside, "is a link"),
    ],
)
def test_tensors_that_no_layer_has_are_looked_at_too(saved, change, match):
    """They count as weights that there are."""
    changed_weights(saved, change)
    refused(saved, match)
