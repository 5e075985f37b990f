"""Read named columns of CSV files; say which file, column and line is wrong.

Files are UTF-8 text, with or without a byte order mark, plain or gzipped (.gz), with
commas, semicolons or tabs between the fields and any of the usual line ends.
"""

from __future__ import annotations

import csv
import difflib
import gzip
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from transients.bounded import Bounded
from transients.errors import ConfigurationError, DataError

MISSING = frozenset({"", "-", "--", "nan", "na", "n/a", "none", "null"})
"""Words (in lower case) that stand for a missing number."""

_BLOCK_BYTES = 1 << 22
_HEADER_BYTES = 100_000
_WEB_PAGE = re.compile(
    rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|body)\b", re.IGNORECASE
)
_NULLS = sorted({form(w) for w in MISSING for form in (str, str.upper, str.title)})
_NULLS.append("NaN")


def require_path(path: Path, key: str) -> None:
    """Raise ConfigurationError naming the configuration key if path does not exist."""
    if not path.exists():
        raise ConfigurationError(f"{key}: no such file or folder: {path}")


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return " (did you mean 'x'?)" for the known word nearest to word, or nothing."""
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1)
    return f" (did you mean {by_lower[near[0]]!r}?)" if near else ""


class _Source:
    """The lines of a file, unpacked; refuses what the CSV parser would read wrongly.

    A quote that is never closed would swallow the lines after it, and NUL bytes are a
    sign of damage. size is that of the blocks which are read [bytes]; header is the
    first line that is not empty.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._path, self._size = path, size
        self._stream = Bounded(pa.input_stream(str(path), compression="detect"), path)
        self._quotes = 0
        self._head = self._block()
        line = re.search(rb"[^\r\n]+", self._head[: _HEADER_BYTES + 1])
        if line is None:
            raise DataError(f"{path}: the file has no header line")
        if _WEB_PAGE.match(line[0]):
            raise DataError(
                f"{path}: looks like a web page, not a CSV file: was the page about the"
                " file saved, or a message of an error? Download the file again"
            )
        if len(line[0]) > _HEADER_BYTES:
            raise DataError(
                f"{path}: its first line has more than {_HEADER_BYTES} bytes:"
                " not a CSV file with a header"
            )
        self.header, self._start = line[0], line.end()

    def _block(self) -> bytes:
        data = self._stream.read(self._size)
        if b"\x00" in data:
            raise DataError(
                f"{self._path}: has NUL bytes: not UTF-8 text, or damaged (a packed"
                " file needs the ending .gz)"
            )
        self._quotes += data.count(b'"')
        if len(data) < self._size and self._quotes % 2:
            raise DataError(f"{self._path}: a quotation mark is opened and not closed")
        return data

    def fields(self) -> tuple[str, list[str]]:
        """Return the mark between fields and the header's words, as they are."""
        words = self.header.decode("utf-8-sig", "replace")
        mark = max(",;\t", key=words.count)
        return mark, next(csv.reader([words], delimiter=mark))

    def lines(self) -> Iterator[bytes]:
        """Yield what follows the header, whole lines of about a block at a time."""
        data, held = self._head, self._head[self._start :]
        while len(data) == self._size:
            end = _end_of_lines(held)
            if end:
                yield held[:end]
            held = held[end:]
            if len(held) > self._size:
                raise DataError(
                    f"{self._path}: a line has more than {self._size} bytes: not a CSV"
                    " file, or a quotation mark is opened and not closed"
                )
            data = self._block()
            held += data
        yield held


def _end_of_lines(data: bytes) -> int:
    """Return the length of the whole lines that data, from such a one on, begins with.

    A line end between quotes is none.
    """
    end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
    if data.count(b'"', 0, end) % 2:
        quote = data.rfind(b'"', 0, end)
        end = max(data.rfind(b"\n", 0, quote), data.rfind(b"\r", 0, quote)) + 1
    return end


def header(path: Path) -> list[str]:
    """Return the column names of a CSV file, plain or gzipped."""
    try:
        return [name.strip() for name in _Source(path, _HEADER_BYTES + 1).fields()[1]]
    except (OSError, EOFError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error


def _positions(
    columns: list[str], wanted: Mapping[str, str], path: Path, key: str
) -> list[int]:
    """Return where the wanted columns are; each must be there once.

    wanted maps our name to the column of the file; key is the configuration key above.
    """
    for name, column in wanted.items():
        if column not in columns:
            known = textwrap.shorten(", ".join(columns), 500, placeholder=" ...")
            raise ConfigurationError(
                f"{key}.{name}: {path} has no column {column!r}"
                f"{suggestion(column, columns)}; its columns: {known}"
            )
        if columns.count(column) > 1:
            raise DataError(f"{path}: has the column {column!r} more than once")
    return [columns.index(column) for column in wanted.values()]


def read_text_columns(path: Path, wanted: Mapping[str, str], key: str) -> pd.DataFrame:
    """Return the wanted columns as stripped text under our names."""
    schema = pa.schema([(name, pa.string()) for name in wanted])
    batches = list(stream(path, wanted, wanted, key))
    text = pa.Table.from_batches(batches, schema).to_pandas()
    return text.apply(lambda column: column.str.strip())


def stream(
    path: Path, wanted: Mapping[str, str], text: Iterable[str], key: str
) -> Iterator[pa.RecordBatch]:
    """Yield the wanted columns of a CSV file block by block, under our names.

    Columns of our names in text are strings, the others float64 (null = missing).
    Columns that are not wanted are not parsed at all. A file without rows yields
    nothing.
    """
    n_read = 0
    try:
        source = _Source(path, _BLOCK_BYTES)
        mark, columns = source.fields()
        names = [name.strip() for name in columns]
        found = [columns[i] for i in _positions(names, wanted, path, key)]
        types = {
            column: pa.string() if name in text else pa.float64()
            for name, column in zip(wanted, found, strict=True)
        }
        for lines in source.lines():
            table = parse(b"\n".join([source.header, lines]), mark, types)
            n_read += table.num_rows
            yield from table.select(found).rename_columns(list(wanted)).to_batches()
    except (pa.ArrowException, OSError, EOFError) as error:
        raise DataError(f"{path}: {_explained(str(error), path, n_read)}") from error


def parse(data: bytes, mark: str, types: Mapping[str, pa.DataType]) -> pa.Table:
    """Return the columns in types of a header and lines.

    Arrow's own reader of blocks is not used: it reads ahead in a thread that outlives
    an error, and if Python ends meanwhile, it crashes.
    """
    return pa_csv.read_csv(
        pa.BufferReader(data),
        pa_csv.ReadOptions(use_threads=False, block_size=len(data) + 1),
        pa_csv.ParseOptions(delimiter=mark, newlines_in_values=True),
        pa_csv.ConvertOptions(
            include_columns=list(types), column_types=types, null_values=_NULLS
        ),
    )


def _explained(message: str, path: Path, n_read: int) -> str:
    """Say an error of the CSV parser, n_read rows on, in the words of the file."""
    row = re.search(r"Row #(\d+)", message)
    if row is None:
        return f"cannot be read: {message}"
    line = f"line {line_of(path, n_read + int(row[1]) - 1)}"
    if ragged := re.search(r"Expected (\d+) columns, got (\d+)", message):
        return f"{line}: {ragged[2]} fields, but the header has {ragged[1]}"
    found = re.search(r"column #(\d+):.*(invalid .*)", message, re.DOTALL)
    if found is None:
        return f"{line}: cannot be read: {message}"
    column = header(path)[int(found[1])]
    if value := re.search("invalid value '(.*)'", found[2], re.DOTALL):
        return f"{line}: column {column!r} has {value[1][:40]!r}, not a number"
    return f"{line}: column {column!r} is not UTF-8 text: convert the file to UTF-8"


def line_of(path: Path, record: int) -> int:
    """Return the line [1, 2, ...] on which a record begins; record 0 is the header.

    Blank lines are no records, and a record with line ends in quotes is longer than a
    line. Reads the file up to there: for messages only.
    """
    mark, _ = _Source(path, _HEADER_BYTES + 1).fields()
    opening: Callable[..., IO[Any]] = gzip.open if path.suffix == ".gz" else open
    kind = {"encoding": "utf-8-sig", "errors": "replace", "newline": ""}
    with opening(path, "rt", **kind) as text:
        rows = csv.reader(text, delimiter=mark)
        begin, seen = 1, -1
        try:
            for row in rows:
                seen += bool(row)
                if row and seen == record:
                    break
                begin = rows.line_num + 1
        except csv.Error as error:
            raise DataError(f"{path}: line {begin}: {error}") from error
    return begin
