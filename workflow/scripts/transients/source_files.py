"""The files that a data set is read from, and hashes of what is in them.

Hashes are kept between runs with what the file system says of each file, so that a file
is read for its hash once, and looked at from then on.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from transients.errors import StorageError
from transients.hashes import sha256_of
from transients.jobs import whole_outputs

if TYPE_CHECKING:
    from transients.readers import Dataset

log = logging.getLogger(__name__)

SETTLED_NS = 2_000_000_000
"""A file that changed less than this before it was hashed is hashed again next time:
clocks of file systems are so coarse (2 s on FAT) that it could change unseen."""

WORTH_SAYING = 2_000_000_000
"""Bytes that take so long to hash that the user is told [bytes]."""


class Known(NamedTuple):
    """The SHA-256 of a file, and how the file looked; ctime_ns is 0 if not settled.

    The change time (ctime) is the one that nobody can set back: a file of the same size
    and date as the one that it replaced has another.
    """

    sha256: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


def hashes_beside(name: str, files: object) -> str:
    """Return where hashes of files are kept from run to run; other files, elsewhere."""
    told = hashlib.sha256(str(files).encode()).hexdigest()[:8]
    return f".snakemake/source_files/{name}_{told}.json"


def files_below(paths: Iterable[Path]) -> list[Path]:
    """Return the files among paths and all files of the folders, those in order."""
    files: list[Path] = []
    for path in paths:
        below = [
            Path(folder, name)
            for folder, _, names in os.walk(path, followlinks=True)
            for name in names
        ]
        files += sorted(below) if path.is_dir() else [path]
    return [path for path in files if path.is_file()]


def file_hashes(dataset: Dataset, kept: Path | None = None) -> dict[str, str]:
    """Return the SHA-256 of the source files by path, folders file by file.

    Of a data set read in parts, each part answers for its share of the files. kept is
    the file of an earlier `contents`.
    """
    share = files_below(dataset.files.values())[dataset.part :: dataset.parts]
    return {path: known.sha256 for path, known in _known_of(share, _load(kept)).items()}


def contents(paths: Iterable[Path], kept: Path) -> str:
    """Return one hash of the contents of files and folders; note it all in `kept`.

    A path that is not there counts as it last was: what was fetched may be deleted when
    it has been read.
    """
    paths, before = list(paths), _load(kept)
    now = _known_of(files_below(paths), before)
    gone = [path for path in paths if not path.exists()]
    now |= {
        name: known
        for name, known in before.items()
        if any(Path(name).is_relative_to(path) for path in gone)
    }
    if now != before:
        _save(kept, now)
    named = sorted((name, known.sha256) for name, known in now.items())
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:32]


def changed(hashes: Mapping[str, str], kept: Path) -> list[Path]:
    """Return the files that no longer have these SHA-256, by path; note all in `kept`.

    Those that are gone are left out.
    """
    before = _load(kept)
    now = _known_of([path for path in map(Path, hashes) if path.is_file()], before)
    if now != before:
        _save(kept, now)
    return [Path(name) for name, known in now.items() if known.sha256 != hashes[name]]


def _known_of(paths: Iterable[Path], before: Mapping[str, Known]) -> dict[str, Known]:
    """Return what is known of each file by its path, reading those that look new."""
    looks = {str(path): path.stat() for path in paths}
    now = {
        path: before[path]
        for path, look in looks.items()
        if path in before and before[path][1:] == _look(look)
    }
    new = [path for path in looks if path not in now]
    _announce(sum(looks[path].st_size for path in new))
    began = time.time_ns()
    with ThreadPoolExecutor() as pool:
        for path, sha256 in zip(new, pool.map(sha256_of, map(Path, new)), strict=True):
            now[path] = _known(sha256, looks[path], began)
    return now


def _announce(n_bytes: int) -> None:
    if n_bytes > WORTH_SAYING:
        log.warning("reading %.0f GB of source files for their hashes", n_bytes / 1e9)


def _look(stat: os.stat_result) -> tuple[int, int, int, int]:
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


def _known(sha256: str, stat: os.stat_result, hashed_at: int) -> Known:
    settled = stat.st_ctime_ns < hashed_at - SETTLED_NS
    size, mtime, ctime, inode = _look(stat)
    return Known(sha256, size, mtime, ctime if settled else 0, inode)


def _load(kept: Path | None) -> dict[str, Known]:
    """Return what was kept; nothing where that cannot be read: it is hashed anew."""
    try:
        rows = json.loads(kept.read_text()) if kept else {}
        return {path: Known(*row) for path, row in rows.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _save(kept: Path, known: Mapping[str, Known]) -> None:
    """Keep what is known, whole; a folder that cannot be written to costs time only."""
    try:
        with whole_outputs(kept) as (draft,):
            draft.write_text(json.dumps(known))
    except (OSError, StorageError) as error:
        log.warning("hashes of source files are not kept: %s", error)
