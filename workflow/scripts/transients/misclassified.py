"""Where a strategy fails: the objects that it misclassifies most confidently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.encoding import CHANNELS, Encoding, ModelInput
from transients.errors import DataError
from transients.photometry import DETECTION_SNR

MOST_SHOWN = 30
"""Misclassified objects that are shown, the most confident ones."""

MISCLASSIFIED_COLUMNS = [
    *["object_id", "class", "predicted", "p_predicted", "p_class"],
    *["n_tested", "n_wrong"],
]


def judged(predictions: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """Return MISCLASSIFIED_COLUMNS of every tested object, in the order of object_id.

    predictions has a row for each test object of each run of one strategy: object_id,
    class and p(...) of each class. Probabilities are means over the n_tested runs that
    had the object in their test set; predicted is the class of the highest one, and
    n_wrong counts the runs that by themselves predicted another than its class.
    """
    if predictions.empty:
        raise DataError("no predictions: no light curve was left to test")
    columns = [f"p({name})" for name in classes]
    names = np.array(classes, dtype=object)
    wrong = names[predictions[columns].to_numpy().argmax(axis=1)] != np.asarray(
        predictions["class"], dtype=object
    )
    groups = predictions.assign(wrong=wrong).groupby("object_id", sort=True)
    means = groups[columns].mean().to_numpy()
    truth = groups["class"].first()
    rows = np.arange(len(means))
    return pd.DataFrame(
        {
            "object_id": truth.index,
            "class": truth.to_numpy(),
            "predicted": names[means.argmax(axis=1)],
            "p_predicted": means.max(axis=1),
            "p_class": means[rows, pd.Index(names).get_indexer(pd.Index(truth))],
            "n_tested": groups.size().to_numpy(),
            "n_wrong": groups["wrong"].sum().to_numpy(),
        }
    )


def misclassified(tested: pd.DataFrame) -> pd.DataFrame:
    """Return the objects of `judged` whose class was not predicted.

    The most confident come first: those whose predicted class has the highest mean
    probability.
    """
    wrong = tested[tested["predicted"] != tested["class"]]
    order = ["p_predicted", "object_id"]
    return wrong.sort_values(order, ascending=[False, True], ignore_index=True)


def light_curves_of(
    objects: Sequence[str], model_input: ModelInput, encoding: Encoding
) -> pd.DataFrame:
    """Return the light curves of some objects as they were classified.

    One row per point: object_id, days since the trigger, passband, flux and flux_err
    [FLUXCAL], detected (S/N > 5 and positive flux).
    """
    rows = pd.Index(model_input.object_id).get_indexer(pd.Index(objects))
    lengths = model_input.lengths[rows]
    inside = np.arange(lengths.max(initial=1)) < lengths[:, None]
    points = model_input.padded(rows)[inside].astype(float)
    table = pd.DataFrame(points, columns=list(CHANNELS))
    low, high = encoding.window
    return pd.DataFrame(
        {
            "object_id": np.repeat(np.array(objects, dtype=object), lengths),
            "days": low + (high - low) * table["time"],
            "passband": _passbands(table["wavelength"], encoding.wavelengths),
            "flux": encoding.flux_scale * table["flux"],
            "flux_err": encoding.flux_scale * table["flux_err"],
            "detected": table["flux"] > DETECTION_SNR * table["flux_err"],
        }
    )


def _passbands(
    wavelength: pd.Series, wavelengths: Mapping[str, float]
) -> NDArray[np.object_]:
    """Return the passband of the nearest wavelength [micrometre] of each point."""
    names = np.array(list(wavelengths), dtype=object)
    known = np.array([wavelengths[name] for name in names])
    return names[np.abs(wavelength.to_numpy()[:, None] - known).argmin(axis=1)]
