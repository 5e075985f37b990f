"""Node-local scratch: a job's input close to the processor that reads it often."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)


@contextmanager
def on_scratch(paths: Sequence[Path], scratch: str | None) -> Iterator[list[Path]]:
    """Yield copies of the files in one folder below `scratch`, gone at the end.

    Environment variables in `scratch` are those of the node. Without it the files are
    read where they are; so they are, with a warning, where scratch is full, missing or
    not writable: no job fails for it.
    """
    copies = _copies(paths, os.path.expandvars(scratch)) if scratch else None
    try:
        yield list(copies or paths)
    finally:
        if copies:
            shutil.rmtree(copies[0].parent, ignore_errors=True)


def _copies(paths: Sequence[Path], scratch: str) -> list[Path] | None:
    folder = None
    try:
        folder = Path(tempfile.mkdtemp(prefix="model_input-", dir=scratch))
        return [Path(shutil.copyfile(path, folder / path.name)) for path in paths]
    except OSError as error:
        log.warning("scratch is not used, input is read where it is: %s", error)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        return None
