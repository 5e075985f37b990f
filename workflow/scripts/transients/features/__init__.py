"""Light-curve features, for classifiers that are no networks: one row an object.

The statistics of each passband are those of the library light-curve (Malanchev et al.
2021, MNRAS 502, 5147); rise, decline and colours, which it has not, are ours.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from transients.encoding import Encoding, ModelInput
from transients.features.colours import colours
from transients.features.curves import PassbandCurves
from transients.features.shapes import shapes
from transients.features.statistics import statistics

KEYS = ["object_id", "class"]
"""Columns of a table of features that are no features."""


def extract(model_input: ModelInput, encoding: Encoding) -> pd.DataFrame:
    """Return the features of n light curves, (n, 2 + features): KEYS, then float64.

    encoding is that of the model input: it tells passbands, classes and scales. What
    cannot be measured, as of a passband without points, is NaN. Times are in days,
    brightness in magnitudes. Raises DataError for points in no passband.
    """
    curves = PassbandCurves.of(model_input, encoding)
    keys = {
        "object_id": model_input.object_id,
        "class": np.array(encoding.classes)[np.asarray(model_input.labels)],
        "mwebv": np.asarray(model_input.metadata[:, 0], dtype=float),
    }
    numbers = {**shapes(curves), **colours(curves), **statistics(curves)}
    return pd.DataFrame({**keys, **numbers})
