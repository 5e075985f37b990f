"""Light curves from standard input: CSV with a header, JSON lines, or ZTF alerts.

JSON lines are objects, one a line: an observation in the columns of
new_light_curves.SCHEMA, or an alert packet of ZTF (objectId, candidate,
prv_candidates; Masci et al. 2019, PASP 131, 018003). Those of an object must stand
together.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import IO, Any

import numpy as np
import pyarrow as pa

from transients.errors import DataError
from transients.new_light_curves import REQUIRED, SCHEMA, TEXT, our_columns, portions
from transients.photometry import flux_from_magnitude
from transients.readers.tabular import parse
from transients.strict_json import loads
from transients.tables import SurveyTables

SOURCE = "standard input"
LINES = 1000
"""Read at a time, and light curves are delivered about as often."""

ZTF_FILTERS = {1: "g", 2: "r", 3: "i"}
POSITIVE = dict.fromkeys(("t", "true", "1"), True)
POSITIVE |= dict.fromkeys(("f", "false", "0", "-1"), False)
"""What isdiffpos says of the sign of a flux; -1 is some brokers' word."""

WRONG = (
    *(ValueError, TypeError, LookupError, AttributeError, OverflowError),
    pa.ArrowException,
)
"""Errors of lines that do not say what they should."""

JULIAN = -2400000.5
"""Added to a Julian date gives an MJD [d]."""


def read_stream(
    stream: IO[bytes], passbands: tuple[str, ...]
) -> Iterator[SurveyTables]:
    """Yield the light curves of a stream; DataError names the lines that are wrong."""
    first = stream.readline()
    if not first.strip():
        raise DataError(f"{SOURCE}: the first line is empty: give CSV or JSON lines")
    is_json = first.lstrip().startswith(b"{")
    tables = _json(first, stream) if is_json else _csv(first, stream)
    yield from portions(tables, passbands, SOURCE, held_rows=LINES)


def _csv(header: bytes, stream: IO[bytes]) -> Iterator[pa.Table]:
    words = header.decode("utf-8-sig", "replace").strip().split(",")
    columns = our_columns([word.strip() for word in words], SOURCE)
    kinds = {n: pa.string() if n in TEXT else pa.float64() for n in columns}
    line = 2
    while lines := list(islice(stream, LINES)):
        try:
            data = b",".join(w.strip().encode() for w in words) + b"\n"
            yield parse(data + b"".join(lines), ",", kinds)
        except pa.ArrowException as error:
            raise _wrong(line, len(lines), error) from error
        line += len(lines)


def _json(first: bytes, stream: IO[bytes]) -> Iterator[pa.Table]:
    lines, line = [first, *islice(stream, LINES - 1)], 1
    while lines:
        try:
            told = [loads(text, nan=True) for text in lines if text.strip()]
            rows = [row for one in told for row in _observations(one)]
            yield _table(rows)
        except WRONG as error:
            raise _wrong(line, len(lines), error) from error
        line += len(lines)
        lines = list(islice(stream, LINES))


def _wrong(line: int, count: int, error: Exception) -> DataError:
    where = f"{SOURCE}: lines {line} to {line + count - 1}"
    what = textwrap.shorten(f"{type(error).__name__}: {error}", 300)
    return DataError(f"{where}: cannot be read: {what}")


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    """Return rows as a table with the same columns, whatever they name."""
    columns = {name: [row.get(name) for row in rows] for name in SCHEMA.names}
    return pa.table({name: _column(name, columns[name]) for name in columns})


def _column(name: str, values: list[Any]) -> pa.Array:
    """Return values in the type of a column; true and false are no numbers."""
    kind = SCHEMA.field(name).type
    if pa.types.is_floating(kind):
        kind = pa.float64()
        if any(isinstance(value, bool) for value in values):
            raise TypeError(f"{name} is true or false, not a number")
    return pa.array(values, kind)


def _observations(told: object) -> list[dict[str, Any]]:
    """Return the observations of one line."""
    if not isinstance(told, dict):
        raise TypeError("a line is no object {...}")
    if "candidate" not in told:
        for name in REQUIRED:
            if name not in told:
                raise KeyError(f"no {name!r} in {sorted(told)[:20]}")
        return [told]
    name = told["objectId"]
    if not isinstance(name, str):
        raise TypeError(f"objectId is {name!r}, not text")
    earlier = told.get("prv_candidates") or []
    measured = [c for c in [*earlier, told["candidate"]] if c.get("magpsf") is not None]
    return [_observation(name, one) for one in measured]


def _observation(name: str, candidate: Mapping[str, Any]) -> dict[str, Any]:
    """Return a detection of an alert; a negative difference has a negative flux."""
    with np.errstate(over="ignore"):  # an infinite flux is refused, as in other formats
        flux, flux_err = flux_from_magnitude(candidate["magpsf"], candidate["sigmapsf"])
    positive = POSITIVE[str(candidate["isdiffpos"]).lower()]
    return {
        "object_id": name,
        "mjd": candidate["jd"] + JULIAN,
        "passband": ZTF_FILTERS[candidate["fid"]],
        "flux": float(flux) if positive else -float(flux),
        "flux_err": float(flux_err),
        "detected": True,
    }
