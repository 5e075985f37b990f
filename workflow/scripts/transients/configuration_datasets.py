"""Check the data sets and weights in use before anything is fetched or read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from os.path import normpath
from pathlib import Path

from transients.configuration import (
    Config,
    datasets_in_use,
    download_of,
    download_of_weights,
    files_of,
    sources_in_use,
    weights_file,
)
from transients.errors import TransientsError
from transients.readers import Dataset, csv
from transients.readers.observations import check_passbands
from transients.readers.tabular import require_path, suggestion
from transients.readers.taxonomy import read_class_map

WITH_TRIGGER = ("snana", "parquet", "ztf_forced_photometry")
"""The readers that deliver a survey's own trigger."""

WILDCARD = re.compile(r"\{\s*[.\w]+\s*(,([^{}]|\{\d+(,\d+)?\})*)?\}")
"""What Snakemake takes for a wildcard in the path of an input, {{name}} included."""


def check_datasets(config: Config, taxonomy: Path) -> Iterator[str]:
    """Yield what is wrong with the data sets in use, in the words of their readers."""
    for name in datasets_in_use(config):
        if config["data_dir"] is not None:
            yield from _check_files(config, name)
        elif files_of(config, name):
            yield (
                f"data_dir: data set {name!r} is read from files, so say where they"
                " are: --config data_dir=DIR"
            )
        yield from check_reading(config, name, taxonomy)


def check_weights(config: Config) -> Iterator[str]:
    """Yield which published weights in use are not there, and will not be fetched."""
    for name in sources_in_use(config):
        if "weights" not in config["sources"][name]:
            continue
        where = f"sources.{name}.weights"
        if config["data_dir"] is None:
            yield (
                f"data_dir: source {name!r} is read from a file, so say where that is:"
                " --config data_dir=DIR"
            )
            continue
        download, path = download_of_weights(config, name), weights_file(config, name)
        yield from _check_file(config, path, f"{where}.file", download, where)


def dataset_of_reader(config: Config, name: str, taxonomy: Path) -> Dataset:
    """Return what a reader is told of a data set."""
    section = config["datasets"][name]
    return Dataset(
        name=name,
        classes=tuple(section["classes"]),
        passbands=tuple(config["passbands"][section["passbands"]]),
        files={key: Path(path) for key, path in files_of(config, name).items()},
        taxonomy=taxonomy,
    )


def _check_files(config: Config, name: str) -> Iterator[str]:
    """Yield the files that are not there, unless a download will bring them."""
    reader, files = config["datasets"][name]["reader"], files_of(config, name)
    where, download = f"datasets.{name}", download_of(config, name)
    if reader == "alerce":  # the table is the user's, the light curves are the broker's
        del files["light_curves"]
        download = None
    for file, path in files.items():
        key = f"{where}.{reader}.files.{file}"
        yield from _check_file(config, path, key, download, where)


def _check_file(
    config: Config, path: str, key: str, download: str | None, where: str
) -> Iterator[str]:
    """Yield what is wrong with a path named by a key of the section `where`."""
    if WILDCARD.search(path):
        if WILDCARD.search(config["data_dir"]):
            key, path = "data_dir", config["data_dir"]
        yield (
            f"{key}: Snakemake would take the braces in {path} for a wildcard, and"
            " doubling them does not help: rename what has them, or make a symbolic"
            " link without braces to it and name that"
        )
    elif download is None:
        yield from _refusal(require_path, Path(path), key)
    elif not Path(path).exists():
        folder = config["downloads"][download]["folder"]
        arrival = normpath(Path(config["data_dir"], folder))
        if not Path(normpath(path)).is_relative_to(arrival):
            yield (
                f"{key}: {path} is not there, and {where}.download"
                f" will not bring it: downloads.{download}.folder is {folder!r}"
            )


def check_reading(config: Config, name: str, taxonomy: Path) -> Iterator[str]:
    """Yield which options of a data set's reader do not fit together."""
    section = config["datasets"][name]
    reader, where = section["reader"], f"datasets.{name}"
    options, key = section[reader], f"{where}.{reader}"
    dataset = dataset_of_reader(config, name, taxonomy)
    if "class_map" in options:
        mapped, where_mapped = options["class_map"], f"{key}.class_map"
        yield from _refusal(read_class_map, taxonomy, mapped, where_mapped)
        if not isinstance(mapped, str):
            yield from _foreign_classes(mapped, section["classes"], where_mapped)
    if "passbands" in options:
        yield from _refusal(check_passbands, options["passbands"], dataset, key)
    if reader == "csv":
        yield from _refusal(csv.light_curve_columns, options, key)
    if section["trigger"] == "survey" and reader not in WITH_TRIGGER:
        yield (
            f"{where}.trigger: survey, but reader {reader!r} knows no trigger of the"
            f" survey (those that do: {', '.join(WITH_TRIGGER)}): take two_detections"
            " or first_detection"
        )


def _foreign_classes(
    class_map: Mapping[str, str | None], classes: Sequence[str], key: str
) -> Iterator[str]:
    """Complain of classes that a data set's own class_map names and it has not."""
    for label, name in class_map.items():
        if name is not None and name not in classes:
            yield (
                f"{key}: label {label!r} is of class {name!r}, which is not among the"
                f" classes of the data set{suggestion(name, classes)}:"
                f" {', '.join(classes)}"
            )


def _refusal(check: Callable[..., object], *arguments: object) -> list[str]:
    """Return what a check of the readers complains of, if anything."""
    try:
        check(*arguments)
    except TransientsError as error:
        return [str(error)]
    return []
