"""The PHOT file of an SNANA pair: the observations of the objects in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from transients.errors import DataError
from transients.readers import Dataset
from transients.readers.observations import Form, clean, decode
from transients.readers.snana.files import Pair, Table, open_table
from transients.readers.snana.head import Head
from transients.tables import ZERO_POINT, SurveyTables, dropped_frame

DETECTION, TRIGGER = 4096, 2048
"""Bits of PHOTFLAG, unless the key words PHOTFLAG_DETECT and _TRIGGER give others."""

END_MJD = -777.0
"""MJD of the row that ends a light curve."""

COLUMNS = {"mjd": "MJD", "flux": "FLUXCAL", "flux_err": "FLUXCALERR"}
BAND = ("BAND", "FLT")
"""Column of the passband, in the newer and in the older layout."""


def read_phot(
    pair: Pair,
    head: Head,
    passbands: Mapping[str, str | None],
    dataset: Dataset,
    key: str,
) -> SurveyTables:
    """Return the tables of one pair; key is the reader's configuration key.

    A flux that is NaN is no measurement: it is left out and listed. Raises DataError
    naming file, object and row for impossible values and pointers.
    """
    names = head.objects["object_id"].to_numpy(dtype=object)
    with open_table(pair.phot) as table:
        rows, owner = _owned_rows(head, names, table)
        notes = [_unowned_rows(rows, table)]
        used = head.used[owner]
        rows, owner = rows[used], owner[used]
        flags = _flags(table, rows)
        columns = _columns(table, rows, flags)
        form = _form(table, columns.column_names, passbands, key)
        trigger = table.bit("PHOTFLAG_TRIGGER", TRIGGER)
    if flags is None:
        notes.append(
            dropped_frame([pair.phot.name], "no PHOTFLAG: detected is S/N > 5")
        )

    def where(row: int) -> str:
        return f"{pair.phot}: object {names[owner[row]]!r}, row {rows[row] + 1}"

    mjd = columns["mjd"].to_numpy()
    if (ends := np.flatnonzero(mjd == END_MJD)).size:
        raise DataError(f"{where(ends[0])}: MJD -777, an end, within a light curve")
    observations = decode(columns, owner, form, dataset, where)
    triggers = _triggers(flags, trigger, mjd, owner, len(names))
    objects = head.objects.assign(trigger_mjd=triggers)
    portion = clean(objects, observations, dataset.passbands)
    listed = pd.concat([*notes, portion.dropped], ignore_index=True)
    return replace(portion, dropped=listed)


def _owned_rows(
    head: Head, names: NDArray[np.object_], table: Table
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the rows that belong to an object, object after object, and which one.

    Raises DataError for an object whose rows are not all in the table.
    """
    first, n_obs = head.first, head.n_obs
    outside = (n_obs > 0) & ((first < 0) | (first + n_obs > len(table)))
    if outside.any():
        i = int(np.argmax(outside))
        raise DataError(
            f"{table.path}: the table has {len(table)} rows, but object {names[i]!r}"
            f" has rows {first[i] + 1} to {first[i] + n_obs[i]} by its HEAD file"
            f" ({outside.sum()} such objects)"
        )
    owner = np.repeat(np.arange(len(names), dtype=np.int32), n_obs)
    starts = np.cumsum(n_obs) - n_obs
    return np.arange(len(owner)) + (first - starts)[owner], owner


def _unowned_rows(rows: NDArray[np.int64], table: Table) -> pd.DataFrame:
    """List how many rows are neither an object's nor the end of a light curve."""
    unowned = table.numbers("MJD") != END_MJD
    unowned[rows] = False
    if not unowned.any():
        return dropped_frame([], "")
    return dropped_frame(
        [table.path.name], f"{unowned.sum()} observations that belong to no object"
    )


def _flags(table: Table, rows: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Return PHOTFLAG of the given rows, None where the file does not use it.

    Older simulations have zeros only, and no key word that says which bit is what.
    """
    if "PHOTFLAG" not in table:
        return None
    flags = table.numbers("PHOTFLAG", kind="a whole number")[rows].astype(np.int64)
    return flags if flags.any() or table.bit("PHOTFLAG_DETECT", 0) else None


def _triggers(
    flags: NDArray[np.int64] | None,
    bit: int,
    mjd: NDArray[np.float64],
    owner: NDArray[np.int32],
    n_objects: int,
) -> NDArray[np.float64]:
    """Return the earliest time of each object with the trigger's bit, else NaN."""
    earliest = np.full(n_objects, np.inf)
    if flags is not None:
        triggered = (flags & bit) != 0
        np.minimum.at(earliest, owner[triggered], mjd[triggered])
    return np.where(np.isfinite(earliest), earliest, np.nan)


def _columns(
    table: Table, rows: NDArray[np.int64], flags: NDArray[np.int64] | None
) -> pa.Table:
    """Return the columns that decode asks for, of the given rows."""
    columns = {
        name: table.numbers(column)[rows].astype(np.float64)
        for name, column in COLUMNS.items()
    }
    columns["flux_err"][np.isnan(columns["flux"])] = np.nan
    bands, codes = table.words(*BAND, rows=rows)
    texts = {"passband": (bands, codes)}
    if flags is not None:
        detected = flags & table.bit("PHOTFLAG_DETECT", DETECTION) != 0
        texts["detected"] = (["0", "1"], detected.astype(np.int32))
    encoded = {
        name: pa.DictionaryArray.from_arrays(
            pa.array(codes), pa.array(words, pa.string())
        )
        for name, (words, codes) in texts.items()
    }
    return pa.table(columns | encoded)


def _form(
    table: Table, names: Sequence[str], passbands: Mapping[str, str | None], key: str
) -> Form:
    theirs = {**COLUMNS, "passband": table.name_of(BAND), "detected": "PHOTFLAG"}
    zero_point = table.key_word("ZP_FLUXCAL", ZERO_POINT, 100)
    return Form({name: theirs[name] for name in names}, passbands, zero_point, 0.0, key)
