"""Light curves without labels, in our own columns: CSV, Parquet or standard input.

One row for each observation. Memory is bounded by HELD_ROWS and the longest light
curve; in longer tables the observations of an object must stand together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from transients.errors import DataError
from transients.photometry import DETECTION_SNR
from transients.readers import Dataset
from transients.readers.labels import refuse_names
from transients.readers.observations import Form, clean, decode, words_and_codes
from transients.readers.parquet import read_batches
from transients.readers.tabular import MISSING, header, stream, suggestion
from transients.tables import LIGHT_CURVES, OBJECTS, RANGES, ZERO_POINT, SurveyTables

UNLABELLED = "unlabelled"
HELD_ROWS = 200_000

REQUIRED = ("object_id", "mjd", "passband", "flux", "flux_err")
OF_OBJECT = ("mwebv", "trigger_mjd")
"""Optional, the same in all rows of an object; detected, of the observation, is
optional, too."""

TEXT = ("object_id", "passband", "detected")

SCHEMA = pa.schema(
    [
        *(pa.field(name, LIGHT_CURVES.field(name).type, False) for name in REQUIRED),
        pa.field("detected", pa.bool_()),
        *(OBJECTS.field(name) for name in OF_OBJECT),
    ]
)
"""flux and flux_err in FLUXCAL; where detected is not known, S/N > 5 is a detection."""


def read_file(path: Path, passbands: tuple[str, ...]) -> Iterator[SurveyTables]:
    """Yield the light curves of a CSV file (plain or .gz) or a Parquet file."""
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    tables = _parquet(path) if path.suffix == ".parquet" else _csv(path)
    yield from portions(tables, passbands, str(path))


def _csv(path: Path) -> Iterator[pa.Table]:
    columns = our_columns(header(path), str(path))
    for batch in stream(path, {name: name for name in columns}, TEXT, str(path)):
        yield pa.Table.from_batches([batch])


def _parquet(path: Path) -> Iterator[pa.Table]:
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(path).names
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise DataError(f"{path}: cannot be read as Parquet: {error}") from error
    columns = our_columns(names, str(path))
    yield from read_batches(
        path, pa.schema([SCHEMA.field(n) for n in columns]), columns
    )


def our_columns(there: list[str], source: str) -> list[str]:
    """Return those of SCHEMA's columns that are there.

    Raises DataError for a required one that is not, and for one that is there twice.
    """
    others = [name for name in there if name not in REQUIRED]
    for name in REQUIRED:
        if name not in there:
            raise DataError(
                f"{source}: has no column {name!r}{suggestion(name, others)}; its"
                f" columns: {', '.join(there)[:500]}; needed: {', '.join(REQUIRED)}"
            )
    columns = [name for name in SCHEMA.names if name in there]
    for name in columns:
        if there.count(name) > 1:
            raise DataError(f"{source}: has the column {name!r} more than once")
    return columns


def portions(
    tables: Iterable[pa.Table],
    passbands: tuple[str, ...],
    source: str,
    held_rows: int = HELD_ROWS,
    not_used: Iterable[str] = (),
) -> Iterator[SurveyTables]:
    """Yield clean tables of whole light curves, out of tables of their observations.

    Those in passbands that are not_used are removed, which is noted. Raises DataError
    for an object that returns after its light curve was delivered.
    """
    seen: set[str] = set()
    held: list[pa.Table] = []
    names = dict.fromkeys(not_used) | {name: name for name in passbands}
    for table in tables:
        held.append(_in_our_types(table, source))
        if sum(some.num_rows for some in held) > held_rows:
            rows = pa.concat_tables(held)
            last = pc.equal(rows["object_id"], rows["object_id"][-1])
            held = [rows.filter(last)]
            if held[0].num_rows < rows.num_rows:
                yield _decoded(rows.filter(pc.invert(last)), names, source, seen)
    if held and sum(some.num_rows for some in held):
        yield _decoded(pa.concat_tables(held), names, source, seen)


def _decoded(
    table: pa.Table, names: dict[str, str | None], source: str, seen: set[str]
) -> SurveyTables:
    """Return clean tables; names are the passbands, None where they are not used."""
    passbands = tuple(name for name in names.values() if name is not None)
    table = _detected_where_unknown(table)
    words, owner = words_and_codes(table["object_id"])
    refuse_names(pd.Index(words), Path(source), lambda row: f"object {row + 1}")
    if again := seen.intersection(words):
        raise DataError(
            f"{source}: object {min(again)!r} returns after other objects: sort the"
            " rows by object_id"
        )
    seen.update(words)
    columns = {name: name for name in LIGHT_CURVES.names if name in table.column_names}
    form = Form(columns, names, ZERO_POINT, 0.0, "model")
    dataset = Dataset(source, (UNLABELLED,), passbands, {}, Path())
    rows = decode(
        table,
        owner,
        form,
        dataset,
        lambda row: (
            f"{source}: object {table['object_id'][row].as_py()!r},"
            f" MJD {table['mjd'][row].as_py()}"
        ),
    )
    return clean(_objects(table, words, owner, source), rows, passbands)


def _in_our_types(table: pa.Table, source: str) -> pa.Table:
    """Return our columns, with text for words and double precision for numbers."""
    table = table.select(our_columns(table.column_names, source))
    fields = []
    for field in table.schema:
        truth = field.name == "detected" and pa.types.is_boolean(field.type)
        kind = pa.string() if field.name in TEXT else pa.float64()
        fields.append(field if truth else pa.field(field.name, kind))
    try:
        table = table.cast(pa.schema(fields))
    except pa.ArrowException as error:
        raise DataError(f"{source}: {error}") from error
    for name in ("object_id", "passband"):
        if table[name].null_count:
            raise DataError(f"{source}: column {name!r} is missing in some rows")
    return table


def _detected_where_unknown(table: pa.Table) -> pa.Table:
    """Return the table with S/N > 5 in each row that does not say if it is detected."""
    if "detected" not in table.column_names:
        return table
    given, bright = table["detected"], _bright(table)
    unknown = pc.is_null(given)
    if pa.types.is_string(given.type):
        words = pc.utf8_lower(pc.utf8_trim_whitespace(given))
        unknown = pc.or_(unknown, pc.is_in(words, pa.array(MISSING, pa.string())))
    known = pc.if_else(unknown, bright.cast(given.type), given)
    return table.set_column(table.column_names.index("detected"), "detected", known)


def _bright(table: pa.Table) -> pa.ChunkedArray:
    ratio = pc.divide(table["flux"], table["flux_err"])
    return pc.fill_null(pc.greater(ratio, DETECTION_SNR), False)


def _objects(
    table: pa.Table, words: list[str], owner: np.ndarray, source: str
) -> pd.DataFrame:
    """Return the object table, with the E(B-V) and trigger that rows give.

    Raises DataError where rows of an object differ, and for impossible values.
    """
    objects = pd.DataFrame({"object_id": words, "class": UNLABELLED})
    for name in OF_OBJECT:
        if name not in table.column_names:
            continue
        low, high = RANGES[name]
        values = table[name].to_pandas().astype(float).groupby(owner)
        objects[name], largest = values.min(), values.max()
        wrong = (objects[name] < low) | (largest > high) | (largest != objects[name])
        wrong &= objects[name].notna()
        if wrong.any():
            first = objects[wrong].iloc[0]
            raise DataError(
                f"{source}: object {first['object_id']!r}: {name} is {first[name]:g},"
                f" but must be within {low:g} and {high:g}, and the same in each row"
                " that gives it"
            )
    return objects.reindex(columns=OBJECTS.names).astype(
        dict.fromkeys(OBJECTS.names[2:], float)
    )
