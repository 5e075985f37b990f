"""Read from the embedded simulator instead of a file.

Options:

survey
    "ztf", "lsst", "lsst_spectroscopic" or "bts": which survey to simulate.
seed
    Seed of this data set; it decides, with survey and class, every light curve.
counts
    Number of objects of each class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from transients.errors import ConfigurationError
from transients.readers import Dataset
from transients.simulate import simulate_portions
from transients.tables import SurveyTables


def count(options: Mapping[str, Any], dataset: Dataset) -> int:
    """Return the number of objects that are asked for."""
    return sum(options["counts"][name] for name in dataset.classes)


def read(options: Mapping[str, Any], dataset: Dataset) -> Iterator[SurveyTables]:
    """Yield the simulated light curves, class by class, bounded numbers at a time."""
    for class_name in dataset.classes:
        count = options["counts"][class_name]
        portions = simulate_portions(
            options["survey"], class_name, count, options["seed"]
        )
        try:
            for simulated in portions:
                objects = simulated.objects.assign(trigger_mjd=np.nan)
                yield SurveyTables(objects, simulated.light_curves)
        except (ValueError, RuntimeError) as error:
            raise ConfigurationError(f"datasets.{dataset.name}: {error}") from error
