"""Loading of networks that this workflow has saved, and of no others."""

from __future__ import annotations

import io
import json
import math
import textwrap
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import keras

import transients.input_layers
import transients.light_curve_gru
import transients.merged_head  # noqa: F401 (layers are known by being imported)
from transients.bounded import most_unpacked
from transients.errors import DataError
from transients.stored_tensors import count_numbers

PARTS = {
    *(("keras", name) for name in ("Functional", "InputLayer", "Dense", "Concatenate")),
    *(("keras", name) for name in ("GlorotUniform", "Orthogonal", "Zeros")),
    *(("keras", "DTypePolicy"), ("", "__keras_tensor__")),
    *(("transients", name) for name in ("AsinhInput", "RenameWavelengths")),
    *(("transients", name) for name in ("CountPoints", "LightCurveGRU")),
    ("transients", "MergeClasses"),
}
"""What the networks of transients.model are built of: package and class."""

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
FILES = {"metadata.json", CONFIG, WEIGHTS}

INPUT = {"batch_shape", "dtype", "sparse", "ragged", "name", "optional"}
"""What an input layer is described with: nothing that would be held in memory."""


def load_classifier(path: str | Path) -> keras.Model:
    """Load a source model or an exported network without its optimiser.

    Raises DataError for a file that is damaged, describes anything but PARTS, or asks
    for more memory than its weights take: Keras is not asked to build that, and in its
    safe mode it runs no code of a file's. The optimiser's description is not looked
    at, here and by Keras.
    """
    try:
        with _no_more_weights_than(_look_into(Path(path))):
            return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # of any kind: Keras does not check what it is told
        what = textwrap.shorten(str(error), 300)  # Keras says it at length
        raise DataError(
            f"{path}: not a network of this workflow ({what}); export the model"
            " again, or in the results delete it, and it is made again"
        ) from error


def _look_into(path: Path) -> int:
    """Return how many numbers a saved network has; raise ValueError for another."""
    with zipfile.ZipFile(path) as saved:
        room = most_unpacked(path)
        for file in saved.infolist():
            room -= file.file_size
            if file.filename not in FILES:
                raise ValueError(f"it has a file {file.filename}")
            if room < 0:
                raise ValueError(f"{file.filename} unpacks to {file.file_size} bytes")
        _refuse_other_parts(json.loads(saved.read(CONFIG)))
        weights = saved.read(WEIGHTS)
    with h5py.File(io.BytesIO(weights), "r") as tensors:
        return count_numbers(tensors, len(weights))


@contextmanager
def _no_more_weights_than(numbers: int) -> Iterator[None]:
    """Let Keras make so many weights in all, and raise ValueError before it makes more.

    How many a layer makes follows from all that is before it, which Keras alone works
    out. It makes them where this counts them.
    """
    add_weight, left = keras.Layer.add_weight, numbers

    def counted(
        layer: keras.Layer,
        shape: Sequence[int],
        *given: Any,  # noqa: ANN401
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        nonlocal left
        left -= math.prod(shape)
        if left < 0:
            raise ValueError(
                f"it describes more than the {numbers} weights that it has"
            )
        return add_weight(layer, shape, *given, **options)

    keras.Layer.add_weight = counted
    try:
        yield
    finally:
        keras.Layer.add_weight = add_weight


def _refuse_other_parts(described: dict[str, Any]) -> None:
    waiting = [part for key, part in described.items() if key != "compile_config"]
    _refuse_other(described)
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            _refuse_other(part)
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _refuse_other(part: dict[str, Any]) -> None:
    """Raise ValueError for the description of an object that ours do not have."""
    if "class_name" not in part:
        return
    module, name = part.get("module") or "", part["class_name"]
    if (module.partition(".")[0], name) not in PARTS:
        raise ValueError(f"it has a part {module}.{name}")
    if name == "InputLayer":
        given = part["config"]
        if not {*given} <= INPUT or given["batch_shape"][0] is not None:
            raise ValueError("it has an input that is not for any number of objects")
