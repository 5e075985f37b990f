"""Light-curve features, for classifiers that are no networks: one row an object.

The statistics of each passband are those of the library light-curve (Malanchev et al.
2021, MNRAS 502, 5147); rise, decline and colours, which it has not, are ours.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from transients.encoding import Encoding, ModelInput
from transients.errors import DataError
from transients.features.colours import colours
from transients.features.curves import PassbandCurves
from transients.features.shapes import shapes
from transients.features.statistics import statistics

KEYS = ["object_id", "class"]
"""Columns of a table of features that are no features."""

PORTION = 10_000
"""Light curves measured at a time, which bounds the memory."""


def extract(model_input: ModelInput, encoding: Encoding) -> pd.DataFrame:
    """Return the features of n light curves: KEYS, then float32 columns, n rows.

    encoding is that of the model input: it tells passbands, classes and scales. What
    cannot be measured, as in a passband without points, is NaN. Times are in days,
    brightness in magnitudes, corrected for the Milky Way's extinction. Raises DataError
    for points in no passband, or without any light curve.
    """
    if not len(model_input):
        raise DataError(
            "no light curve is left to measure features of: look at the data set's data"
            " sheet, and at its lists of what was dropped"
        )
    parts = [_measure(part, encoding) for part in _portions(model_input)]
    keys = {
        "object_id": model_input.object_id,
        "class": np.array(encoding.classes)[np.asarray(model_input.labels)],
    }
    table = pd.concat(parts, ignore_index=True)
    return pd.concat([pd.DataFrame(keys), table], axis=1)


def _portions(model_input: ModelInput) -> Iterator[ModelInput]:
    """Yield successive light curves, PORTION at a time."""
    offsets = np.asarray(model_input.offsets)
    for start in range(0, len(model_input), PORTION):
        here = offsets[start : start + PORTION + 1]
        rows = slice(start, start + PORTION)
        yield ModelInput(
            points=model_input.points[here[0] : here[-1]],
            offsets=here - here[0],
            metadata=model_input.metadata[rows],
            labels=model_input.labels[rows],
            object_id=model_input.object_id[rows],
        )


def _measure(model_input: ModelInput, encoding: Encoding) -> pd.DataFrame:
    curves = PassbandCurves.of(model_input, encoding)
    numbers = {
        "mwebv": np.asarray(model_input.metadata[:, 0], dtype=float),
        **shapes(curves),
        **colours(curves),
        **statistics(curves),
    }
    with np.errstate(over="ignore"):  # what a fit that failed may return
        table = pd.DataFrame(numbers).astype(np.float32)
    return table.where(np.isfinite(table))
