"""Light curves from standard input: CSV with a header, JSON lines, or ZTF alerts.

JSON lines are objects, one a line: observations in the columns of
new_light_curves.SCHEMA, those of an object together, or alert packets of ZTF. A packet
brings the history of its object, so it is a light curve by itself: what has arrived is
delivered without waiting for more, and an object may come again.
"""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import IO, Any

import pyarrow as pa

from transients.alert_packets import PASSBANDS, arrived, is_packet, observations
from transients.errors import DataError
from transients.new_light_curves import REQUIRED, SCHEMA, TEXT, our_columns, portions
from transients.readers.tabular import parse
from transients.strict_json import loads
from transients.tables import SurveyTables

SOURCE = "standard input"
LINES = 1000
"""Read at a time, and light curves are delivered about as often."""

WRONG = (
    *(ValueError, TypeError, LookupError, AttributeError, OverflowError),
    *(pa.ArrowException, csv.Error),
)
"""Errors of lines that do not say what they should."""


def read_stream(
    stream: IO[bytes], passbands: tuple[str, ...]
) -> Iterator[SurveyTables]:
    """Yield the light curves of a stream; DataError names the lines that are wrong."""
    first = stream.readline()
    if not first.strip():
        raise DataError(f"{SOURCE}: the first line is empty: give CSV or JSON lines")
    if not first.lstrip().startswith(b"{"):
        tables = _csv(first, stream)
    elif is_packet(_told([first], 1)[0]):
        yield from _packets(first, stream, passbands)
        return
    else:
        tables = _json(first, stream)
    yield from portions(tables, passbands, SOURCE, held_rows=LINES)


def _csv(header: bytes, stream: IO[bytes]) -> Iterator[pa.Table]:
    text = header.decode("utf-8-sig", "replace").strip()
    with _named(1, 1):
        words = [word.strip() for word in next(csv.reader([text]))]
    columns = our_columns(words, SOURCE)
    kinds = {n: pa.string() if n in TEXT else pa.float64() for n in columns}
    names = io.StringIO()
    csv.writer(names).writerow(words)
    line = 2
    while lines := list(islice(stream, LINES)):
        try:
            yield parse(names.getvalue().encode() + b"".join(lines), ",", kinds)
        except pa.ArrowException as error:
            raise _wrong(line, len(lines), error) from error
        line += len(lines)


def _json(first: bytes, stream: IO[bytes]) -> Iterator[pa.Table]:
    lines, line = [first, *islice(stream, LINES - 1)], 1
    while lines:
        told = _told(lines, line)
        with _named(line, len(lines)):
            table = _table([_observation(one) for one in told])
        yield table
        line += len(lines)
        lines = list(islice(stream, LINES))


def _packets(
    first: bytes, stream: IO[bytes], passbands: tuple[str, ...]
) -> Iterator[SurveyTables]:
    """Yield the light curves of alert packets, in their order."""
    line = 1
    for lines in chain([[first]], arrived(stream, LINES)):
        told = _told(lines, line)
        with _named(line, len(lines)):
            packets = [observations(one) for one in told]
            tables = [_table(rows) for rows in _without_repeats(packets)]
        for table in tables:
            yield from portions([table], passbands, SOURCE, not_used=PASSBANDS)
        line += len(lines)


def _without_repeats(
    packets: list[list[dict[str, Any]]],
) -> Iterator[list[dict[str, Any]]]:
    """Yield the observations of successive packets, none of an object twice."""
    rows: list[dict[str, Any]] = []
    names: set[str] = set()
    for packet in packets:
        if names & (theirs := {row["object_id"] for row in packet}):
            yield rows
            rows, names = [], set()
        rows, names = rows + packet, names | theirs
    yield rows


def _told(lines: list[bytes], line: int) -> list[Any]:
    """Return what lines of JSON say, the first of which has this number."""
    with _named(line, len(lines)):
        return [loads(text, nan=True) for text in lines if text.strip()]


@contextmanager
def _named(line: int, count: int) -> Iterator[None]:
    """Raise a DataError that names the lines in place of any of WRONG."""
    try:
        yield
    except WRONG as error:
        raise _wrong(line, count, error) from error


def _wrong(line: int, count: int, error: Exception) -> DataError:
    where = f"{SOURCE}: lines {line} to {line + count - 1}"
    what = textwrap.shorten(f"{type(error).__name__}: {error}", 300)
    return DataError(f"{where}: cannot be read: {what}")


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    """Return rows as a table with the same columns, whatever they name."""
    columns = {name: [row.get(name) for row in rows] for name in SCHEMA.names}
    return pa.table({name: _column(name, columns[name]) for name in columns})


def _column(name: str, values: list[Any]) -> pa.Array:
    """Return values in the type of a column; true and false are no numbers.

    A truth value may be 1 or 0, as in tables that know none.
    """
    kind = SCHEMA.field(name).type
    if pa.types.is_floating(kind):
        kind = pa.float64()
        if any(isinstance(value, bool) for value in values):
            raise TypeError(f"{name} is true or false, not a number")
    elif pa.types.is_boolean(kind):
        values = [bool(one) if one in (0, 1) else one for one in values]
    return pa.array(values, kind)


def _observation(told: object) -> dict[str, Any]:
    """Return the observation of one line."""
    if not isinstance(told, dict):
        raise TypeError("a line is no object {...}")
    for name in REQUIRED:
        if name not in told:
            raise KeyError(f"no {name!r} in {sorted(told)[:20]}")
    return told
