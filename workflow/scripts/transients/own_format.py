"""Light curves in any format that a reader of the workflow takes, to be classified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from transients.configuration_check import broken
from transients.configuration_datasets import check_reading
from transients.configuration_values import check_values
from transients.errors import ConfigurationError
from transients.readers import Dataset, read
from transients.tables import SurveyTables

READERS = ("csv", "parquet", "plasticc", "snana", "ztf_forced_photometry")
"""Those that read files alone."""

CONFIG = Path(__file__).parents[3] / "config"
TAXONOMY = CONFIG / "taxonomy.csv"


def read_format(
    reader: str, path: Path, passbands: tuple[str, ...]
) -> Iterator[SurveyTables]:
    """Yield the light curves that a reader delivers.

    path is a YAML file: the reader's options as in a data set's section of its name,
    files relative to that file, and classes, those that its labels may have. Labels
    decide nothing else; objects whose label has no class are listed as left out.
    Raises ConfigurationError for options that a configuration might not have.
    """
    options = _options(path)
    if problems := _problems(reader, options, passbands):
        said = "".join(f"\n  - {problem}" for problem in problems)
        raise ConfigurationError(f"{path}: see config/data.md on {reader}:{said}")
    dataset = Dataset(
        name=path.stem,
        classes=tuple(options.pop("classes")),
        passbands=passbands,
        files=_files(options, path),
        taxonomy=TAXONOMY,
    )
    yield from read(reader, options, dataset)


def _problems(
    reader: str, options: Mapping[str, Any], passbands: tuple[str, ...]
) -> list[str]:
    """Return what is wrong with options, as data sets of a configuration are checked.

    The keys of what is said are those of the user's file.
    """
    section = {name: value for name, value in options.items() if name != "classes"}
    if isinstance(labels := section.get("class_map"), dict):  # may be numbers
        section["class_map"] = {str(label): name for label, name in labels.items()}
    dataset = {
        **{"title": "own", "real": True, "trigger": "two_detections"},
        **{"passbands": "model", "classes": options["classes"]},
        **{"reader": reader, reader: section},
    }
    config = {
        **{"datasets": {"own": dataset}, "data_dir": "."},
        "passbands": {"model": dict.fromkeys(passbands, 0)},
    }
    schema = yaml.safe_load((CONFIG / "schema.yaml").read_text(encoding="utf-8"))
    problems = (
        list(check_values(config))
        or broken(schema["$defs"]["dataset"] | {"$defs": schema["$defs"]}, dataset)
        or list(check_reading(config, "own", TAXONOMY))
    )
    return [
        problem.removeprefix("datasets.own.").removeprefix(f"{reader}.")
        for problem in problems
    ]


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
