"""The mark of a complete download, DATA_DIR/NAME.complete.json: asked for, and come.

With it, a download whose files are all there needs no network: not its listing, and
not what the address publishes of the files by now.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from transients.errors import DataError
from transients.fetching.listings import RemoteFile
from transients.fetching.paths import safe_path
from transients.jobs import whole_outputs

log = logging.getLogger(__name__)

NOT_A_MARK = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


def files_of_complete(
    data_dir: Path, name: str, options: Mapping[str, Any]
) -> list[RemoteFile] | None:
    """Return the files of a download that was completed with the same options.

    Their sizes and checksums are those with which they came. None if one of them, or
    the mark itself, is not there any more.
    """
    try:
        mark = json.loads(_path(data_dir, name).read_text())
        files = [
            RemoteFile(
                safe_path(f["path"], _path(data_dir, name)),
                *(f["address"], f["bytes"], (f"sha256:{f['sha256']}",)),
            )
            for f in mark["files"]
        ]
        same = mark["options"] == _asked_for(options)
    except (*NOT_A_MARK, DataError) as error:
        log.info("%s is not known to be complete: %r", name, error)
        return None
    there = all((data_dir / file.path).exists() for file in files)
    return files if same and there else None


def mark_complete(
    data_dir: Path, name: str, options: Mapping[str, Any], table: pd.DataFrame
) -> None:
    """Note that all files of a download, those of the table, are there."""
    mark = {"options": _asked_for(options), "files": table.to_dict("records")}
    with whole_outputs(_path(data_dir, name)) as (draft,):
        draft.write_text(json.dumps(mark, indent=1))


def _path(data_dir: Path, name: str) -> Path:
    return data_dir / f"{name}.complete.json"


def _asked_for(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that decide which files come."""
    return {key: options[key] for key in options if key != "connections"}
