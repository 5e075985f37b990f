"""The photometry of a data set, read as whole light curves in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from transients.errors import DataError
from transients.tables import LIGHT_CURVES

BUFFER_BYTES = 1 << 20
"""Read at a time of each column; without a limit, a whole row group is."""

COLUMNS = tuple(LIGHT_CURVES.names[1:])
"""What there is of each observation, its object_id apart."""


@dataclass(frozen=True)
class LightCurves:
    """Light curves of n objects that follow one another, N observations in all.

    first is the row of the first of them in the object table; observations of object
    i are offsets[i] to offsets[i + 1]; offsets (n + 1,). mjd [d], passband (a number
    for each), flux and flux_err [FLUXCAL], detected: (N,).
    """

    first: int
    offsets: NDArray[np.int64]
    mjd: NDArray[np.float64]
    passband: NDArray[Any]
    flux: NDArray[np.float32]
    flux_err: NDArray[np.float32]
    detected: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def objects(self) -> slice:
        """Their rows in the object table."""
        return slice(self.first, self.first + len(self))

    def part(self, start: int, stop: int) -> LightCurves:
        """Return light curves start to stop, without a copy."""
        offsets = self.offsets[start : stop + 1]
        rows = slice(offsets[0], offsets[-1])
        columns = [getattr(self, name)[rows] for name in COLUMNS]
        return LightCurves(self.first + start, offsets - offsets[0], *columns)


def whole_light_curves(
    path: str | Path,
    names: pa.StringArray,
    passbands: Mapping[str, Any],
    batch_rows: int,
) -> Iterator[LightCurves]:
    """Yield the light curves of a file of tables.LIGHT_CURVES, in portions.

    names (n,) is the object_id of the object table, passbands the number that is
    wanted for each passband. Memory is bounded by batch_rows, the observations that
    are read at a time, and the longest light curve. Raises DataError if the light
    curves are not those of the object table, in its order.
    """
    pieces: list[LightCurves] = []  # of the light curve that the last batch ended in
    for curves in _batches(path, names, passbands, batch_rows):
        if pieces and curves.first == pieces[0].first:
            pieces.append(curves.part(0, 1))
            curves = curves.part(1, len(curves))
        if len(curves):
            if pieces:
                yield _joined(pieces)
            if len(curves) > 1:
                yield curves.part(0, len(curves) - 1)
            pieces = [curves.part(len(curves) - 1, len(curves))]
    if pieces:
        yield _joined(pieces)


def _joined(pieces: list[LightCurves]) -> LightCurves:
    """Return one light curve of its pieces."""
    columns = [np.concatenate([getattr(p, name) for p in pieces]) for name in COLUMNS]
    return LightCurves(pieces[0].first, np.array([0, len(columns[0])]), *columns)


def _batches(
    path: str | Path,
    names: pa.StringArray,
    passbands: Mapping[str, Any],
    batch_rows: int,
) -> Iterator[LightCurves]:
    """Yield all light curves, of which batches cut the first and the last."""
    seen = 0
    words = ["object_id", "passband"]
    with pq.ParquetFile(
        path, read_dictionary=words, pre_buffer=False, buffer_size=BUFFER_BYTES
    ) as file:
        for batch in file.iter_batches(batch_rows, use_threads=False):
            owners, offsets = _runs(batch["object_id"])
            first = seen - int(seen > 0 and owners[0] == names[seen - 1])
            if not owners.equals(names.slice(first, len(owners))):
                raise _foreign(path)
            seen = first + len(owners)
            yield LightCurves(
                first,
                offsets,
                batch["mjd"].to_numpy(),
                _numbers(batch["passband"], passbands),
                batch["flux"].to_numpy(),
                batch["flux_err"].to_numpy(),
                batch["detected"].to_numpy(zero_copy_only=False),
            )
    if seen < len(names):
        raise _foreign(path)


def _foreign(path: str | Path) -> DataError:
    return DataError(
        f"{path}: its light curves are not those of the object table beside it, in the"
        " order of that table: delete both files, and they are made again"
    )


def _runs(column: pa.DictionaryArray) -> tuple[pa.StringArray, NDArray[np.int64]]:
    """Return the word of each run of equal ones, (n,), and where they are, (n + 1,)."""
    codes = column.indices.to_numpy()
    starts = np.append(0, np.flatnonzero(codes[1:] != codes[:-1]) + 1)
    words = column.dictionary.take(pa.array(codes[starts]))
    return words, np.append(starts, len(codes))


def _numbers(column: pa.DictionaryArray, numbers: Mapping[str, Any]) -> NDArray[Any]:
    """Return the number of each word, (N,)."""
    of_code = np.array([numbers[word] for word in column.dictionary.to_pylist()])
    return of_code.take(column.indices.to_numpy())
