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
from transients.source_files import changed_since, hashes_beside

DAMAGED = (OSError, ValueError, KeyError, TypeError)
"""How reading a result fails that is no longer whole: the job that needs it says so."""


class _Read(NamedTuple):
    """A result, and the SHA-256 by path of the fetched files that it was read from."""

    result: Path
    hashes: Mapping[str, str]


def require_as_read(config: Config) -> None:
    """Raise DataError naming the first fetched file that changed since it was read.

    Files that are gone are not missed: they may be deleted once they have been read.
    """
    for read in [*_data_sets(config), *_weights(config)]:
        kept = hashes_beside("fetched", read.result)
        for path in changed_since(read.result, read.hashes, Path(kept)):
            raise DataError(
                f"{path}: has changed since {read.result} was made of it; bring back"
                f" what it was, or delete {read.result} to have it read again"
            )


def _data_sets(config: Config) -> Iterator[_Read]:
    folder = Path(config["pathvars"]["results"]) / "data"
    for name in datasets_in_use(config):
        objects = folder / name / "objects.parquet"
        fetched = [Path(path) for path in _fetched(config, name)]
        if fetched and objects.is_file():
            hashes = _source_files(objects).items()
            yield _Read(objects, {p: h for p, h in hashes if _is_below(p, fetched)})


def _fetched(config: Config, dataset: str) -> list[str]:
    files = files_of(config, dataset)
    if config["datasets"][dataset]["reader"] == "alerce":
        return [files["light_curves"]]
    return list(files.values()) if download_of(config, dataset) else []


def _is_below(path: str, folders: list[Path]) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in folders)


def _source_files(objects: Path) -> dict[str, str]:
    """Return what a data set was read from; nothing where its table is damaged."""
    from transients.tables import read_provenance  # heavy, and seldom needed

    try:
        return read_provenance(objects)["source_files"]
    except DAMAGED:
        return {}


def _weights(config: Config) -> Iterator[_Read]:
    folder = Path(config["pathvars"]["results"]) / "sources"
    for name in sources_in_use(config):
        published = "weights" in config["sources"][name]
        if published and download_of_weights(config, name):
            for summary in sorted((folder / name).glob("seed*/summary.json")):
                yield _Read(summary, _hash_of(weights_file(config, name), summary))


def _hash_of(weights: str, summary: Path) -> dict[str, str]:
    try:
        return {weights: json.loads(summary.read_text())["sha256"]}
    except DAMAGED:
        return {}
