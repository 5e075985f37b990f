"""Check a configuration against its schema, itself and the data that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path, PurePath
from typing import Any

from transients.configuration import Config, classes_of_all
from transients.configuration_datasets import check_datasets, check_weights
from transients.configuration_leaks import check_leaks
from transients.configuration_names import missing
from transients.configuration_schema import broken
from transients.configuration_strategies import check_strategies
from transients.configuration_values import check_values
from transients.errors import ConfigurationError
from transients.realism_datasets import check_realism

REAL = {
    "alerce": True,
    "ztf_forced_photometry": True,
    "plasticc": False,
    "simulate": False,
}
"""Whether light curves are real, of readers that read nothing else."""


def check(config: Config, taxonomy: Path) -> None:
    """Raise ConfigurationError listing every wrong key and what would be right.

    Of the data sets in use, it also checks whether their files are there, or will be.
    """
    problems = list(check_values(config))
    if not problems:
        problems = broken(config)
    if not problems:
        problems = list(_contradictions(config))
    if not problems:
        found = chain(check_datasets(config, taxonomy), check_weights(config))
        problems = list(dict.fromkeys(found))  # of data_dir all files complain
    if problems:
        raise ConfigurationError(
            "the configuration is wrong:\n" + "\n".join(f"  - {p}" for p in problems)
        )


def _contradictions(config: Config) -> Iterator[str]:
    """Yield what the schema cannot see: names and numbers that do not fit together."""
    yield from _check_encoding(config["encoding"])
    yield from missing(config["targets"], config["experiments"], "targets")
    for name, download in config["downloads"].items():
        folder = PurePath(download["folder"])
        if folder.is_absolute() or ".." in folder.parts:
            yield (
                f"downloads.{name}.folder: {download['folder']!r} may lead out of"
                " data_dir: write a path relative to it, without .."
            )
    for name in config["datasets"]:
        yield from _check_dataset(config, name)
    for name in config["sources"]:
        yield from _check_source(config, name)
    for name, forest in config["forests"].items():
        yield from _check_forest(config, forest, f"forests.{name}")
    for name in config["experiments"]:
        yield from _check_experiment(config, name)
        if config["experiments"][name]["dataset"] in config["datasets"]:
            yield from check_realism(config, name)
    for name, recipe in config["recipes"].items():
        if recipe["warm_up"] and recipe["schedule"] != "cosine":
            yield f"recipes.{name}.warm_up: only a cosine schedule rises; set it to 0"


def _check_encoding(encoding: Mapping[str, Any]) -> Iterator[str]:
    first, last = encoding["window"]
    if first >= last:
        yield f"encoding.window: it ends on day {last}, before it begins on {first}"
    if encoding["min_points"] > encoding["max_points"]:
        yield "encoding.min_points: more than max_points"


def _check_forest(
    config: Config, forest: Mapping[str, Any], where: str
) -> Iterator[str]:
    yield from missing(forest["datasets"], config["datasets"], f"{where}.datasets")
    unknown = missing([forest["recipe"]], config["tree_recipes"], f"{where}.recipe")
    yield from unknown
    if not unknown:
        recipe = config["tree_recipes"][forest["recipe"]]
        if recipe["class_weight_power"] != 1:
            yield (
                f"{where}.recipe: {forest['recipe']} has a class_weight_power other"
                " than 1, but a forest's scores are for equally frequent classes"
            )


def _check_source(config: Config, name: str) -> Iterator[str]:
    source, where = config["sources"][name], f"sources.{name}"
    if "weights" in source:
        yield from _check_weights(config, source["weights"], f"{where}.weights")
        return
    unknown = missing(source["datasets"], config["datasets"], f"{where}.datasets")
    yield from unknown
    yield from missing([source["recipe"]], config["recipes"], f"{where}.recipe")
    if source["merge"] and not unknown:
        classes = classes_of_all(config, source["datasets"])
        yield from missing(source["merge"], classes, f"{where}.merge")


def _check_weights(
    config: Config, weights: Mapping[str, Any], where: str
) -> Iterator[str]:
    if "download" in weights:
        download = [weights["download"]]
        yield from missing(download, config["downloads"], f"{where}.download")
    instrument = weights["passbands"]
    unknown = missing([instrument], config["passbands"], f"{where}.passbands")
    yield from unknown
    if not unknown:
        ours = config["passbands"][instrument]
        yield from missing(weights["wavelengths"], ours, f"{where}.wavelengths")
    for key in ("window", "flux_scale"):
        if weights[key] != config["encoding"][key]:
            yield (
                f"{where}.{key}: the weights were trained with {weights[key]}, but"
                f" encoding.{key} is {config['encoding'][key]}"
            )


def _check_dataset(config: Config, name: str) -> Iterator[str]:
    dataset, where = config["datasets"][name], f"datasets.{name}"
    instrument = dataset["passbands"]
    yield from missing([instrument], config["passbands"], f"{where}.passbands")
    if dataset["reader"] not in dataset:
        yield (
            f"{where}: reader {dataset['reader']!r} needs its options in the section"
            f" {where}.{dataset['reader']}"
        )
    if dataset["real"] != REAL.get(dataset["reader"], dataset["real"]):
        yield (
            f"{where}.real: {dataset['real']}, but reader {dataset['reader']!r} is for"
            f" {'simulated' if dataset['real'] else 'real'} light curves"
        )
    if "download" in dataset:
        download = [dataset["download"]]
        yield from missing(download, config["downloads"], f"{where}.download")
    if dataset["reader"] == "simulate" and "simulate" in dataset:
        counts = dataset["simulate"]["counts"]
        yield from missing(counts, dataset["classes"], f"{where}.simulate.counts")
        empty = [c for c in dataset["classes"] if not counts.get(c)]
        if empty:
            yield f"{where}.simulate.counts: no objects of class {', '.join(empty)}"


def _check_experiment(config: Config, name: str) -> Iterator[str]:
    experiment, where = config["experiments"][name], f"experiments.{name}"
    yield from missing([experiment["source"]], config["sources"], f"{where}.source")
    unknown = missing([experiment["dataset"]], config["datasets"], f"{where}.dataset")
    yield from unknown
    if not unknown:
        classes = config["datasets"][experiment["dataset"]]["classes"]
        common, pairs = experiment["common_classes"], chain(*experiment["pairs"])
        yield from missing(common, classes, f"{where}.common_classes")
        yield from missing(list(pairs), classes, f"{where}.pairs")
        yield from _check_sizes(config["datasets"][experiment["dataset"]], name, config)
        yield from check_strategies(config, name)
        yield from check_leaks(config, name)


def _check_sizes(
    dataset: Mapping[str, Any], name: str, config: Config
) -> Iterator[str]:
    """Compare sizes with a simulated data set; others are known once they are read."""
    if dataset["reader"] == "simulate" and "simulate" in dataset:
        offered = sum(dataset["simulate"]["counts"].values())
        largest = max(config["experiments"][name]["n_train"])
        if largest >= offered:
            yield (
                f"experiments.{name}.n_train: {largest} labelled light curves are asked"
                f" for, but only {offered} are simulated"
            )
