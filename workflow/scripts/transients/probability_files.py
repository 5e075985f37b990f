"""Tables that grow while light curves are classified: CSV, Parquet, standard output."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from transients.jobs import whole_outputs

STANDARD = "-"
SUFFIXES = (".csv", ".parquet")


class Growing(Protocol):
    """A table that is written portion by portion."""

    def write(self, rows: pd.DataFrame) -> None:
        """Append rows."""


class _Csv:
    def __init__(self, path: Path | None) -> None:
        self._path, self._begun = path, False

    def write(self, rows: pd.DataFrame) -> None:
        text = rows.to_csv(header=not self._begun, index=False)
        self._begun = True
        if self._path is None:
            print(text, end="", flush=True)
            return
        with self._path.open("a", encoding="utf-8") as file:
            file.write(text)


class _Parquet:
    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer

    def write(self, rows: pd.DataFrame) -> None:
        table = pa.Table.from_pandas(rows, preserve_index=False)
        self._writer.write_table(table.cast(self._writer.schema))


@contextmanager
def growing(path: str, columns: list[str]) -> Iterator[Growing]:
    """Yield a table of object_id and columns of numbers; it is there whole, or not.

    Without any row it has its header.
    """
    if path == STANDARD:
        yield _begun(_Csv(None), columns)
        return
    with whole_outputs(path) as (draft,):
        if draft.suffix != ".parquet":
            yield _begun(_Csv(draft), columns)
            return
        fields = [(name, pa.float32()) for name in columns[1:]]
        schema = pa.schema([("object_id", pa.string()), *fields])
        with pq.ParquetWriter(draft, schema) as writer:
            yield _Parquet(writer)


def _begun(table: _Csv, columns: list[str]) -> _Csv:
    table.write(pd.DataFrame(columns=columns))
    return table
