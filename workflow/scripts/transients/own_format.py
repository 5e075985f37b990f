"""Light curves in any format that a reader of the workflow takes, to be classified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from transients.configuration_datasets import check_reading
from transients.configuration_schema import broken_definition, read_yaml
from transients.configuration_values import check_values
from transients.errors import ConfigurationError
from transients.new_light_curves import UNLABELLED
from transients.readers import Dataset, read
from transients.tables import SurveyTables

READERS = ("csv", "parquet", "plasticc", "snana", "ztf_forced_photometry")
"""Those that read files alone."""

WITH_CLASS_MAP = set(READERS) - {"parquet"}

NO_TAXONOMY = Path()


def read_format(
    reader: str, path: Path, passbands: tuple[str, ...]
) -> Iterator[SurveyTables]:
    """Yield the light curves that a reader delivers.

    path is a YAML file: the reader's options as in a data set's section of its name,
    files relative to that file. Labels are not looked at: what says where they are may
    be left out. Raises ConfigurationError for options that a configuration might not
    have.
    """
    options = _without_labels(reader, _options(path))
    if problems := _problems(reader, options, passbands):
        said = "".join(f"\n  - {problem}" for problem in problems)
        raise ConfigurationError(f"{path}: see config/data.md on {reader}:{said}")
    dataset = Dataset(
        name=path.stem,
        classes=(UNLABELLED,),
        passbands=passbands,
        files=_files(options, path),
        taxonomy=NO_TAXONOMY,
        labelled=False,
    )
    yield from read(reader, options, dataset)


def _without_labels(reader: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with what the schema wants on labels, and nothing in it."""
    labels = {"class_map", "classes"}
    if reader == "snana" and not options.get("model_in_id"):
        labels.add("model")
    there = {name: value for name, value in options.items() if name not in labels}
    if reader in WITH_CLASS_MAP:
        there["class_map"] = {}
    if isinstance(columns := there.get("labels"), dict):
        there["labels"] = {**columns, "class": ""}
    return there


def _problems(
    reader: str, options: Mapping[str, Any], passbands: tuple[str, ...]
) -> list[str]:
    """Return what is wrong with options, as data sets of a configuration are checked.

    The keys of what is said are those of the user's file.
    """
    dataset = {
        **{"title": "own", "real": True, "trigger": "two_detections"},
        **{"passbands": "model", "classes": [UNLABELLED]},
        **{"reader": reader, reader: dict(options)},
    }
    config = {
        **{"datasets": {"own": dataset}, "data_dir": "."},
        "passbands": {"model": dict.fromkeys(passbands, 0)},
    }
    problems = (
        list(check_values(config))
        or broken_definition("dataset", dataset)
        or list(check_reading(config, "own", NO_TAXONOMY))
    )
    return [
        problem.replace("datasets.own.passbands", "the model's passbands")
        .removeprefix("datasets.own.")
        .removeprefix(f"{reader}.")
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
    options = read_yaml(path)
    if not isinstance(options, dict):
        raise ConfigurationError(
            f"{path}: give the options of the reader, as in config/data.md"
        )
    return options
