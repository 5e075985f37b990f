"""The files of ALeRCE light curves: their names, and what an answer must look like.

<object_id>.json.gz is the broker's answer for /ztf/v1/objects/<object_id>/lightcurve;
missing.csv beside them lists the objects that were asked for in vain.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from transients.errors import DataError
from transients.readers.tabular import read_text_columns

COLUMNS = {
    "mjd": "mjd",
    "passband": "fid",
    "magnitude": "magpsf",
    "magnitude_err": "sigmapsf",
}
"""Our names of what is read of a detection, and the broker's."""

BRIGHTER = {"t": True, "1": True, "true": True} | {
    "f": False,
    "0": False,
    "-1": False,
    "false": False,
}
"""isdiffpos, as alerts and the versions of the broker write it."""

FIELDS = [*COLUMNS.values(), "isdiffpos"]

LONGEST_ANSWER = 32 * 1024**2
"""Ten times the longest light curves [bytes]; read, it takes twenty times its size."""

MISSING = "missing.csv"
MISSING_COLUMNS = ("object_id", "status", "message")

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,99}")


class LightCurve(NamedTuple):
    """Of one object: its detections (COLUMNS and brighter), the number of limits."""

    detections: pa.Table
    n_limits: int


def light_curve_file(folder: Path, object_id: str) -> Path:
    """Return the file of an object; raise DataError for a name no file can have."""
    if not _SAFE_NAME.fullmatch(object_id):
        raise DataError(
            f"object {object_id[:100]!r}: not a name that ALeRCE and a file can have:"
            " at most 100 letters, digits and _ . + -; correct it in the label table"
        )
    return folder / f"{object_id}.json.gz"


def read_missing(folder: Path) -> dict[str, tuple[str, str]]:
    """Return (status, message) of the objects that were asked for in vain."""
    path = folder / MISSING
    if not path.exists():
        return {}
    rows = read_text_columns(path, {name: name for name in MISSING_COLUMNS}, MISSING)
    return {name: (status, why) for name, status, why in rows.itertuples(index=False)}


def read_light_curve(path: Path, object_id: str) -> LightCurve:
    """Read one file; raise DataError naming it if it is not this object's."""
    again = "delete the file and run with `--forcerun fetch_alerce`"
    try:
        with gzip.open(path) as file:
            text = file.read(LONGEST_ANSWER + 1)
        if len(text) > LONGEST_ANSWER:
            raise ValueError(f"more than {LONGEST_ANSWER} bytes")
        answer = json.loads(text)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise DataError(
            f"{path}: object {object_id!r}: cannot be read: {error}; {again}"
        ) from error
    try:
        return light_curve(answer, object_id)
    except DataError as error:
        raise DataError(f"{path}: {error}; {again}") from error


def light_curve(answer: object, object_id: str) -> LightCurve:
    """Return the light curve in an answer of the broker.

    Times are MJD [d], magnitudes AB [mag], NaN where there is none. Raises DataError
    naming the object if the answer is not the light curve of this object.
    """
    lists = ("detections", "non_detections")
    if not isinstance(answer, dict) or not all(
        isinstance(answer.get(name), list) for name in lists
    ):
        raise DataError(
            f"object {object_id!r}: not a light curve of ALeRCE, which has the lists"
            f" {' and '.join(lists)}"
        )
    detections, limits = (answer[name] for name in lists)
    _refuse_incomplete(detections, object_id)
    owners = {str(part["oid"]) for part in (answer, *detections) if "oid" in part}
    if others := owners - {object_id}:
        raise DataError(f"object {object_id!r}: the data are of {min(others)[:40]!r}")
    columns: dict[str, pa.Array] = {
        name: _numbers(detections, field, object_id) for name, field in COLUMNS.items()
    }
    columns["brighter"] = _brighter(detections, object_id)
    return LightCurve(pa.table(columns), len(limits))


def _refuse_incomplete(detections: list[Any], object_id: str) -> None:
    for i, detection in enumerate(detections, start=1):
        if not isinstance(detection, Mapping) or any(
            f not in detection for f in FIELDS
        ):
            raise DataError(
                f"object {object_id!r}, detection {i}: not all of {', '.join(FIELDS)}"
            )


def _numbers(detections: list[Any], field: str, object_id: str) -> pa.Array:
    """Return a column as float64, null as NaN; the filter's number as text."""
    values = [detection[field] for detection in detections]
    for i, value in enumerate(values, start=1):
        if type(value) not in (int, float, type(None)):
            raise DataError(
                f"object {object_id!r}, detection {i}: {field} is"
                f" {str(value)[:40]!r}, not a number"
            )
    if field == COLUMNS["passband"]:
        return pa.array(map(str, values), pa.string())
    try:
        return pa.array(np.array(values, dtype=float))
    except OverflowError as error:
        raise DataError(f"object {object_id!r}: {field}: {error}") from error


def _brighter(detections: list[Any], object_id: str) -> pa.Array:
    """Tell which detections are brighter than the reference image."""
    words = [str(detection["isdiffpos"]).lower() for detection in detections]
    for i, word in enumerate(words, start=1):
        if word not in BRIGHTER:
            raise DataError(
                f"object {object_id!r}, detection {i}: isdiffpos is {word[:40]!r},"
                f" none of {', '.join(BRIGHTER)}"
            )
    return pa.array([BRIGHTER[word] for word in words], pa.bool_())
