"""Networks and weights from strangers: tensors of the right shape, and nothing else."""

from __future__ import annotations

import base64
import io
import json
import shutil
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from test_published_weights import CLASSES, HEAD, WAVELENGTHS, published_network, write

from transients import bounded
from transients.errors import DataError
from transients.published_weights import read_published
from transients.saved_networks import load_classifier

WEIGHTS = "model.weights.h5"


@pytest.fixture
def marker(tmp_path):
    """The path that a payload makes; the test fails if it is there in the end."""
    path = tmp_path / "somebody was here"
    yield path
    assert not path.exists()


@pytest.fixture
def saved(source, tmp_path):
    """A source model that this workflow saved, to be changed."""
    path = tmp_path / "classifier.keras"
    shutil.copyfile(source.path, path)
    return path


def test_what_was_saved_is_loaded(saved):
    assert load_classifier(saved).get_layer("head")


def put(path, name, content):
    """Put a file into a saved network in place of the one of that name."""
    with zipfile.ZipFile(path) as old:
        files = {file: old.read(file) for file in old.namelist()} | {name: content}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for file, body in files.items():
            new.writestr(file, body)


def with_part(path, part):
    """Put the description of an object in place of a saved network's second layer."""
    with zipfile.ZipFile(path) as saved:
        config = json.loads(saved.read("config.json"))
    layer = config["config"]["layers"][2]
    config["config"]["layers"][2] = {**layer, **part}
    put(path, "config.json", json.dumps(config))


def refused(path, match):
    with pytest.raises(DataError, match=rf"classifier\.keras: .*{match}.*delete it"):
        load_classifier(path)


def test_a_network_with_a_function_in_it_is_refused(tmp_path, marker):
    """A lambda is stored as code; Keras refuses it in safe mode, and we before it."""
    name = str(marker)
    network = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Lambda(lambda x: (Path(name).mkdir(exist_ok=True), x)[1]),
        ]
    )
    path = tmp_path / "classifier.keras"
    network.save(path)
    marker.rmdir()
    refused(path, "it has a part keras.*Sequential")
    with pytest.raises(ValueError, match="safe_mode"):
        keras.saving.load_model(path, safe_mode=True)


def function(name, module):
    return {"class_name": "function", "module": module, "config": name}


PARTS = {
    "lambda": {"module": "keras.layers", "class_name": "Lambda"},
    "any class": {"module": "subprocess", "class_name": "Popen"},
    "a class of Keras": {"module": "keras.layers", "class_name": "TFSMLayer"},
    "torch": {"module": "keras.layers", "class_name": "TorchModuleWrapper"},
    "vocabulary": {"module": "keras.layers", "class_name": "StringLookup"},
    "another package": {"module": "kerasx.layers", "class_name": "Dense"},
    "no package": {"module": None, "class_name": "Dense"},
    "a list": {"module": "keras.layers", "class_name": ["Dense"]},
    "a number": {"module": 7, "class_name": "Dense"},
    "a function": {"config": {"activation": function("system", "os")}},
    "download": {"config": {"activation": function("get_file", "keras.utils")}},
    "within": {"config": {"a": [{"b": {"class_name": "__lambda__", "config": {}}}]}},
    "compiled": {"compile_config": {"loss": function("run_command", "keras.losses")}},
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_parts_that_our_networks_have_not_are_refused_before_keras_sees_them(
    saved, monkeypatch, part
):
    monkeypatch.setattr(keras.saving, "load_model", pytest.fail)
    with_part(saved, part)
    refused(saved, "")


def lambda_of_marshal():
    code = base64.b64encode(b"\xe3" + bytes(20)).decode()
    layer = {"class_name": "__lambda__", "config": {"value": [code, None, None]}}
    return json.dumps({"module": "keras", "class_name": "Functional", "config": layer})


@pytest.mark.parametrize(
    "config",
    [
        b"",
        b"[]",
        b"{}",
        b'"text"',
        b"[" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"\x80\x04]\x94.",
        lambda_of_marshal,
    ],
    ids=["nothing", "list", "empty", "text", "nested", "deep", "pickle", "marshal"],
)
def test_a_description_that_is_none_is_refused(saved, config):
    put(saved, "config.json", config() if callable(config) else config)
    refused(saved, "")


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"\x80\x05."]
)
def test_a_file_that_is_no_saved_network_is_refused(saved, content):
    saved.write_bytes(content + bytes(100))
    refused(saved, "")


def test_a_network_that_explodes_is_refused(saved, monkeypatch):
    monkeypatch.setattr(bounded, "SMALL", 1_000_000)
    monkeypatch.setattr(bounded, "MOST_TIMES", 2)
    monkeypatch.setattr(keras.saving, "load_model", pytest.fail)
    put(saved, WEIGHTS, bytes(2_000_000))
    refused(saved, "unpacks to 2000000 bytes")


def changed_weights(path, change):
    """Change the HDF5 file in a saved network; kernels are called vars/0."""
    with zipfile.ZipFile(path) as saved:
        content = io.BytesIO(saved.read(WEIGHTS))
    with h5py.File(content, "a") as file:
        change(file, names_of(file)[-1])
    put(path, WEIGHTS, content.getvalue())


def names_of(file):
    names = []
    file.visit(names.append)
    return [name for name in names if name.endswith("vars/0")]


SECRET = np.arange(1000, dtype="<f4")


def elsewhere(folder):
    """Another file of this machine, which no weights may be read from."""
    path = folder / "secret.h5"
    with h5py.File(path, "w") as file:
        file["kernel"] = np.zeros((100, 3), "f4")
        file["group/kernel:0"] = np.zeros((100, 3), "f4")
    (folder / "secret").write_bytes(SECRET.tobytes() * 100)
    return folder


def external_link(file, name, folder, **_):
    file[name] = h5py.ExternalLink(folder / "secret.h5", "kernel")


def soft_link(file, name, shape, **_):
    file["again"] = np.zeros(shape, "f4")
    file[name] = h5py.SoftLink("/again")


def external_data(file, name, shape, folder, **_):
    files = [(str(folder / "secret"), 0, h5py.h5f.UNLIMITED)]
    file.create_dataset(name, shape, "f4", external=files)


def virtual(file, name, shape, folder, **_):
    layout = h5py.VirtualLayout(shape, "f4")
    layout[...] = h5py.VirtualSource(folder / "secret.h5", "kernel", shape)
    file.create_virtual_dataset(name, layout)


def huge(file, name, **_):
    file.create_dataset(name, (10**7, 10**7), "f4", chunks=(1000, 1000))


def huge_pieces(file, name, shape, **_):
    """A gigabyte would be unpacked for a tensor of the right shape."""
    pieces = {"chunks": (20_000, 20_000), "compression": "gzip"}
    file.create_dataset(name, shape, "f4", maxshape=(None, None), **pieces)


def group(file, name, **_):
    file.create_group(name)


def reference(file, name, shape, **_):
    file.create_dataset(name, shape, h5py.ref_dtype)


def text(file, name, shape, **_):
    file.create_dataset(name, shape, h5py.string_dtype())


def other_shape(file, name, shape, **_):
    file[name] = np.zeros((*shape, 2), "f4")


def missing(**_):
    """Leave nothing in its place."""


CHANGES = [external_link, soft_link, external_data, virtual, huge, huge_pieces]
CHANGES += [group, reference, text, other_shape, missing]


@pytest.mark.parametrize("change", CHANGES)
def test_published_weights_are_tensors_of_their_file(tmp_path, change):
    path = tmp_path / "theirs.h5"
    write(published_network(), path)
    with h5py.File(path, "a") as file:
        del file[HEAD]
        given = {"shape": (100, 3), "folder": elsewhere(tmp_path)}
        change(file=file, name=HEAD, **given)
    with pytest.raises(DataError, match=rf"theirs\.h5: tensor {HEAD} "):
        read_published(path, CLASSES, WAVELENGTHS)


def test_no_folder_of_published_weights_leads_to_another_file(tmp_path):
    path = tmp_path / "theirs.h5"
    write(published_network(), path)
    folder = HEAD.rpartition("/")[0]
    with h5py.File(path, "a") as file:
        del file[folder]
        file[folder] = h5py.ExternalLink(elsewhere(tmp_path) / "secret.h5", "group")
    with pytest.raises(DataError, match=rf"theirs\.h5: tensor {HEAD} is missing"):
        read_published(path, CLASSES, WAVELENGTHS)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9])
def test_damaged_weights_are_refused(tmp_path, share):
    path = tmp_path / "theirs.h5"
    write(published_network(), path)
    whole = bytearray(path.read_bytes())
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(DataError, match=r"theirs\.h5"):
        read_published(path, CLASSES, WAVELENGTHS)


@pytest.mark.parametrize("change", CHANGES)
def test_weights_of_a_saved_network_are_tensors_of_their_file(saved, tmp_path, change):
    def replaced(file, name):
        shape = file[name].shape
        del file[name]
        change(file=file, name=name, shape=shape, folder=elsewhere(tmp_path))

    changed_weights(saved, replaced)
    refused(saved, "")
