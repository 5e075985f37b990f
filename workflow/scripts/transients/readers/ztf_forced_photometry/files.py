"""The files of the ZTF forced photometry service: their form, and whose they are.

Single requests (forcedphotometry_req*_lc.txt) and batches (batchfp_req*_lc.txt) have
one form: comment lines with # that give the requested position, a line of column names
between commas, rows of values between spaces (null: missing), and a comment END.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import astropy.units as u
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
from astropy.coordinates import SkyCoord, search_around_sky
from numpy.typing import NDArray

from transients.bounded import Bounded
from transients.errors import DataError
from transients.readers.tabular import suggestion
from transients.tables import dropped_frame

NUMBERS = (
    *("field", "ccdid", "qid", "rfid", "jd", "infobitssci", "sciinpseeing"),
    *("scisigpix", "zpdiff", "forcediffimflux", "forcediffimfluxunc"),
    "forcediffimchisq",
)
TEXTS = ("filter", "procstatus")
COLUMNS = {name: pa.float64() for name in NUMBERS} | {n: pa.string() for n in TEXTS}
"""The columns that are read; others are not looked at."""

SUFFIXES = (".txt", ".txt.gz")
LOG_SUFFIX = "_log.txt"
PREFIX = "forcedphotometry_"

HEADER_BYTES = 8192
"""The requested position stands in the first ten lines, a few hundred bytes."""

_COORDINATES = (
    re.compile(rb"Requested input R\.A\.\s*=\s*(\S+)"),
    re.compile(rb"Requested input Dec\.\s*=\s*(\S+)"),
)
_NAMES = re.compile(rb"^[# \t]*index[ \t]*,[^\r\n]*", re.MULTILINE)
_ROW = re.compile(rb"^[ \t]*[^#\s]", re.MULTILINE)


@dataclass(frozen=True)
class Epochs:
    """The rows of one file: COLUMNS, the first one's line, and if END is there."""

    table: pa.Table
    first_line: int
    ended: bool


def match_files(
    folder: Path, objects: pd.DataFrame, known: Collection[str], radius: float, key: str
) -> tuple[dict[int, list[Path]], pd.DataFrame]:
    """Return the files of each object, by its row in objects, and what to note.

    A file is that of the object whose name its own begins with; known are the names of
    the label table, also those not in use. Without such a name it is that of the one
    object within radius [arcsec] of its requested position. Files of no object are
    noted under their name, and objects whose file was requested elsewhere. Raises
    DataError for a file of two objects.
    """
    paths = sorted(p for p in folder.iterdir() if p.name.endswith(SUFFIXES))
    paths = [path for path in paths if not path.name.endswith(LOG_SUFFIX)]
    ids = objects["object_id"].to_numpy()
    rows = {name: row for row, name in enumerate(ids)}
    positions = np.array([requested_position(path) for path in paths]).reshape(-1, 2)
    located = np.isfinite(objects[["ra", "dec"]].to_numpy(float)).all(axis=1)
    files: dict[int, list[Path]] = defaultdict(list)
    strangers, far = [], []
    for path, position, near in zip(
        paths, positions, _near(objects, positions, radius), strict=True
    ):
        name = object_named(path, known)
        owners = near if name is None else [rows[name]] if name in rows else []
        if len(owners) > 1 or (owners and near and owners[0] not in near):
            both = " and ".join(repr(ids[row]) for row in sorted({*owners, *near}))
            raise DataError(
                f"{path}: by its name or its requested position, within {radius:g}"
                f" arcsec, this is a file of {both}: begin its name with that of its"
                f" object, correct ra and dec in the label table, or lower"
                f" {key}.match_radius"
            )
        if name is None and not owners:
            strangers.append(path.name)
        for row in owners:
            files[row].append(path)
            if not near and located[row] and np.isfinite(position).all():
                far.append(ids[row])
    return files, pd.concat(
        [
            dropped_frame(
                strangers, "file not of an object in use, by name or position"
            ),
            dropped_frame(far, f"measured over {radius:g} arcsec from ra and dec"),
        ]
    )


def object_named(path: Path, known: Collection[str]) -> str | None:
    """Return the longest known name that a file's name begins with, as whole words."""
    stem = path.name.removeprefix(PREFIX)
    ends = [match.start() for match in re.finditer(r"[^A-Za-z0-9]", stem)]
    return next((stem[:end] for end in reversed(ends) if stem[:end] in known), None)


def _near(
    objects: pd.DataFrame, positions: NDArray[np.float64], radius: float
) -> list[list[int]]:
    """Return the rows of the objects within radius [arcsec] of each position (n, 2)."""
    sky = objects[["ra", "dec"]].to_numpy(dtype=float)
    here, there = (
        np.flatnonzero(np.isfinite(x).all(axis=1) & (np.abs(x[:, 1]) <= 90))
        for x in (sky, positions)
    )
    near: list[list[int]] = [[] for _ in positions]
    if len(here) and len(there):
        pairs = search_around_sky(
            SkyCoord(*sky[here].T, unit="deg"),
            SkyCoord(*positions[there].T, unit="deg"),
            radius * u.arcsec,
        )
        for row, number in zip(here[pairs[0]], there[pairs[1]], strict=True):
            near[int(number)].append(int(row))
    return near


def requested_position(path: Path) -> tuple[float, float]:
    """Return right ascension and declination [deg] of a request, NaN if not there."""
    header = _read(path, HEADER_BYTES)
    found = [pattern.search(header) for pattern in _COORDINATES]
    try:
        ra, dec = (float(match[1]) if match else np.nan for match in found)
    except ValueError:
        return np.nan, np.nan
    return ra, dec


def _read(path: Path, n_bytes: int | None = None) -> bytes:
    try:
        with pa.input_stream(str(path)) as stream:
            return Bounded(stream, path).read(n_bytes)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error


def read_epochs(path: Path, object_id: str) -> Epochs:
    """Return the rows of a file, or raise DataError naming file, object and line."""
    where = f"{path}: object {object_id!r}"
    data = _read(path)
    header = _NAMES.search(data)
    if header is None:
        raise DataError(
            f"{where}: no line of column names (index, field, ...): not a light curve"
            " of the ZTF forced photometry service, an answer without data, or cut off;"
            f" it begins with {data[:60]!r}; remove the file or request it again"
        )
    names = _column_names(header[0], where)
    first = _ROW.search(data, header.end())
    start = len(data) if first is None else first.start()
    first_line = data.count(b"\n", 0, start) + 1
    body, _, tail = data[start:].partition(b"\n#")
    if after := _ROW.search(tail, tail.find(b"\n") + 1 or len(tail)):
        line = first_line + body.count(b"\n") + 1 + tail.count(b"\n", 0, after.start())
        raise DataError(
            f"{where}, line {line}: rows after a comment: are these two files in one?"
            " Keep each in a file of its own"
        )
    table = _parse(body, names, where, first_line)
    return Epochs(table, first_line, b"END" in tail)


def _column_names(line: bytes, where: str) -> list[str]:
    text = line.decode("latin-1").strip("# \t,")
    names = [name.strip() for name in text.split(",")]
    for name in COLUMNS:
        if names.count(name) != 1:
            many = "more than one column" if name in names else "no column"
            raise DataError(
                f"{where}: {many} {name!r}"
                f"{'' if name in names else suggestion(name, names)}:"
                " not a complete light curve of the ZTF forced photometry service"
            )
    return names


def _parse(body: bytes, names: list[str], where: str, first_line: int) -> pa.Table:
    """Return COLUMNS of the rows; where names file and object in an error message."""
    for odd, plain in ((b"\t", b" "), (b"\r\n", b"\n"), (b"  ", b" "), (b" \n", b"\n")):
        while odd in body:
            body = body.replace(odd, plain)
    body = body.rstrip()
    if not body:
        return pa.schema(COLUMNS).empty_table()
    if body.startswith(b" "):
        names = ["", *names]
    try:
        return pa_csv.read_csv(
            pa.BufferReader(body),
            pa_csv.ReadOptions(
                use_threads=False, block_size=len(body) + 1, column_names=names
            ),
            pa_csv.ParseOptions(delimiter=" ", quote_char=False),
            pa_csv.ConvertOptions(
                include_columns=list(COLUMNS),
                column_types=COLUMNS,
                null_values=["null", "NaN", "nan"],
            ),
        )
    except (pa.ArrowInvalid, OverflowError) as error:
        raise DataError(_explained(str(error), names, where, first_line)) from error


def _explained(message: str, names: list[str], where: str, first_line: int) -> str:
    """Say an error of the CSV parser in the words of the file."""
    row = re.search(r"Row #(\d+)", message)
    line = f"line {first_line + int(row[1]) - 1}" if row else f"line {first_line} on"
    where = f"{where}, {line}: "
    if found := re.search(r"Expected (\d+) columns, got (\d+)", message):
        blank = names[0] == ""
        return (
            f"{where}{int(found[2]) - blank} values instead of {int(found[1]) - blank}:"
            " cut off or damaged; download the file again"
        )
    if found := re.search(r"column #(\d+).*invalid value '(.*)'", message):
        return f"{where}{names[int(found[1])]} is {found[2]!r}, not a number"
    return f"{where}cannot be read: {message}"
