"""The record of what was fetched: DATA_DIR/NAME.sha256, in the form of sha256sum.

Paths are relative to data_dir, so that `cd DATA_DIR && sha256sum -c NAME.sha256`
checks all. A file without a line in it is the user's own.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from transients.errors import DataError

log = logging.getLogger(__name__)

LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def record_path(data_dir: str | Path, name: str) -> Path:
    """Return where the record of a download is kept."""
    return Path(data_dir) / f"{name}.sha256"


def own_files(data_dir: str | Path, name: str, files: Iterable[str | Path]) -> bool:
    """Tell if all these files or folders are there, and none by a download `name`.

    Then there is nothing to fetch: the user brought the data.
    """
    fetched = record_path(data_dir, name).exists()
    return not fetched and all(Path(file).exists() for file in files)


class Record:
    """SHA-256 by path; a new line is on the disk before `add` returns."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self.in_use = False  # true from the first byte that arrives
        self.way_out = f"to have your own files taken, bring all and delete {path}"
        self._file = file
        self._lock = threading.Lock()
        self._sums = _read(path, file)

    def get(self, path: str) -> str | None:
        """Return the SHA-256 with which a file was fetched, None if it was not."""
        return self._sums.get(path)

    def add(self, path: str, sha256: str) -> None:
        """Note that a file was fetched."""
        self.in_use = True
        with self._lock:
            if self._sums.get(path) != sha256:
                self._sums[path] = sha256
                self._file.write(f"{sha256}  {path}\n")
                self._file.flush()
                os.fsync(self._file.fileno())


@contextmanager
def open_record(data_dir: Path, name: str) -> Iterator[Record]:
    """Open the record of a download for this process alone.

    A new one goes again if not a byte has arrived in the end, so that files brought
    by the user instead are taken for what they are. Raises DataError if another
    process has it open, it is damaged or data_dir cannot be written to.
    """
    path = record_path(data_dir, name)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        opened = path.open("a+")
    except OSError as error:
        raise DataError(
            f"data_dir {data_dir}: nothing can be written there ({error}); name another"
            " folder: --config data_dir=DIR"
        ) from error
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataError(f"{path}: another run is fetching it now") from None
        except OSError:  # a file system without locks
            log.info("%s: cannot be locked", path)
        record = Record(path, file)
        try:
            yield record
        finally:
            if is_new and not record.in_use:
                path.unlink()


def _read(path: Path, file: TextIO) -> dict[str, str]:
    """Read all lines, and cut off the beginning of one that a killed run left."""
    file.seek(0)
    text = file.read()
    whole, _, torn = text.rpartition("\n")
    if torn:
        file.truncate(len(text.encode()) - len(torn.encode()))
    sums = {}
    for number, line in enumerate(whole.split("\n") if whole else [], 1):
        parts = LINE.fullmatch(line)
        if parts is None:
            raise DataError(f"{path}: line {number} is not of the form of sha256sum")
        sums[parts[2]] = parts[1]
    return sums
