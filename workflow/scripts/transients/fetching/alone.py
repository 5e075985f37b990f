"""One process at a time where several change the same file."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Run the body while no other process is in one for this path, waiting if need be.

    A lock file stands beside the path meanwhile. A killed process holds no lock, and
    what it has left is taken over. Where the file system knows no locks, nothing waits.
    """
    lock = path.with_name(f".{path.name}.lock")
    with _locked(lock):
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def _locked(lock: Path) -> IO[str]:
    """Open the file and lock it until it is closed."""
    while True:
        file = lock.open("w")
        with suppress(OSError):  # no locks here
            fcntl.flock(file, fcntl.LOCK_EX)
        # Who held it before has removed it: others may lock a new file of this name.
        if _is_there(file, lock):
            return file
        file.close()


def _is_there(file: IO[str], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
