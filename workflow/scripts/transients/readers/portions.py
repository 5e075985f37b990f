"""From rows of many objects to portions of whole light curves, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.errors import DataError
from transients.readers import Dataset
from transients.readers.observations import clean
from transients.tables import SurveyTables, dropped_frame

PORTION = 2000
"""Objects per portion."""

HELD = 4_000_000
"""Rows kept in memory (22 bytes each) to put observations in order."""


class Catalogue:
    """The labelled objects by name, and the names that photometry has and labels lack.

    objects follows OBJECTS and holds the classes in use; dropped is the list of
    (object_id, reason) that came with it, which also names the objects not in use;
    path is the file of both.
    """

    def __init__(
        self, objects: pd.DataFrame, dropped: pd.DataFrame, path: Path
    ) -> None:
        self.objects, self.dropped, self.path = objects, dropped, path
        self.strangers: dict[str, None] = {}
        self._position = {name: i for i, name in enumerate(objects["object_id"])}
        self._unused = set(dropped["object_id"])

    def positions(self, names: Iterable[str]) -> NDArray[np.int32]:
        """Return the position of each name in objects, -1 if it is not in use."""
        found = [self._position.get(name, -1) for name in names]
        for name, position in zip(names, found, strict=True):
            if position < 0 and name not in self._unused:
                self.strangers[name] = None
        return np.array(found, dtype=np.int32)


def survey_tables(
    catalogue: Catalogue,
    portions: Iterable[pd.DataFrame],
    dataset: Dataset,
    source: Path,
) -> Iterator[SurveyTables]:
    """Yield clean tables of each portion of rows, and at the end what had no match.

    portions are as decode returns them, each with all rows of its objects; source is
    the file or folder they come from.
    """
    objects, notes = catalogue.objects, [catalogue.dropped]
    present = np.zeros(len(objects), dtype=bool)
    for rows in portions:
        present[rows["owner"]] = True
        portion = clean(objects, rows, dataset.passbands)
        listed = pd.concat([*notes, portion.dropped], ignore_index=True)
        yield replace(portion, dropped=listed)
        notes = []
    if not present.any():
        raise DataError(
            f"labels without a match: no object in use of {catalogue.path} has a light"
            f" curve in {source}; the first name is {objects['object_id'].iloc[0]!r}"
            f" there and {next(iter(catalogue.strangers), 'not in use')!r} here"
        )
    absent = objects.loc[~present, "object_id"]
    unmatched = [
        dropped_frame(absent, "listed, but no light curve"),
        dropped_frame(catalogue.strangers, "a light curve, but not listed"),
    ]
    if len(absent) or catalogue.strangers:
        nothing = clean(objects, rows.iloc[:0], dataset.passbands)
        yield replace(nothing, dropped=pd.concat(unmatched, ignore_index=True))


def in_portions(
    blocks: Iterable[pd.DataFrame], objects: pd.DataFrame, source: Path
) -> Iterator[pd.DataFrame]:
    """Yield the rows of PORTION objects at a time, out of blocks in any order.

    HELD rows are held; in longer tables the observations of an object must stand
    within that distance. Raises DataError if they do not.
    """
    delivered = np.zeros(len(objects), dtype=bool)
    held: list[pd.DataFrame] = []
    for block in blocks:
        if (late := np.flatnonzero(delivered[block["owner"]])).size:
            name = objects["object_id"].iloc[block["owner"].iloc[late[0]]]
            raise DataError(
                f"{source}: the observations of object {name!r} are too far apart:"
                " sort the table by object"
            )
        held.append(block)
        if sum(map(len, held)) > HELD:
            rows = pd.concat(held, ignore_index=True)
            unfinished = rows["owner"].iloc[-1]
            held = [rows[rows["owner"] == unfinished]]
            delivered[rows["owner"]] = True
            delivered[unfinished] = False
            yield from _cut(rows, unfinished)
    if held:
        yield from _cut(pd.concat(held, ignore_index=True))


def _cut(rows: pd.DataFrame, unfinished: int = -1) -> Iterator[pd.DataFrame]:
    """Yield the rows of PORTION objects at a time, in the order of the objects.

    All but those of the object `unfinished`: rows are many, and not copied.
    """
    owner = rows["owner"].to_numpy()
    order = np.argsort(owner, kind="stable")
    order = order[owner[order] != unfinished]
    owner = owner[order]
    firsts = np.unique(owner)[::PORTION]
    bounds = [*np.searchsorted(owner, firsts), len(order)]
    for start, stop in pairwise(bounds):
        yield rows.iloc[order[start:stop]]
