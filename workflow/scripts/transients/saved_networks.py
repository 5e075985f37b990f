"""Loading of networks that this workflow has saved, and of no others."""

from __future__ import annotations

import json
import textwrap
import zipfile
import zlib
from pathlib import Path
from typing import Any

import keras

import transients.input_layers
import transients.light_curve_gru
import transients.merged_head  # noqa: F401 (layers are known by being imported)
from transients.errors import DataError

PARTS = {
    *(("keras", name) for name in ("Functional", "InputLayer", "Dense", "Concatenate")),
    *(("keras", name) for name in ("GlorotUniform", "Orthogonal", "Zeros")),
    *(("keras", "DTypePolicy"), ("", "__keras_tensor__")),
    *(("transients", name) for name in ("AsinhInput", "RenameWavelengths")),
    *(("transients", name) for name in ("CountPoints", "LightCurveGRU")),
    ("transients", "MergeClasses"),
}
"""What the networks of transients.model are built of: package and class."""

LONGEST = 1024**3
"""Of a file in a saved network [bytes]; ours have less than a thousandth of it."""

DAMAGED = (
    *(OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, EOFError),
)


def load_classifier(path: str | Path) -> keras.Model:
    """Load a source model or an exported network without its optimiser.

    Raises DataError for a file that is damaged, or describes anything but PARTS: Keras
    is not asked to build that, and in its safe mode it runs no code of a file's. The
    optimiser's description is not looked at, here and by Keras.
    """
    try:
        _refuse_other_parts(path)
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except DAMAGED as error:
        what = textwrap.shorten(str(error), 300)  # Keras says it at length
        raise DataError(
            f"{path}: not a network of this workflow ({what}); delete it, and it"
            " is made again"
        ) from error


def _refuse_other_parts(path: str | Path) -> None:
    with zipfile.ZipFile(path) as saved:
        for file in saved.infolist():
            if file.file_size > LONGEST:
                raise ValueError(f"{file.filename} unpacks to {file.file_size} bytes")
        described = json.loads(saved.read("config.json"))
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
    if "class_name" in part:
        module, name = part.get("module") or "", part["class_name"]
        if (module.partition(".")[0], name) not in PARTS:
            raise ValueError(f"it has a part {module}.{name}")
