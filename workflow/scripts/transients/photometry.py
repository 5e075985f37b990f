"""Laws of photometry that readers share: magnitudes to FLUXCAL, repeated observations.

FLUXCAL is the linear difference flux with zero point 27.5 (SNANA manual).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from transients.tables import ZERO_POINT

JD_OF_MJD = 2400000.5
"""Julian date of MJD 0 [d]."""

R_V = 3.1
"""A_V / E(B-V) of the Milky Way (Cardelli, Clayton and Mathis 1989)."""

DETECTION_SNR = 5.0
"""Signal-to-noise ratio above which a flux counts as a detection."""

NEAR_DUPLICATE_DAYS = 1e-4
"""Observations of one object in one passband this close in time [d] are the same."""

_ROUNDING_DAYS = 1e-9  # an MJD of 6e4 d is stored to 7e-12 d: 1e-4 d apart is included


def flux_from_magnitude(
    magnitude: ArrayLike, magnitude_err: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return flux and its error [FLUXCAL] of AB magnitudes [mag] of any shape.

    flux = 10 ** (0.4 * (27.5 - m)); flux_err = flux * m_err * ln(10) / 2.5.
    """
    flux = 10 ** (0.4 * (ZERO_POINT - np.asarray(magnitude, dtype=float)))
    return flux, flux * np.asarray(magnitude_err, dtype=float) * np.log(10) / 2.5


def flux_scale(zero_point: ArrayLike) -> NDArray[np.float64]:
    """Return the factor that turns a flux of this zero point [mag] into FLUXCAL."""
    return np.asarray(10 ** (0.4 * (ZERO_POINT - np.asarray(zero_point, dtype=float))))


def near_duplicates(
    group: NDArray[np.integer], mjd: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Mark observations at most 1e-4 d after an earlier, kept one of their group.

    group (n,) numbers the pairs of object and passband, mjd (n,) is in days; the mask
    follows the given order. Of equal times the first given one is kept.
    """
    marked = np.zeros(len(mjd), dtype=bool)
    left = np.lexsort((mjd, group))
    limit = NEAR_DUPLICATE_DAYS + _ROUNDING_DAYS
    while len(left):
        groups, times = group[left], mjd[left]
        starts = np.ones(len(left), dtype=bool)
        starts[1:] = (np.diff(groups) != 0) | (np.diff(times) > limit)
        run_start = np.maximum.accumulate(np.where(starts, np.arange(len(left)), 0))
        near = ~starts & (times - times[run_start] <= limit)
        if not near.any():
            break
        marked[left[near]] = True
        left = left[~near]
    return marked
