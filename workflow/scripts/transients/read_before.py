"""Fetched files are still those that the present results were read from.

A user's own files are read again when they change. Those that were fetched do not
change by themselves, so a run stops.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from transients.configuration import (
    Config,
    datasets_in_use,
    download_of,
    download_of_weights,
    files_of,
    sources_in_use,
    weights_file,
)
from transients.errors import DataError
from transients.readers.alerce.files import MISSING
from transients.source_files import changed, hashes_beside

DAMAGED = (OSError, ValueError, KeyError, TypeError)
"""How reading a result fails that is no longer whole: the job that needs it says so."""


class _Read(NamedTuple):
    """A result, and the SHA-256 by path of the fetched files that it was read from.

    record says what was fetched, and is an input of the result.
    """

    result: Path
    record: Path
    hashes: Mapping[str, str]


def require_as_read(config: Config) -> None:
    """Raise DataError naming the first fetched file that changed since it was read.

    Files that are gone are not missed: they may be deleted once they have been read.
    What has been fetched again since is not judged: it will be read.
    """
    for read in [*_data_sets(config), *_weights(config)]:
        if _is_newer(read.record, read.result):
            continue
        kept = hashes_beside("fetched", read.result)
        for path in changed(read.hashes, Path(kept)):
            raise DataError(
                f"{path}: has changed since {read.result} was made of it; bring back"
                f" what it was; or, to have it read again, delete {read.result} and"
                f" ask for it by name: snakemake {read.result} all"
            )


def _is_newer(record: Path, result: Path) -> bool:
    return record.exists() and record.stat().st_mtime_ns > result.stat().st_mtime_ns


def _data_sets(config: Config) -> Iterator[_Read]:
    results = Path(config["pathvars"]["results"])
    for name in datasets_in_use(config):
        objects = results / "data" / name / "objects.parquet"
        if not objects.is_file():
            continue
        if config["datasets"][name]["reader"] == "alerce":
            folder = Path(files_of(config, name)["light_curves"])
            hashes = _below([folder], _source_files(objects))
            hashes.pop(str(folder / MISSING), None)  # later fetches add to it
            yield _Read(objects, objects.with_name("alerce.csv"), hashes)
        elif download := download_of(config, name):
            files = [Path(path) for path in files_of(config, name).values()]
            record = results / "downloads" / f"{download}.csv"
            yield _Read(objects, record, _below(files, _source_files(objects)))


def _below(folders: list[Path], hashes: Mapping[str, str]) -> dict[str, str]:
    return {
        path: sha256
        for path, sha256 in hashes.items()
        if any(Path(path).is_relative_to(folder) for folder in folders)
    }


def _source_files(objects: Path) -> dict[str, str]:
    """Return what a data set was read from; nothing where its table is damaged."""
    from transients.tables import read_provenance  # heavy, and seldom needed

    try:
        return read_provenance(objects)["source_files"]
    except DAMAGED:
        return {}


def _weights(config: Config) -> Iterator[_Read]:
    results = Path(config["pathvars"]["results"])
    for name in sources_in_use(config):
        published = "weights" in config["sources"][name]
        download = download_of_weights(config, name) if published else None
        if download is None:
            continue
        record = results / "downloads" / f"{download}.csv"
        for summary in sorted(results.glob(f"sources/{name}/seed*/summary.json")):
            hashes = _hash_of(weights_file(config, name), summary)
            yield _Read(summary, record, hashes)


def _hash_of(weights: str, summary: Path) -> dict[str, str]:
    try:
        return {weights: json.loads(summary.read_text())["sha256"]}
    except DAMAGED:
        return {}
