"""The configuration: checked against its schema and against itself, then read."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from jsonschema.exceptions import ValidationError

from transients.errors import ConfigurationError
from transients.fetching.record import own_files

Config = Mapping[str, Any]

MORE = "additionalProperties"


def check(config: Config, schema_path: str | Path) -> None:
    """Raise ConfigurationError listing every wrong key and what would be right."""
    schema = yaml.safe_load(Path(schema_path).read_text())
    validator = jsonschema.Draft202012Validator(schema)
    problems = [_explain(error) for error in validator.iter_errors(config)]
    if not problems:
        problems = list(_contradictions(config))
    if not problems:
        problems = [*_check_kept_heads(config), *_check_data_dir(config)]
    if problems:
        raise ConfigurationError(
            "the configuration is wrong:\n" + "\n".join(f"  - {p}" for p in problems)
        )


def _explain(error: ValidationError) -> str:
    key = ".".join(map(str, error.absolute_path)) or "top level"
    rules = error.schema if isinstance(error.schema, Mapping) else {}
    if error.validator == MORE and isinstance(error.instance, dict):
        known = list(rules.get("properties", {}))
        unknown = [name for name in error.instance if name not in known]
        return f"{key}: {_unknown(unknown, known)}"
    meaning = rules.get("description")
    note = f" ({meaning})" if meaning else ""
    if error.validator != "anyOf":
        return f"{key}: {error.message}{note}"
    kind = ("type", "const")
    inner = [e for e in error.context or [] if e.path or e.validator not in kind]
    if inner:  # an alternative of the right kind, but wrong further down
        return "; ".join(map(_explain, inner)) + note
    kinds = " or ".join(str(e.validator_value) for e in error.context or [])
    return f"{key}: {error.instance!r} is not {kinds}{note}"


def _unknown(names: Collection[object], known: Collection[str]) -> str:
    hints = []
    for name in map(str, names):
        close = difflib.get_close_matches(name, known, n=1)
        hints.append(f"{name!r}" + (f" (did you mean {close[0]!r}?)" if close else ""))
    return f"unknown {', '.join(hints)}; known are {', '.join(sorted(known))}"


def _contradictions(config: Config) -> Iterator[str]:
    """Yield what the schema cannot see: names and numbers that do not fit together."""
    yield from _check_encoding(config["encoding"])
    yield from _missing(config["targets"], config["experiments"], "targets")
    for name in config["datasets"]:
        yield from _check_dataset(config, name)
    for name, source in config["sources"].items():
        where = f"sources.{name}"
        data = _missing([source["dataset"]], config["datasets"], f"{where}.dataset")
        yield from data
        yield from _missing([source["recipe"]], config["recipes"], f"{where}.recipe")
        if source["merge"] and not data:
            classes = config["datasets"][source["dataset"]]["classes"]
            yield from _missing(source["merge"], classes, f"{where}.merge")
    for name in config["experiments"]:
        yield from _check_experiment(config, name)
    for name, recipe in config["recipes"].items():
        if recipe["warm_up"] and recipe["schedule"] != "cosine":
            yield f"recipes.{name}.warm_up: only a cosine schedule rises; set it to 0"


def _missing(names: Collection[str], known: Collection[str], where: str) -> list[str]:
    unknown = [name for name in names if name not in known]
    return [f"{where}: {_unknown(unknown, known)}"] if unknown else []


def _check_encoding(encoding: Mapping[str, Any]) -> Iterator[str]:
    first, last = encoding["window"]
    if first >= last:
        yield f"encoding.window: it ends on day {last}, before it begins on {first}"
    if encoding["min_points"] > encoding["max_points"]:
        yield "encoding.min_points: more than max_points"


def _check_kept_heads(config: Config) -> Iterator[str]:
    for name, experiment in config["experiments"].items():
        theirs = source_classes(config, experiment["source"])
        ours = tuple(config["datasets"][experiment["dataset"]]["classes"])
        for strategy_name, strategy in experiment["strategies"].items():
            if strategy["head"] == "kept" and theirs != ours:
                yield (
                    f"experiments.{name}.strategies.{strategy_name}.head: kept, but the"
                    f" source model tells {list(theirs)} apart and the data set has"
                    f" {list(ours)}, in that order"
                )


def _check_data_dir(config: Config) -> Iterator[str]:
    if config["data_dir"] is None:
        for name in datasets_in_use(config):
            dataset = config["datasets"][name]
            if dataset[dataset["reader"]].get("files"):
                yield (
                    f"data_dir: data set {name!r} is read from files, so say where they"
                    " are: --config data_dir=DIR"
                )


def _check_dataset(config: Config, name: str) -> Iterator[str]:
    dataset, where = config["datasets"][name], f"datasets.{name}"
    instrument = dataset["passbands"]
    yield from _missing([instrument], config["passbands"], f"{where}.passbands")
    if dataset["reader"] not in dataset:
        yield (
            f"{where}: reader {dataset['reader']!r} needs its options in the section"
            f" {where}.{dataset['reader']}"
        )
    if "download" in dataset:
        download = [dataset["download"]]
        yield from _missing(download, config["downloads"], f"{where}.download")
    if dataset["reader"] == "simulate" and "simulate" in dataset:
        counts = dataset["simulate"]["counts"]
        yield from _missing(counts, dataset["classes"], f"{where}.simulate.counts")
        empty = [c for c in dataset["classes"] if not counts.get(c)]
        if empty:
            yield f"{where}.simulate.counts: no objects of class {', '.join(empty)}"


def _check_experiment(config: Config, name: str) -> Iterator[str]:
    experiment, where = config["experiments"][name], f"experiments.{name}"
    yield from _missing([experiment["source"]], config["sources"], f"{where}.source")
    unknown = _missing([experiment["dataset"]], config["datasets"], f"{where}.dataset")
    yield from unknown
    if not unknown:
        classes = config["datasets"][experiment["dataset"]]["classes"]
        common, pairs = experiment["common_classes"], chain(*experiment["pairs"])
        yield from _missing(common, classes, f"{where}.common_classes")
        yield from _missing(list(pairs), classes, f"{where}.pairs")
        yield from _check_sizes(config["datasets"][experiment["dataset"]], name, config)
    for strategy_name, strategy in experiment["strategies"].items():
        here = f"{where}.strategies.{strategy_name}"
        yield from _check_strategy(config, strategy, here)
        if strategy["n_train"] != "all":
            known = {*experiment["n_train"], *experiment["n_train_if_enough"]}
            extra = set(strategy["n_train"]) - known
            if extra:
                yield f"{here}.n_train: {sorted(extra)} not in {where}.n_train"


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


def _check_strategy(
    config: Config, strategy: Mapping[str, Any], where: str
) -> Iterator[str]:
    yield from _missing([strategy["recipe"]], config["recipes"], f"{where}.recipe")
    trainable = strategy["trainable"]
    if trainable != "all":
        layers = backbone_layers(config["model"])
        yield from _missing(trainable, layers, f"{where}.trainable")
    if strategy["start"] == "random" and trainable != "all":
        yield f"{where}: random weights must be trained: trainable: all"
    if strategy["head"] == "kept" and (
        strategy["start"] == "random" or strategy["new_layers"]
    ):
        yield f"{where}: a kept head needs start: source and no new_layers"


def backbone_layers(model: Mapping[str, Any]) -> list[str]:
    """Return the names of the layers of the backbone that hold weights."""
    n_gru, n_merged = len(model["gru_units"]), len(model["merged_units"])
    metadata = [] if model["metadata_units"] is None else ["dense_metadata"]
    return [
        *(f"gru_{i}" for i in range(1, n_gru + 1)),
        "dense_light_curve",
        *metadata,
        *(f"dense_merged_{i}" for i in range(1, n_merged)),
        "latent",
    ]


def datasets_in_use(config: Config) -> list[str]:
    """Return the data sets that the configured targets need, sources first."""
    experiments = [config["experiments"][name] for name in config["targets"]]
    sources = [config["sources"][e["source"]]["dataset"] for e in experiments]
    return list(dict.fromkeys(sources + [e["dataset"] for e in experiments]))


def strategies_at(experiment: Mapping[str, Any], n_train: int) -> dict[str, Any]:
    """Return the strategies of an experiment that run at the size n_train."""
    return {
        name: strategy
        for name, strategy in experiment["strategies"].items()
        if strategy["n_train"] == "all" or n_train in strategy["n_train"]
    }


def source_classes(config: Config, source: str) -> tuple[str, ...]:
    """Return the classes that a source model tells apart."""
    section = config["sources"][source]
    if section["merge"]:
        return tuple(dict.fromkeys(section["merge"].values()))
    return tuple(config["datasets"][section["dataset"]]["classes"])


def files_of(config: Config, dataset: str) -> dict[str, str]:
    """Return the paths that a data set is read from, by the names of its reader."""
    section = config["datasets"][dataset]
    files = section[section["reader"]].get("files", {})
    folder = Path(config["data_dir"] or ".")
    return {name: str(folder / path) for name, path in files.items()}


def download_of(config: Config, dataset: str) -> str | None:
    """Return the download that a data set's files come from, None where they are own.

    Files that are there without the record of a download beside them are the user's,
    and are taken as they are.
    """
    name: str | None = config["datasets"][dataset].get("download")
    files = files_of(config, dataset).values()
    own = name is None or own_files(config["data_dir"], name, files)
    return None if own else name
