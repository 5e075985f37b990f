"""Folders that cannot be written to: disks that are full, read-only or another's."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from transients.errors import StorageError

FULL = {errno.ENOSPC, errno.EDQUOT}
CLOSED = {errno.EROFS, errno.EACCES, errno.EPERM}

BLOCK = 4096  # [bytes]; a file that grows takes no less
MAKE_ROOM = "make room there and give the same command again: what was finished is kept"
LOCK = ".in_use"


@contextmanager
def writing_to(folder: str | Path) -> Iterator[None]:
    """Turn the errors of a full disk or a closed folder into a StorageError.

    Some libraries tell a full disk without its number (numpy, HDF5), so then the disk
    is looked at. Any other error is left as it is.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        number = getattr(error, "errno", None)
        if number in FULL or (number is None and _is_full(Path(folder))):
            raise StorageError(f"{folder}: the disk is full: {MAKE_ROOM}") from error
        if number in CLOSED:
            where = getattr(error, "filename", None) or folder
            raise StorageError(
                f"{where}: {os.strerror(number).lower()}: make it accessible, or name"
                " another folder in the configuration (for results pathvars.results)"
            ) from error
        raise


def require_writable(folder: str | Path, way_out: str) -> None:
    """Raise StorageError if nothing can be written to a folder, made or yet to be made.

    way_out says how to name another one.
    """
    existing = Path(folder).absolute()
    while not existing.exists():
        existing = existing.parent
    if not (existing.is_dir() and os.access(existing, os.W_OK)):
        raise StorageError(
            f"{existing}: nothing can be written there: make it a writable folder, or"
            f" write elsewhere with {way_out}"
        )
    if _is_full(existing):
        raise StorageError(f"{existing}: the disk is full: {MAKE_ROOM}")


def claim(folder: str | Path) -> TextIO:
    """Keep other runs out of a folder for as long as the returned file is open.

    Raises StorageError if another run has it. The claim ends with this process,
    however it ends; where the file system has no locks there is none.
    """
    path = Path(folder, LOCK)
    with writing_to(folder):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise StorageError(
            f"{folder}: another run writes its results there now: wait for its end, or"
            " name another folder: --config 'pathvars={results: DIR}'"
        ) from None
    except OSError:
        pass
    return file


def _is_full(folder: Path) -> bool:
    disk = shutil.disk_usage(folder)
    return disk.total > 0 and disk.free < BLOCK
