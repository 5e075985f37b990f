"""Read a table of labels, one row per object, in the form of the BTS explorer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from astropy.coordinates import Angle

from transients.errors import ConfigurationError, DataError
from transients.readers import Dataset
from transients.readers.tabular import MISSING, read_text_columns, require_path
from transients.readers.taxonomy import classify
from transients.tables import OBJECTS, dropped_frame

R_V = 3.1
"""A_V / E(B-V) of the Milky Way (Cardelli, Clayton and Mathis 1989)."""

REQUIRED = ("object_id", "class")
OPTIONAL = ("ra", "dec", "redshift", "mwebv", "a_v")


def read_labels(
    columns: Mapping[str, str | None], scheme: str, dataset: Dataset, key: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the objects of classes in use, and what was left out or changed.

    columns maps our names to those of the file (null: not there); the first table
    follows OBJECTS in the order of the file, the second has object_id and reason.
    """
    path = dataset.files["labels"]
    require_path(path, f"{key}.files.labels")
    wanted = {n: c for n in (*REQUIRED, *OPTIONAL) if (c := columns.get(n)) is not None}
    for name in REQUIRED:
        if name not in wanted:
            raise ConfigurationError(f"{key}.labels.{name}: a column name is required")
    text = read_text_columns(path, wanted, f"{key}.labels").set_index("object_id")
    _refuse_names(text.index, path)
    labels = text["class"]
    classes = pd.Series("", index=text.index)
    given = labels != ""
    classes[given] = classify(labels[given], scheme, dataset, path, f"{key}.class_map")
    used = text[classes != ""]
    if used.empty:
        raise DataError(f"{path}: none of its {len(text)} objects is of a class in use")
    numbers, notes = _numbers(used)
    known = {"class": classes[used.index], **numbers, "trigger_mjd": np.nan}
    objects = pd.DataFrame(known).reset_index()
    return objects[OBJECTS.names], pd.concat([_unused(labels, classes), notes])


def _refuse_names(names: pd.Index, path: Path) -> None:
    """Raise DataError for an object without a name or with two rows."""
    if (blank := np.flatnonzero(names == "")).size:
        raise DataError(f"{path}: line {blank[0] + 2}: an object without an object_id")
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

    A missing or unreadable number is NaN; only the unreadable ones are noted.
    """
    parsers: dict[str, Callable[[pd.Series], pd.Series]] = {
        "ra": lambda words: degrees(words, "hourangle"),
        "dec": lambda words: degrees(words, "deg"),
    }
    values, notes = {}, []
    for name in OPTIONAL:
        words = text.get(name, pd.Series("", index=text.index))
        values[name] = parsers.get(name, _plain)(words)
        lost = values[name].isna() & ~words.str.lower().isin(MISSING)
        reasons = f"{name} '" + words[lost] + "' is not a number: taken as missing"
        notes.append(pd.DataFrame({"object_id": words.index[lost], "reason": reasons}))
    values["mwebv"] = values["mwebv"].fillna(values.pop("a_v") / R_V)
    return values, pd.concat([dropped_frame([], ""), *notes])


def _plain(words: pd.Series) -> pd.Series:
    """Return finite numbers, NaN for all else."""
    numbers = pd.to_numeric(words, errors="coerce").astype(float)
    return numbers.where(np.isfinite(numbers))


def degrees(words: pd.Series, unit: str) -> pd.Series:
    """Return angles [deg] written as decimal degrees or sexagesimally in unit."""
    angles = _plain(words)
    written = words[angles.isna() & ~words.str.lower().isin(MISSING)]
    if written.empty:
        return angles
    try:
        angles[written.index] = Angle(written.tolist(), unit=unit).deg
    except ValueError:
        angles[written.index] = [_degrees_or_nan(word, unit) for word in written]
    return angles


def _degrees_or_nan(word: str, unit: str) -> float:
    """Return one sexagesimal angle [deg], NaN if it is none."""
    try:
        return float(Angle(word, unit=unit).deg)
    except ValueError:
        return np.nan
