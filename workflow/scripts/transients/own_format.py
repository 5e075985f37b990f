"""Light curves in any format that a reader of the workflow takes, to be classified."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from transients.errors import ConfigurationError
from transients.readers import Dataset, read
from transients.tables import SurveyTables

READERS = ("csv", "parquet", "plasticc", "snana", "ztf_forced_photometry")
"""Those that read files alone."""

TAXONOMY = Path(__file__).parents[3] / "config" / "taxonomy.csv"


def read_format(
    reader: str, path: Path, passbands: tuple[str, ...]
) -> Iterator[SurveyTables]:
    """Yield the light curves that a reader delivers.

    path is a YAML file: the reader's options as in a data set's section of its name,
    files relative to that file, and classes, those that its labels may have. Labels
    decide nothing else; objects of other classes, or of none, are listed as left out.
    """
    options = _options(path)
    dataset = Dataset(
        name=path.stem,
        classes=tuple(options.pop("classes")),
        passbands=passbands,
        files=_files(options, path),
        taxonomy=TAXONOMY,
    )
    try:
        yield from read(reader, options, dataset)
    except KeyError as error:
        raise ConfigurationError(
            f"{path}: the reader {reader} needs the option {error}: see"
            " config/README.md"
        ) from error


def files_read(path: Path) -> set[Path]:
    """Return what read_format reads: the YAML file and those that it names."""
    return {path, *_files(_options(path), path).values()}


def _files(options: dict[str, Any], path: Path) -> dict[str, Path]:
    given = options.get("files", {})
    if not isinstance(given, dict) or not all(
        isinstance(file, str) for file in given.values()
    ):
        raise ConfigurationError(f"{path}: files: give each file by its name")
    return {name: path.parent / file for name, file in given.items()}


def _options(path: Path) -> dict[str, Any]:
    try:
        options = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path}: cannot be read as YAML: {error}") from error
    if not isinstance(options, dict) or not isinstance(options.get("classes"), list):
        raise ConfigurationError(
            f"{path}: give the options of the reader, and classes: [...], those that"
            " the labels may have"
        )
    return options
