"""Read named columns of CSV files; say which file, column and line is wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from transients.errors import ConfigurationError, DataError

MISSING = frozenset({"", "-", "--", "nan", "na", "n/a", "none", "null"})
"""Words (in lower case) that stand for a missing number."""

_BLOCK_BYTES = 1 << 24
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


def header(path: Path) -> list[str]:
    """Return the column names of a CSV file, plain or gzipped."""
    try:
        return list(pd.read_csv(path, nrows=0, encoding="utf-8-sig").columns)
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        raise DataError(f"{path}: the file has no header line") from error
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error


def require_columns(path: Path, wanted: Mapping[str, str], key: str) -> None:
    """Raise ConfigurationError for the first wanted column that a CSV file lacks.

    wanted maps our name to the column of the file; key is the configuration key above.
    """
    columns = header(path)
    for name, column in wanted.items():
        if column not in columns:
            raise ConfigurationError(
                f"{key}.{name}: {path} has no column {column!r}"
                f"{suggestion(column, columns)}; its columns: {', '.join(columns)}"
            )


def read_text_columns(path: Path, wanted: Mapping[str, str], key: str) -> pd.DataFrame:
    """Return the wanted columns as stripped text under our names."""
    require_columns(path, wanted, key)
    try:
        text = pd.read_csv(
            path,
            dtype=str,
            keep_default_na=False,
            usecols=sorted(set(wanted.values())),
            encoding="utf-8-sig",
        )
    except (OSError, EOFError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    return pd.DataFrame(
        {name: text[column].str.strip() for name, column in wanted.items()}
    )


def stream(
    path: Path, wanted: Mapping[str, str], text: Iterable[str], key: str
) -> Iterator[pa.RecordBatch]:
    """Yield the wanted columns of a CSV file block by block, under our names.

    Columns of our names in text are strings, the others float64 (null = missing).
    Columns that are not wanted are not parsed at all. An empty file yields nothing.
    """
    types = {
        column: pa.string() if name in text else pa.float64()
        for name, column in wanted.items()
    }
    convert = pa_csv.ConvertOptions(
        include_columns=list(wanted.values()), column_types=types, null_values=_NULLS
    )
    reading = pa_csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES)
    try:
        with pa_csv.open_csv(path, reading, convert_options=convert) as batches:
            for batch in batches:
                yield batch.rename_columns(list(wanted))
    except pa.ArrowKeyError as error:
        require_columns(path, wanted, key)
        raise DataError(f"{path}: cannot be read: {error}") from error
    except (pa.ArrowInvalid, OSError) as error:
        if "Empty CSV file" not in str(error):
            raise DataError(f"{path}: {_explained(str(error), path)}") from error


def _explained(message: str, path: Path) -> str:
    """Say an error of the CSV parser in the words of the file."""
    found = re.search(r"column #(\d+): Row #(\d+).*invalid value '(.*)'", message)
    if found is None:
        return f"cannot be read: {message}"
    column = header(path)[int(found[1])]
    return f"line {found[2]}: column {column!r} has {found[3]!r}, not a number"
