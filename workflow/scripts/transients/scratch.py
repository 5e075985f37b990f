"""Node-local scratch: a job's input close to the processor that reads it often."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

log = logging.getLogger(__name__)


PREFIX = "model_input-"
IN_USE = "in_use"  # a file that is locked as long as the job or a worker of it lives


@contextmanager
def on_scratch(paths: Sequence[Path], scratch: str | None) -> Iterator[list[Path]]:
    """Yield copies of the files in one folder below `scratch`, gone at the end.

    Environment variables in `scratch` are those of the node. Without it the files are
    read where they are; so they are, with a warning, where scratch is full, missing or
    not writable: no job fails for it. What killed jobs have left there goes, too.
    """
    if not scratch:
        yield list(paths)
        return
    node = Path(os.path.expandvars(scratch))
    with ExitStack() as stack:
        yield _copies(paths, node, stack) or list(paths)


def _copies(paths: Sequence[Path], node: Path, stack: ExitStack) -> list[Path] | None:
    try:
        _remove_abandoned(node)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=node))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        fcntl.flock(stack.enter_context((folder / IN_USE).open("w")), fcntl.LOCK_SH)
        return [Path(shutil.copyfile(path, folder / path.name)) for path in paths]
    except OSError as error:
        log.warning("scratch is not used, input is read where it is: %s", error)
        stack.close()
        return None


def _remove_abandoned(node: Path) -> None:
    """Remove the copies that no living process uses."""
    for lock in node.glob(f"{PREFIX}*/{IN_USE}"):
        with suppress(OSError), lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)
