"""The HEAD file of an SNANA pair: its objects, their models, where their rows are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.errors import DataError
from transients.readers.snana.files import Pair, Table, open_table
from transients.tables import RANGES

REDSHIFT = ("REDSHIFT_HELIO", "REDSHIFT_FINAL")
"""Heliocentric, and that of older files without it."""


@dataclass(frozen=True)
class Models:
    """How the objects of a pair are named and classified.

    The model of an object is in the HEAD column named, or, if that is None, the name of
    the pair's folder without prefix. classes(labels, source) returns the class of each
    model, "" for one not in use; labels has the object_id as index.
    """

    column: str | None
    prefix: str
    in_id: bool
    classes: Callable[[pd.Series, Path], pd.Series]

    def of_folder(self, pair: Pair) -> str:
        """Return the model that the folder of a pair stands for."""
        return pair.folder.removeprefix(self.prefix)


@dataclass(frozen=True)
class Head:
    """The objects of one pair and where their observations are.

    objects follows OBJECTS, with class "" for objects not in use; labels (n,) are their
    models, first (n,) their first rows in the PHOT table, counted from 0, and n_obs
    (n,) their numbers of rows.
    """

    objects: pd.DataFrame
    labels: NDArray[np.object_]
    first: NDArray[np.int64]
    n_obs: NDArray[np.int64]

    @property
    def used(self) -> NDArray[np.bool_]:
        """Which objects (n,) are of a class in use."""
        return (self.objects["class"] != "").to_numpy(dtype=bool)


def read_head(pair: Pair, models: Models) -> Head:
    """Read a HEAD file; raise DataError naming it and the object that is wrong.

    Codes for a missing number, such as -9 and -999, become NaN.
    """
    with open_table(pair.head) as table:
        names = _texts(table, "SNID")
        if (blank := np.flatnonzero(names == "")).size:
            raise DataError(f"{pair.head}: row {blank[0] + 1}: an object without SNID")
        labels = np.full(len(table), models.of_folder(pair), dtype=object)
        if models.column is not None:
            labels = _texts(table, models.column)
        if models.in_id:
            names = labels + ":" + names
        classes = models.classes(pd.Series(labels, names, dtype=object), pair.head)
        ra = _known(table.numbers("RA"), -360.0)
        objects = pd.DataFrame(
            {
                "object_id": names,
                "class": classes.to_numpy(),
                "ra": np.where(ra < 0, ra + 360.0, ra),
                "dec": _known(table.numbers("DEC", "DECL"), -90.0),
                "mwebv": _known(table.numbers("MWEBV"), 0.0),
                "redshift": _known(table.numbers(*REDSHIFT), RANGES["redshift"][0]),
                "trigger_mjd": np.nan,
            }
        )
        first, n_obs = _pointers(table, names)
    return Head(objects, labels, first, n_obs)


def _texts(table: Table, column: str) -> NDArray[np.object_]:
    words, codes = table.words(column)
    return np.array(words, dtype=object)[codes]


def _known(values: NDArray[Any], lowest: float) -> NDArray[np.float64]:
    """Return values, NaN in place of codes below the lowest possible one."""
    values = values.astype(np.float64)
    return np.where(np.isfinite(values) & (values >= lowest), values, np.nan)


def _pointers(
    table: Table, names: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each object's first row, from 0, and number of rows in the PHOT table.

    Raises DataError if NOBS, PTROBS_MIN and PTROBS_MAX contradict each other.
    """
    n_obs, first, last = (
        table.numbers(name, kind="a whole number").astype(np.int64)
        for name in ("NOBS", "PTROBS_MIN", "PTROBS_MAX")
    )
    if (bad := np.flatnonzero((n_obs < 0) | (last - first + 1 != n_obs))).size:
        i = bad[0]
        raise DataError(
            f"{table.path}: object {names[i]!r} has NOBS {n_obs[i]}, but PTROBS_MIN"
            f" {first[i]} and PTROBS_MAX {last[i]} ({bad.size} such objects)"
        )
    order = np.argsort(first, kind="stable")
    order = order[n_obs[order] > 0]
    if (bad := np.flatnonzero(first[order][1:] <= last[order][:-1])).size:
        one, other = names[order[bad[0]]], names[order[bad[0] + 1]]
        raise DataError(
            f"{table.path}: objects {one!r} and {other!r} share rows: their"
            f" PTROBS_MIN to PTROBS_MAX overlap ({bad.size} such cases)"
        )
    return first - 1, n_obs
