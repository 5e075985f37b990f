"""One unit from files and configuration to its tables; imports TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from transients.encoding import load, require_every_class
from transients.fine_tuning import Target, Unit, run_unit
from transients.model import Architecture
from transients.sampling import draw_sample
from transients.strategies import Source, Strategy


def train_unit(
    columns: Mapping[str, Any],
    decisive: Mapping[str, Any],
    model_input: Path,
    source: Path,
    ran_on: Mapping[str, str | float | None],
) -> dict[str, pd.DataFrame]:
    """Run every strategy of a unit and return its tables by name.

    columns are target, n_train and seed; decisive is the configuration that decides
    the result (see the rule's params); model_input is a folder, ran_on
    what accelerators.ran_on says.
    """
    target = Target(
        columns["target"],
        tuple(decisive["classes"]),
        load(model_input),
        decisive["common_classes"],
        decisive["pairs"],
    )
    require_every_class(target.model_input.labels, target.classes)
    n_train, seed = columns["n_train"], columns["seed"]
    unit = Unit(
        target,
        n_train,
        seed,
        draw_sample(
            len(target.model_input),
            n_train,
            (target.name, seed),
            **decisive["sampling"],
        ),
        Architecture(**decisive["model"]),
        Source(source, tuple(decisive["source_classes"])),
    )
    strategies = decisive["strategies"].items()
    return run_unit(unit, {n: Strategy.from_config(s) for n, s in strategies}, ran_on)
