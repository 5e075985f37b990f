"""Files read from data_dir are those that were fetched: none changed, none missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from transients.errors import DataError
from transients.fetching.record import record_path


def require_unchanged(
    table: str | Path,
    data_dir: str | Path,
    files: Iterable[Path],
    hashes: Mapping[str, str],
) -> None:
    """Raise DataError naming the first file that is no longer as it was fetched.

    table is the CSV of a download (downloads.COLUMNS), files are the files and folders
    that a data set is read from, hashes the SHA-256 by path of those files, or of a
    share of them. Files that the download does not list, as those of its archives,
    are not judged.
    """
    read = [file.resolve() for file in files]
    listed = pd.read_csv(table, usecols=["path", "sha256"], dtype=str)
    found = {Path(path).resolve(): sha256 for path, sha256 in hashes.items()}
    again = (
        "run with `--forcerun fetch` to have it fetched again, or, to have your own"
        f" files taken, bring all and delete {record_path(data_dir, Path(table).stem)}"
    )
    for name, sha256 in listed.itertuples(index=False):
        path = (Path(data_dir) / name).resolve()
        if not any(path.is_relative_to(file) for file in read):
            continue
        if not path.exists():
            raise DataError(f"{path}: was fetched, but is missing now; {again}")
        if found.get(path, sha256) != sha256:
            raise DataError(
                f"{path}: has changed after it was fetched; delete it and {again}"
            )
