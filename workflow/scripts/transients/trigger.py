"""When a survey notices a transient: the time that light curves are aligned at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MIN_SEPARATION = 0.02
"""Least time between the two detections that make a trigger [d] (PLAsTiCC, LSST)."""


def trigger_mjd(
    mjd: NDArray[np.float64],
    detected: NDArray[np.bool_],
    starts: NDArray[np.int64],
    rule: str,
) -> NDArray[np.float64]:
    """Return each object's trigger, NaN where there is none.

    mjd and detected hold all observations, object after object; starts the first row
    of each object. Rule "two_detections": the first detection by which there are two
    at least MIN_SEPARATION apart; "first_detection" where a survey publishes
    detections only.
    """
    counts = np.diff(np.append(starts, len(mjd)))
    when = np.where(detected, mjd, np.inf)
    first = np.minimum.reduceat(when, starts)
    if rule == "two_detections":
        later = mjd >= np.repeat(first, counts) + MIN_SEPARATION
        first = np.minimum.reduceat(np.where(later, when, np.inf), starts)
    return np.where(np.isfinite(first), first, np.nan)
