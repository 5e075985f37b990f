"""Read two Parquet files in the workflow's own schema (tables.OBJECTS, LIGHT_CURVES).

Columns of a like type are converted (an integer object_id, a flux in double
precision); ra, dec, mwebv, redshift and trigger_mjd may be absent; further columns are
not looked at. Light curves may stand in any order in tables of up to
portions.HELD rows; in longer ones those of an object must stand together. Options:

files
    objects and light_curves: paths of the two files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transients import bounded_parquet
from transients.errors import DataError
from transients.readers import Dataset
from transients.readers.labels import refuse_names
from transients.readers.observations import Form, Where, decode, words_and_codes
from transients.readers.portions import Catalogue, in_portions, survey_tables
from transients.readers.tabular import require_path, suggestion
from transients.tables import (
    LIGHT_CURVES,
    OBJECTS,
    RANGES,
    ZERO_POINT,
    SurveyTables,
    dropped_frame,
)


def count(_options: Mapping[str, Any], dataset: Dataset) -> int:
    """Return the number of objects of a class in use."""
    path = _path(dataset, "objects")
    used = pa.array(dataset.classes)
    tables = read_batches(path, OBJECTS, ["class"])
    return sum(pc.sum(pc.is_in(t["class"], used)).as_py() or 0 for t in tables)


def read(_options: Mapping[str, Any], dataset: Dataset) -> Iterator[SurveyTables]:
    """Yield the tables of a data set."""
    path, source = _path(dataset, "objects"), _path(dataset, "light_curves")
    catalogue = Catalogue(*_objects(path, dataset), path)
    rows = in_portions(_rows(source, catalogue, dataset), catalogue.objects, source)
    yield from survey_tables(catalogue, rows, dataset, source)


def _path(dataset: Dataset, name: str) -> Path:
    path = dataset.files[name]
    require_path(path, f"datasets.{dataset.name}.parquet.files.{name}")
    return path


def _objects(path: Path, dataset: Dataset) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the objects of classes in use, and the list of the others."""
    if dataset.labelled:
        objects = _whole(path, OBJECTS, OBJECTS.names).to_pandas()
    else:
        unlabelled = OBJECTS.remove(OBJECTS.get_field_index("class"))
        objects = _whole(path, unlabelled, unlabelled.names).to_pandas()
        objects.insert(1, "class", dataset.classes[0])
    refuse_names(pd.Index(objects["object_id"]), path, lambda row: f"row {row}")
    for name, (low, high) in RANGES.items():
        numbers = objects[name]
        wrong = numbers.notna() & ~numbers.between(low, high)
        if wrong.any():
            row = objects[wrong].iloc[0]
            raise DataError(
                f"{path}: object {row['object_id']!r}: {name} is {row[name]:g}, outside"
                f" {low:g} to {high:g}"
            )
    used = objects["class"].isin(list(dataset.classes))
    if objects.empty:
        raise DataError(f"{path}: the table has no objects")
    if not used.any():
        raise DataError(
            f"{path}: none of its {len(objects)} objects is of a class of"
            f" datasets.{dataset.name}.classes: {', '.join(dataset.classes)}"
        )
    others = objects[~used]
    dropped = dropped_frame(others["object_id"], "")
    dropped["reason"] = [f"class {name!r} is not used" for name in others["class"]]
    return objects[used].reset_index(drop=True), dropped


def _rows(path: Path, catalogue: Catalogue, dataset: Dataset) -> Iterator[pd.DataFrame]:
    """Yield the rows of objects in use, batch by batch."""
    names = LIGHT_CURVES.names
    passbands = {name: name for name in dataset.passbands}
    columns = dict(zip(names, names, strict=True))
    form = Form(columns, passbands, ZERO_POINT, 0.0, f"datasets.{dataset.name}")
    for table in read_batches(path, LIGHT_CURVES, names):
        words, codes = words_and_codes(table["object_id"])
        owner = catalogue.positions(words)[codes]
        used = np.flatnonzero(owner >= 0)
        chosen = table.take(pa.array(used))
        yield decode(chosen, owner[used], form, dataset, _where(path, chosen))


def _where(path: Path, table: pa.Table) -> Where:
    """Return the function that says which observation a row of a batch is."""
    return lambda row: (
        f"{path}: object {table['object_id'][row].as_py()!r},"
        f" MJD {table['mjd'][row].as_py()}"
    )


def _whole(path: Path, schema: pa.Schema, names: list[str]) -> pa.Table:
    """Return the columns of those names as the schema has them."""
    batches = list(read_batches(path, schema, names))
    return pa.concat_tables(batches or [schema.empty_table().select(names)])


def read_batches(path: Path, schema: pa.Schema, names: list[str]) -> Iterator[pa.Table]:
    """Yield the columns of those names as the schema has them, in batches of rows.

    Raises DataError if a column is absent or of another kind, a value is missing that
    the schema wants, numbers aside, or they unpack to more than transients.bounded
    allows.
    """
    try:
        given = pq.read_schema(path)
        _refuse_columns(given, schema, path)
        there = [name for name in names if name in given.names]
        start = 0
        for batch in bounded_parquet.read_batches(path, there):
            columns = [_column(batch, schema.field(n), path, start) for n in names]
            yield pa.table(columns, names=names)
            start += batch.num_rows
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise DataError(f"{path}: cannot be read as Parquet: {error}") from error


def _refuse_columns(given: pa.Schema, schema: pa.Schema, path: Path) -> None:
    """Raise DataError for a column that is absent, there twice, or of another kind."""
    for field in schema:
        found = given.get_all_field_indices(field.name)
        if not found and not field.nullable:
            raise DataError(
                f"{path}: has no column {field.name!r}"
                f"{suggestion(field.name, given.names)};"
                f" its columns: {', '.join(given.names)}"
            )
        if len(found) > 1:
            raise DataError(f"{path}: has the column {field.name!r} more than once")
        if found and not _alike(given.field(found[0]).type, field.type):
            raise DataError(
                f"{path}: column {field.name!r} is {given.field(found[0]).type}, not"
                f" {field.type}"
            )


def _alike(given: pa.DataType, wanted: pa.DataType) -> bool:
    """Say whether values of a type are meant when another is given."""
    kinds = pa.types
    if kinds.is_dictionary(given):
        given = given.value_type
    if kinds.is_string(wanted):
        return (
            kinds.is_string(given)
            or kinds.is_large_string(given)
            or kinds.is_string_view(given)
            or kinds.is_integer(given)
        )
    if kinds.is_boolean(wanted):
        return kinds.is_boolean(given) or kinds.is_integer(given)
    return kinds.is_floating(given) or kinds.is_integer(given) or kinds.is_null(given)


def _column(batch: pa.RecordBatch, field: pa.Field, path: Path, start: int) -> pa.Array:
    """Return one column in the type of its field; start is the batch's first row."""
    name = field.name
    if name not in batch.schema.names:
        return pa.nulls(batch.num_rows, field.type)
    given = batch[name]
    wrong = pc.and_(pc.is_null(given), not field.nullable)
    if pa.types.is_floating(field.type):
        return given.cast(field.type, safe=False)
    if pa.types.is_boolean(field.type) and pa.types.is_integer(given.type):
        truths = pa.array([0, 1, None], given.type)
        wrong = pc.or_(wrong, pc.invert(pc.is_in(given, truths)))
    if (rows := np.flatnonzero(wrong)).size:
        row = int(rows[0])
        value = given[row].as_py()
        shown = "missing" if value is None else f"{value}, neither true nor false"
        raise DataError(f"{path}: row {start + row}: column {name!r} is {shown}")
    return given.cast(field.type)
