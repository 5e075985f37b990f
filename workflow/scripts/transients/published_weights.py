"""The weights that the paper's authors published, as a source model.

Their package astromcad 1.2.7 (MIT licence) has the classifier without host data as an
HDF5 file of Keras 2. It is read tensor by tensor, so nothing in the file is executed,
into this network without metadata: the same layers, and GRUs whose gates and biases
Keras 3 keeps as Keras 2 did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
from numpy.typing import NDArray

from transients.errors import DataError
from transients.hashes import sha256_of
from transients.input_layers import RenameWavelengths
from transients.model import Architecture, build_backbone, build_head, with_head
from transients.stored_tensors import is_whole, stored

ARCHITECTURE = Architecture((100, 100), 100, None, (100, 100))

GRU_TENSORS = ("kernel:0", "recurrent_kernel:0", "bias:0")
DENSE_TENSORS = ("kernel:0", "bias:0")
TENSORS = {
    "gru_1": ("gru/gru/gru_cell", GRU_TENSORS),
    "gru_2": ("gru_1/gru_1/gru_cell_1", GRU_TENSORS),
    "dense_light_curve": ("dense/dense", DENSE_TENSORS),
    "dense_merged_1": ("dense_1/dense_1", DENSE_TENSORS),
    "latent": ("latent/latent", DENSE_TENSORS),
    "head": ("dense_2/dense_2", DENSE_TENSORS),
}
"""Where each of our layers is in the file, below model_weights."""


def read_published(
    path: str | Path, classes: Sequence[str], wavelengths: Mapping[float, float]
) -> keras.Model:
    """Return the published classifier as one that takes our model input.

    classes are those of its outputs, in their order; wavelengths maps ours of each
    passband to the one that stood for it when the weights were trained [micrometre].
    Raises DataError if the file is not HDF5, or a tensor is missing or not as expected.
    """
    ours, theirs = list(wavelengths), list(wavelengths.values())
    renamed = RenameWavelengths(ours, theirs, name="their_wavelengths")
    backbone = build_backbone(ARCHITECTURE, renamed)
    head = build_head(backbone.output.shape[-1], len(classes), [])
    classifier = with_head(backbone, head)
    try:
        with h5py.File(path, "r") as file:
            for name, (group, tensors) in TENSORS.items():
                layer = classifier.get_layer(name)
                names = [f"model_weights/{group}/{tensor}" for tensor in tensors]
                expected = [weight.shape for weight in layer.weights]
                layer.set_weights(
                    [
                        _tensor(file, tensor, shape)
                        for tensor, shape in zip(names, expected, strict=True)
                    ]
                )
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise DataError(f"{path}: not an HDF5 file of weights ({error})") from error
    return classifier


def _tensor(
    file: h5py.File, name: str, shape: tuple[int, ...]
) -> NDArray[np.floating[Any]]:
    """Return a tensor of finite numbers of this shape, or raise DataError."""
    where = f"{file.filename}: tensor {name}"
    found = stored(file, name)
    if not isinstance(found, h5py.Dataset):
        raise DataError(f"{where} is missing: is it the classifier without host data?")
    if not is_whole(found):
        raise DataError(f"{where} is not stored whole, in one piece and in this file")
    if found.shape != shape or found.dtype.kind != "f":
        raise DataError(
            f"{where} has shape {found.shape} and type {found.dtype}, not {shape} and"
            " float (the last tensors are as long as there are classes)"
        )
    values = np.asarray(found)
    if not np.isfinite(values).all():
        raise DataError(f"{where} has values that are no finite numbers")
    return values


def save_published(
    classifier: keras.Model,
    classes: Sequence[str],
    weights: Path,
    classifier_path: str | Path,
    summary_path: str | Path,
) -> None:
    """Write the classifier (.keras) and a summary (.json): classes and origin."""
    classifier.save(classifier_path)
    origin = {"weights": weights.name, "sha256": sha256_of(weights)}
    summary = {"classes": list(classes), **origin}
    Path(summary_path).write_text(json.dumps(summary, indent=1))
