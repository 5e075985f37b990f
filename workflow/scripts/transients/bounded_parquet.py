"""Reading Parquet without unpacking more than transients.bounded allows.

A column packs better than any text: a word that is in every row is stored once. What
rows come to is counted before their words are spelt out, then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transients.bounded import Room

BATCH = 1 << 17
"""Rows that are delivered at a time."""

FEW = 16
"""Rows that are unpacked at a time where each may be as long as all that is packed."""


def read_batches(path: Path, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Yield columns of numbers or text in batches of BATCH rows; none is a dictionary.

    Raises DataError if they unpack to more than most_unpacked, or all columns say that
    they do; ValueError for columns of anything else, and what pyarrow raises.
    """
    room = Room(path, "If not, write it again without compression")
    with pq.ParquetFile(path) as file:
        _require_plain(file.schema_arrow, names)
        _require_sound(file, names, room)
        metadata = file.metadata
    parts = _parts(path, names, metadata)
    yield from _joined(_spelt_out(part, room) for part in parts)


def _parts(
    path: Path, names: Sequence[str], metadata: pq.FileMetaData
) -> Iterator[pa.RecordBatch]:
    """Yield batches of one row group after another, with words as dictionaries.

    Where there is no dictionary words are spelt out before anybody can count them, and
    what the file says of their lengths may be a lie.
    """
    texts, positions = _texts(metadata, names), _positions(metadata, names)
    for i in range(metadata.num_row_groups):
        group = metadata.row_group(i)
        words = [t for t in texts if not _is_delta(group.column(positions[t]))]
        with pq.ParquetFile(
            path,
            metadata=metadata,
            page_checksum_verification=True,
            read_dictionary=words,
        ) as file:
            at_once = BATCH if words == texts else FEW
            yield from file.iter_batches(at_once, row_groups=[i], columns=list(names))


def _texts(metadata: pq.FileMetaData, names: Sequence[str]) -> list[str]:
    """Return the names of columns of text."""
    return [
        name
        for name, j in _positions(metadata, names).items()
        if metadata.schema.column(j).physical_type == "BYTE_ARRAY"
    ]


def _is_delta(column: pq.ColumnChunkMetaData) -> bool:
    """Say whether pyarrow can read no dictionary of it, and raises if it has to."""
    return any(used.startswith("DELTA") for used in column.encodings)


def _require_plain(schema: pa.Schema, names: Sequence[str]) -> None:
    for name in names:
        kind = schema.field(name).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        if not (
            pa.types.is_primitive(kind) or pa.types.is_null(kind) or _is_text(kind)
        ):
            raise ValueError(f"column {name!r} is {kind}")


def _is_text(kind: pa.DataType) -> bool:
    return (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
    )


def _require_sound(file: pq.ParquetFile, names: Sequence[str], room: Room) -> None:
    """Read a row of each group, if all that they say to unpack to is not too much.

    pyarrow ends the process where it is asked about a column chunk whose description
    contradicts itself (seen in 26.0, of its histograms); to read is an OSError.
    """
    groups = range(file.metadata.num_row_groups)
    pages = sum(file.metadata.row_group(i).total_byte_size for i in groups)
    if pages > room.left:
        room.take(pages)
    for i in groups:
        next(file.iter_batches(1, row_groups=[i], columns=list(names)), None)


def _positions(metadata: pq.FileMetaData, names: Sequence[str]) -> dict[str, int]:
    """Return where the columns of these names are."""
    columns = [metadata.schema.column(j) for j in range(metadata.num_columns)]
    return {c.path: j for j, c in enumerate(columns) if c.path in names}


def _spelt_out(part: pa.RecordBatch, room: Room) -> pa.RecordBatch:
    """Return a batch without dictionaries, if there is room for it."""
    part.validate(full=True)
    columns = []
    for column in part.columns:
        if pa.types.is_dictionary(column.type):
            room.take(_size_of_words(column))
            column = column.dictionary_decode()
        else:
            room.take(column.nbytes)
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, part.schema.names)


def _size_of_words(column: pa.DictionaryArray) -> int:
    """Return how large a column is once its words are spelt out [bytes]."""
    if not _is_text(column.type.value_type):
        return 8 * len(column)
    lengths = pc.binary_length(column.dictionary).cast(pa.int64())
    return 4 * len(column) + (pc.sum(lengths.take(column.indices)).as_py() or 0)


def _joined(parts: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Put batches together until there are BATCH rows, or no more."""
    held: list[pa.RecordBatch] = []
    n_held = 0
    for part in parts:
        if held and n_held + part.num_rows > BATCH:
            yield pa.concat_batches(held)
            held, n_held = [], 0
        held.append(part)
        n_held += part.num_rows
    if held:
        yield pa.concat_batches(held)
