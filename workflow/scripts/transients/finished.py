"""Finished units, kept beside their outputs so that an interrupted job goes on.

Snakemake removes all outputs of a job that fails, and makes all of them anew when one
is missing. A job that several units share would so lose the finished ones; it takes
them from here instead. A unit's key is a hash of everything that its result depends
on, so what is kept is never mistaken for the result of another configuration, of other
data or other code, and it may come from another machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from transients.disks import writing_to
from transients.drafts import draft_in, remove_abandoned
from transients.hashes import sha256_of

COMPUTES = ("keras", "numpy", "pandas", "scikit-learn")
"""Packages that decide the bits of a result, beside the backend of Keras."""

UNFINISHED = ".unfinished-results"  # in a unit's folder

OBJECT_ID = re.compile(rb'"shared_object_id": \d+')


def unit_key(
    described: Mapping[str, Any], files: Iterable[Path], packages: Iterable[str]
) -> str:
    """Return the key of a result that follows from a description and from files.

    described must be made of what JSON can hold; files count by their content, packages
    by their version.
    """
    parts = {
        "described": described,
        "files": [content_hash(path) for path in files],
        "versions": {package: version(package) for package in packages},
    }
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@cache
def content_hash(path: Path) -> str:
    """Return the hash of what a file says, read once in a process.

    Of a saved network only layers and weights count: the file also tells when it was
    saved, and where in memory its objects were.
    """
    if not zipfile.is_zipfile(path):
        return sha256_of(path)
    with zipfile.ZipFile(path) as saved:
        layers = OBJECT_ID.sub(b"", saved.read("config.json"))
        return hashlib.sha256(layers + saved.read("model.weights.h5")).hexdigest()


def is_finished(folder: Path, key: str) -> bool:
    """Whether the result with this key is kept in a unit's folder."""
    return (folder / key).is_dir()


@contextmanager
def keeping(folder: Path, key: str) -> Iterator[Path]:
    """Yield a folder to write a unit's files to, and keep it whole at the end.

    It gets its name in one step, when all is written; a body that fails leaves
    nothing. Whatever else the unit's folder holds then goes: results under other keys
    are out of date, and unfinished ones are of a process that was killed. Only what a
    twin is writing stays (a job may outlive the Snakemake that submitted it). Of twins
    the first one's result stays, and the other, whose body may fail for it where nodes
    do not see each other's locks, goes on with that.
    """
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with draft_in(folder / UNFINISHED) as draft:
                with writing_to(folder):  # now, before its end has made room
                    yield draft
                draft.chmod(0o755)  # mkdtemp lets nobody else in
                draft.rename(folder / key)
        except OSError:
            if not is_finished(folder, key):
                raise
    _keep_only(folder, key)


def _keep_only(folder: Path, key: str) -> None:
    """Remove what else a unit's folder holds, but for what a living process writes."""
    remove_abandoned(folder / UNFINISHED)
    for other in folder.iterdir():
        if other.name not in (key, UNFINISHED):
            shutil.rmtree(other, ignore_errors=True)


def copy_out(folder: Path, key: str, drafts: Iterable[Path]) -> None:
    """Put the kept files of these names at the given paths, without copying bytes.

    Where the file system has no hard links, bytes are copied.
    """
    _keep_only(folder, key)  # it may have been killed before it came to that
    for draft in drafts:
        kept = folder / key / draft.name
        try:
            os.link(kept, draft)
        except OSError:
            shutil.copyfile(kept, draft)
        os.utime(draft)  # made now, as Snakemake compares it with its inputs
