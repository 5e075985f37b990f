"""Folders for what is not finished: one for each process, and none taken from another.

A job may outlive the Snakemake that started it, or the connection to it, and then makes
the same outputs as the job of a resumed run. So processes share a folder, in which each
has one of its own, and hold its lock together; only who can have the lock alone clears
what killed processes have left.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TextIO

LOCK = ".lock"
TRIES = 100  # where others come and go, or a file system tells of two files for one


@contextmanager
def draft_in(shared: Path) -> Iterator[Path]:
    """Yield a new folder in a shared one; remove it at the end, and what is abandoned.

    The shared folder goes with its last draft. Where the file system has no locks
    nobody can tell whether another draft is abandoned: it stays. Raises OSError if no
    folder can be made.
    """
    lock, draft = _enter(shared)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        _leave(shared, lock)


def remove_abandoned(shared: Path) -> None:
    """Remove a shared folder if no living process has a draft in it."""
    with suppress(OSError):
        _leave(shared, _opened(shared))


def _enter(shared: Path) -> tuple[TextIO, Path]:
    """Hold the lock of a shared folder and make a draft in it.

    Another process may remove the folder meanwhile, as its last: then it is made again.
    """
    for tries_left in reversed(range(TRIES)):
        shared.mkdir(exist_ok=True)
        with suppress(FileNotFoundError), ExitStack() as stack:
            lock = stack.enter_context(_opened(shared))
            _lock(lock, fcntl.LOCK_SH)
            if _is_present(shared, lock) or not tries_left:
                draft = Path(tempfile.mkdtemp(dir=shared))
                stack.pop_all()
                return lock, draft
    raise FileNotFoundError(errno.ENOENT, "is removed again and again", str(shared))


def _opened(shared: Path) -> TextIO:
    """Open the lock for reading, too: NFS shares none that can only be written."""
    return (shared / LOCK).open("a+")


def _is_present(shared: Path, lock: TextIO) -> bool:
    """Say whether this lock is the one that others see, not one that was removed."""
    return os.path.samestat(os.fstat(lock.fileno()), (shared / LOCK).stat())


def _lock(lock: TextIO, operation: int) -> bool | None:
    """Whether a lock could be had or left; None where the file system has no locks."""
    try:
        fcntl.flock(lock, operation)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _leave(shared: Path, lock: TextIO) -> None:
    """Leave a shared folder, and remove it if it is empty then.

    Once the lock is closed: NFS keeps in the folder what is removed while it is open.
    """
    with lock:
        _clear(shared, lock)
    with suppress(OSError):
        shared.rmdir()


def _clear(shared: Path, lock: TextIO) -> None:
    """Empty a shared folder unless another process has, or may have, a draft in it.

    The lock goes after the drafts: who comes meanwhile waits for it, sees that it is
    gone and begins anew. It is left, not only closed: forked workers hold it open, too.
    """
    with suppress(OSError):
        alone = _lock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        drafts = [path for path in shared.iterdir() if path.name != LOCK]
        if _is_present(shared, lock) and (alone or (alone is None and not drafts)):
            for draft in drafts:
                shutil.rmtree(draft, ignore_errors=True)
            (shared / LOCK).unlink()
    _lock(lock, fcntl.LOCK_UN)
