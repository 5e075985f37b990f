"""What the configuration says: layers, data sets, strategies, classes and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from transients.fetching.record import own_files

Config = Mapping[str, Any]


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


def sources_in_use(config: Config) -> list[str]:
    """Return the source models that the configured targets start from."""
    return sorted({config["experiments"][name]["source"] for name in config["targets"]})


def datasets_in_use(config: Config) -> list[str]:
    """Return the data sets that the configured targets need, sources first."""
    sources = [config["sources"][name]["datasets"] for name in sources_in_use(config)]
    targets = [config["experiments"][name]["dataset"] for name in config["targets"]]
    return list(dict.fromkeys([*chain(*sources), *targets]))


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
    return classes_of_all(config, section["datasets"])


def classes_of_all(config: Config, datasets: Iterable[str]) -> tuple[str, ...]:
    """Return the classes of several data sets in the order in which they appear."""
    classes = (config["datasets"][name]["classes"] for name in datasets)
    return tuple(dict.fromkeys(chain(*classes)))


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
