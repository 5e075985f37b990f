"""One unit from files and configuration to its tables; imports TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from transients.encoding import load, read_rows_of, require_every_class
from transients.fine_tuning import run_unit
from transients.forest_scores import read_scores
from transients.model import Architecture
from transients.networks import Source
from transients.sampling import draw_sample
from transients.strategies import strategies_from_config
from transients.target_classes import TargetClasses
from transients.units import Target, Unit


@dataclass(frozen=True)
class UnitFiles:
    """The files of a unit: the folder of the model input and what it starts from.

    sources are source models by name, features a table with a row for each light curve
    (None where no strategy learns from it), scores those of forests by name.
    """

    model_input: Path
    sources: Mapping[str, Path]
    features: Path | None
    scores: Mapping[str, Path]


def train_unit(
    columns: Mapping[str, Any],
    decisive: Mapping[str, Any],
    files: UnitFiles,
    ran_on: Mapping[str, str | float | None],
) -> dict[str, pd.DataFrame]:
    """Run every strategy of a unit and return its tables by name.

    columns are target, n_train and seed; decisive is the configuration that decides
    the result (see the rule's params); ran_on is what accelerators.ran_on says.
    """
    unit = read_unit(columns, decisive, files)
    strategies = strategies_from_config(decisive["strategies"])
    return run_unit(unit, strategies, ran_on, decisive["keep"])


def read_unit(
    columns: Mapping[str, Any], decisive: Mapping[str, Any], files: UnitFiles
) -> Unit:
    """Return the unit of these columns: its sample, and what it starts from."""
    target = _target(columns["target"], decisive, files)
    n_train, seed = columns["n_train"], columns["seed"]
    sample = draw_sample(
        len(target.model_input), n_train, (target.name, seed), **decisive["sampling"]
    )
    return Unit(
        target,
        n_train,
        seed,
        sample,
        Architecture(**decisive["model"]),
        {
            name: Source(files.sources[name], tuple(classes))
            for name, classes in decisive["sources"].items()
        },
        {
            name: read_scores(path, target.classes.names, target.model_input.object_id)
            for name, path in files.scores.items()
        },
    )


def _target(name: str, decisive: Mapping[str, Any], files: UnitFiles) -> Target:
    classes = TargetClasses(
        tuple(decisive["classes"]), decisive["class_map"], decisive["class_mix"]
    )
    model_input = load(files.model_input)
    require_every_class(model_input.labels, classes.names)
    features = None
    if files.features is not None:
        features = read_rows_of(model_input.object_id, files.features)
    common, pairs = decisive["common_classes"], decisive["pairs"]
    return Target(name, classes, model_input, features, common, pairs)
