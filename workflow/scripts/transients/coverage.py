"""How well a light curve is covered: points, nights, gaps, signal-to-noise ratio."""

from __future__ import annotations

import numpy as np
import pandas as pd

from transients.encoding import Encoding, ModelInput
from transients.errors import DataError
from transients.light_curve_statistics import NIGHT, gaps_between_nights

COVERAGE = (
    "points",
    "nights",
    "nights_in_several_passbands",
    "median_gap",
    "longest_gap",
    "peak_flux",
    "highest_snr",
    "median_snr",
)


def coverage(model_input: ModelInput, encoding: Encoding) -> pd.DataFrame:
    """Return a row per light curve: object_id and COVERAGE.

    nights_in_several_passbands is a share of the nights; gaps are between successive
    nights, in any passband [d], NaN with one night; peak_flux is in FLUXCAL.
    """
    points = np.asarray(model_input.points, dtype=float)
    starts = np.asarray(model_input.offsets[:-1])
    owner = np.repeat(np.arange(len(model_input)), model_input.lengths)
    low, high = encoding.window
    time = (high - low) * points[:, 1]
    gaps = gaps_between_nights(time, owner)
    several = _in_several_passbands(points[:, 0], time, starts)
    snr = pd.Series(points[:, 2] / points[:, 3]).groupby(owner)
    numbers = pd.DataFrame(
        {
            "points": model_input.lengths,
            "nights": gaps.size().add(1),
            "nights_in_several_passbands": several,
            "median_gap": gaps.median(),
            "longest_gap": gaps.max(),
            "peak_flux": encoding.flux_scale
            * np.maximum.reduceat(points[:, 2], starts),
            "highest_snr": snr.max(),
            "median_snr": snr.median(),
        },
        index=range(len(model_input)),
    )
    numbers["nights"] = numbers["nights"].fillna(1)
    return pd.concat(
        [pd.Series(model_input.object_id, name="object_id"), numbers], axis=1
    )


def _in_several_passbands(
    wavelength: np.ndarray, time: np.ndarray, starts: np.ndarray
) -> np.ndarray:
    """Return the share of each light curve's nights with more than one passband, (n,).

    wavelength and time [d] are (N,), starts (n,) is where each light curve begins.
    """
    first = np.append(True, np.diff(time) > NIGHT)
    first[starts] = True
    nights = np.flatnonzero(first)
    lowest = np.minimum.reduceat(wavelength, nights)
    several = np.maximum.reduceat(wavelength, nights) > lowest
    place = np.searchsorted(nights, starts)
    n_nights = np.diff(np.append(place, len(nights)))
    return np.add.reduceat(several, place, dtype=float) / n_nights


def joined(features: pd.DataFrame, coverage: pd.DataFrame) -> pd.DataFrame:
    """Return features and coverage of the same light curves side by side.

    Raises DataError if they are not of the same objects in the same order.
    """
    if not features["object_id"].equals(coverage["object_id"]):
        raise DataError(
            "the features and the coverage of a data set are of different objects:"
            " delete both files, and they are made again"
        )
    return pd.concat([features, coverage.drop(columns="object_id")], axis="columns")
