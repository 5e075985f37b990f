"""Read a table of labels, one row per object, in the form of the BTS explorer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from transients.errors import ConfigurationError, DataError
from transients.photometry import R_V
from transients.readers import Dataset
from transients.readers.tabular import (
    MISSING,
    line_of,
    read_text_columns,
    require_path,
)
from transients.readers.taxonomy import ClassMap, classify
from transients.tables import (
    OBJECTS,
    RANGES,
    UNREADABLE,
    dropped_frame,
    unreadable,
)

_SEXAGESIMAL = r"^([+-]?)(\d+):([0-5]?\d):([0-5]?\d(?:\.\d*)?)$"

REQUIRED = ("object_id", "class")
OPTIONAL = ("ra", "dec", "redshift", "mwebv", "a_v")
LIMITS = {**RANGES, "a_v": (0.0, R_V * RANGES["mwebv"][1])}


def read_labels(
    columns: Mapping[str, str | None], class_map: ClassMap, dataset: Dataset, key: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the objects of classes in use, and what was left out or changed.

    columns maps our names to those of the file (null: not there); the first table
    follows OBJECTS in the order of the file, the second has object_id and reason. Where
    the data set is not labelled, the column class is not looked at.
    """
    path = dataset.files["labels"]
    require_path(path, f"{key}.files.labels")
    required = REQUIRED if dataset.labelled else ("object_id",)
    wanted = {n: c for n in (*required, *OPTIONAL) if (c := columns.get(n)) is not None}
    for name in required:
        if name not in wanted:
            raise ConfigurationError(f"{key}.labels.{name}: a column name is required")
    text = read_text_columns(path, wanted, f"{key}.labels").set_index("object_id")
    refuse_names(text.index, path, lambda row: f"line {line_of(path, row + 1)}")
    labels = text.get("class", pd.Series("", index=text.index))
    classes = pd.Series("", index=text.index)
    given = (labels != "") | (not dataset.labelled)
    where = f"{key}.class_map"
    classes[given] = classify(labels[given], class_map, dataset, path, where)
    used = text[classes != ""]
    if not len(used):
        raise DataError(f"{path}: none of its {len(text)} objects is of a class in use")
    numbers, notes = _numbers(used)
    known = {"class": classes[used.index], **numbers, "trigger_mjd": np.nan}
    objects = pd.DataFrame(known).reset_index()
    return objects[OBJECTS.names], pd.concat([_unused(labels, classes), notes])


def refuse_names(names: pd.Index, path: Path, where: Callable[[int], str]) -> None:
    """Raise DataError for an object with two rows, or without a readable name.

    where says which row of path has a position in names.
    """
    if (bad := np.flatnonzero(unreadable(names))).size:
        name = names[bad[0]][:100]
        what = f"the object_id {name!r} is {UNREADABLE}" if name else "no object_id"
        raise DataError(f"{path}: {where(int(bad[0]))}: {what}")
    if (again := names[names.duplicated()]).size:
        raise DataError(
            f"{path}: object {again[0]!r} has more than one row"
            f" ({again.nunique()} such objects): keep one row of each"
        )


def _unused(labels: pd.Series, classes: pd.Series) -> pd.DataFrame:
    """List the objects without a class in use, with the label that decided it."""
    unused = labels[classes == ""]
    reasons = np.where(
        unused == "", "no label", "class '" + unused.astype(str) + "' is not used"
    )
    return pd.DataFrame({"object_id": unused.index, "reason": reasons})


def _numbers(text: pd.DataFrame) -> tuple[dict[str, pd.Series], pd.DataFrame]:
    """Return ra and dec [deg], redshift and mwebv [mag], and notes on the unreadable.

    A missing, unreadable or impossible number is NaN; the missing ones are not noted.
    """
    parsers: dict[str, Callable[[pd.Series], pd.Series]] = {
        "ra": lambda words: degrees(words, "hourangle"),
        "dec": lambda words: degrees(words, "deg"),
    }
    values, notes = {}, []
    for name in OPTIONAL:
        words = text.get(name, pd.Series("", index=text.index))
        values[name] = parsers.get(name, _plain)(words)
        low, high = LIMITS[name]
        wrong = {
            "a number": values[name].isna() & ~words.str.lower().isin(MISSING),
            "possible": (values[name] < low) | (values[name] > high),
        }
        values[name] = values[name].mask(wrong["possible"])
        for what, rows in wrong.items():
            if rows.any():
                notes.append(_taken_as_missing(name, words[rows], what))
    values["mwebv"] = values["mwebv"].fillna(values.pop("a_v") / R_V)
    return values, pd.concat([dropped_frame([], ""), *notes])


def _taken_as_missing(name: str, words: pd.Series, what: str) -> pd.DataFrame:
    reasons = f"{name} '" + words.astype(str) + f"' is not {what}: taken as missing"
    return pd.DataFrame({"object_id": words.index, "reason": reasons})


def _plain(words: pd.Series) -> pd.Series:
    """Return finite numbers, NaN for all else."""
    numbers = pd.to_numeric(words, errors="coerce").astype(float)
    return numbers.where(np.isfinite(numbers))


def degrees(words: pd.Series, unit: str) -> pd.Series:
    """Return angles [deg] written as decimal degrees or sexagesimally in unit.

    unit is "deg" or "hourangle"; what cannot be read is NaN.
    """
    angles = _plain(words)
    written = words[angles.isna() & ~words.str.lower().isin(MISSING)]
    if written.empty:
        return angles
    parts = written.str.extract(_SEXAGESIMAL).dropna()
    size = parts[[1, 2, 3]].astype(float) @ np.array([1.0, 1 / 60, 1 / 3600])
    size *= 15.0 if unit == "hourangle" else 1.0
    angles[parts.index] = size.where(parts[0] != "-", -size)
    others = written.drop(parts.index)
    angles[others.index] = [_degrees_or_nan(word, unit) for word in others]
    return angles


def _degrees_or_nan(word: str, unit: str) -> float:
    """Return one angle [deg] in a rarer form, such as 12h30m00s, NaN if it is none."""
    from astropy.coordinates import Angle  # slow to import, and hardly ever needed

    try:
        return float(Angle(word, unit=unit).deg)
    except ValueError:
        return np.nan
