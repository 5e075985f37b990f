"""SNANA data on disk: the HEAD/PHOT pairs of a folder, and the FITS table in a file.

Format: SNANA manual, section "FITS format": the primary HDU holds key words only, the
table is in HDU 1.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import tempfile
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
from astropy.io import fits
from numpy.typing import NDArray

from transients.bounded import Bounded
from transients.errors import DataError

_NAME = re.compile(r"(.+[_.-])(HEAD|PHOT)\.FITS(?:\.GZ)?", re.IGNORECASE)
_GZIP, _FITS = b"\x1f\x8b", b"SIMPLE"
_DAMAGE = ("File may have been truncated", "Error validating header")
_KINDS = {"a number": "fiu", "a whole number": "iu", "text": "Siu"}


@dataclass(frozen=True)
class Pair:
    """The two files of some objects: one row an object, and one an observation."""

    head: Path
    phot: Path

    @property
    def folder(self) -> str:
        """Name of the folder that holds the pair: often that of a model."""
        return self.head.absolute().parent.name


def find_pairs(folder: Path) -> list[Pair]:
    """Return the pairs in a folder and its subfolders, sorted by path.

    Raises DataError for a file without its partner, for a file that is there both
    plain and gzipped, and for a folder without pairs.
    """
    found: dict[tuple[Path, str], dict[str, Path]] = {}
    for parent, _, names in os.walk(folder, followlinks=True):
        for name in names:
            match = _NAME.fullmatch(name)
            if match is None or name.startswith("."):
                continue
            path, kind = Path(parent, name), match[2].upper()
            files = found.setdefault((Path(parent), match[1]), {})
            if kind in files:
                raise DataError(f"{path}: is also there as {files[kind]}: keep one")
            files[kind] = path
    if not found:
        raise DataError(f"{folder}: no pair of *_HEAD.FITS and *_PHOT.FITS (or .gz)")
    for files in found.values():
        if len(files) == 1:
            ((kind, path),) = files.items()
            missing = "PHOT" if kind == "HEAD" else "HEAD"
            raise DataError(
                f"{path}: its {missing} file is missing: the two go together"
            )
    pairs = [Pair(files["HEAD"], files["PHOT"]) for files in found.values()]
    return sorted(pairs, key=lambda pair: pair.head)


class Table:
    """The table of an open SNANA file; columns are read one by one, when asked for."""

    def __init__(self, path: Path, header: fits.Header, rows: fits.FITS_rec) -> None:
        self.path = path
        self._header = header
        self._rows = rows

    @property
    def row_bytes(self) -> int:
        """Width of a row as the columns have it."""
        return self._rows.dtype.itemsize

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, column: str) -> bool:
        return column in self._rows.names

    def key_word(self, name: str, default: float, largest: float) -> float:
        """Return a number of the file's first header, or default where it is not.

        Raises DataError for what is no number from 0 to largest.
        """
        try:
            value = self._header.get(name, default)
        except fits.VerifyError as error:
            raise DataError(f"{self.path}: key word {name}: {error}") from error
        if not (isinstance(value, int | float) and 0 <= value <= largest):
            raise DataError(
                f"{self.path}: key word {name} is {value!r}, not a number from 0 to"
                f" {largest}"
            )
        return value

    def bit(self, name: str, default: int) -> int:
        """Return the bit of a flag that a key word gives; 0 means not given."""
        return int(self.key_word(name, 0, 2**31 - 1)) or default

    def name_of(self, columns: Sequence[str]) -> str:
        """Return the first of some names of a column that the table has."""
        for column in columns:
            if column in self:
                return column
        raise DataError(
            f"{self.path}: no column {' or '.join(columns)}; its columns:"
            f" {', '.join(self._rows.names)}"
        )

    def numbers(self, *columns: str, kind: str = "a number") -> NDArray[Any]:
        """Return one column (n,), in the byte order of the machine."""
        name = self.name_of(columns)
        values = self._rows.field(name)
        self._require(name, values, kind)
        return np.ascontiguousarray(values, values.dtype.newbyteorder("="))

    def words(
        self, *columns: str, rows: NDArray[np.int64] | None = None
    ) -> tuple[list[str], NDArray[np.int32]]:
        """Return the distinct words of a text column, and each row's position (n,).

        rows chooses and orders rows. Padding is taken off; whole numbers become text.
        """
        name = self.name_of(columns)
        raw = self._rows.view(np.ndarray)[name]  # astropy's own text columns are slow
        self._require(name, raw, "text")
        if raw.dtype.kind != "S":  # as stored: unsigned ones have an offset, TZERO
            raw = self.numbers(name, kind="text")
        raw = raw if rows is None else raw[rows]
        if raw.dtype.kind != "S":
            numbers, codes = np.unique(raw, return_inverse=True)
            return [str(number) for number in numbers], codes.astype(np.int32)
        column = pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(raw.dtype.itemsize),
            len(raw),
            [None, pa.py_buffer(np.ascontiguousarray(raw))],
        ).dictionary_encode()
        try:
            texts = [word.decode("ascii") for word in column.dictionary.to_pylist()]
        except UnicodeDecodeError as error:
            raise DataError(
                f"{self.path}: column {name} is not ASCII text: {error}"
            ) from error
        texts = [text.partition("\x00")[0].strip() for text in texts]  # C strings
        return texts, column.indices.to_numpy()

    def _require(self, name: str, values: NDArray[Any], kind: str) -> None:
        if values.dtype.kind not in _KINDS[kind] or values.ndim != 1:
            shape = f" of {values.shape[1:]}" if values.ndim > 1 else ""
            raise DataError(
                f"{self.path}: column {name} holds {values.dtype.name}{shape},"
                f" not {kind}"
            )


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open the table of an SNANA file, memory-mapped; close it on leaving.

    A gzipped file is first decompressed to the folder for temporary files (TMPDIR).
    Raises DataError for what is not a whole FITS file with such a table.
    """
    with _plain(path) as plain, ExitStack() as stack:
        with warnings.catch_warnings():
            for message in _DAMAGE:
                warnings.filterwarnings("error", message)
            try:
                _require_fits(plain)
                file = stack.enter_context(
                    fits.open(plain, memmap=True, disable_image_compression=True)
                )
                hdu = file[1] if len(file) > 1 else file[0]
                # Images are not looked at: they may unpack to any size.
                rows = hdu.data if isinstance(hdu, fits.BinTableHDU) else None
                table = Table(path, file[0].header, rows)
                width = hdu.header.get("NAXIS1")
            except Exception as error:  # astropy says what it meets in many ways
                what = str(error).partition(" If this is")[0]  # advice on astropy
                raise DataError(f"{path}: not a whole FITS file: {what}") from error
        if rows is None:
            raise DataError(f"{path}: not an SNANA file: no binary table in HDU 1")
        if table.row_bytes != width:
            raise DataError(
                f"{path}: its header contradicts itself: the columns of a row take"
                f" {table.row_bytes} bytes, NAXIS1 says {width}"
            )
        yield table


def _require_fits(file: IO[bytes]) -> None:
    """Raise ValueError for what astropy would unpack first: without any limit."""
    if (begin := file.read(len(_FITS))) not in (b"", _FITS):
        raise ValueError(f"it begins with {begin!r}, not with {_FITS.decode()}")
    file.seek(0)


@contextmanager
def _plain(path: Path) -> Iterator[IO[bytes]]:
    """Open a file as it is, or decompressed if its content is gzipped.

    What is decompressed has no name, so that a process that is killed leaves nothing.
    """
    with ExitStack() as stack:
        try:
            plain: IO[bytes] = stack.enter_context(path.open("rb"))
            gzipped = plain.read(2) == _GZIP
            plain.seek(0)
        except OSError as error:
            raise DataError(f"{path}: cannot be read: {error}") from error
        if gzipped:
            scratch = stack.enter_context(tempfile.TemporaryFile(prefix="snana-"))
            try:
                with gzip.open(plain) as file:
                    shutil.copyfileobj(Bounded(file, path), scratch, 1 << 20)
                scratch.flush()
            except (OSError, EOFError, zlib.error) as error:
                raise DataError(f"{path}: cannot be decompressed: {error}") from error
            # astropy asks that what it only reads is open for reading alone.
            plain = stack.enter_context(os.fdopen(os.dup(scratch.fileno()), "rb"))
            plain.seek(0)
        yield plain
