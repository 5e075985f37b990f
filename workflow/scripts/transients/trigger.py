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

    mjd and detected hold all observations, object after object and each in
    chronological order; starts the first row of each object. Rule "two_detections":
    the first detection by which there are two at least MIN_SEPARATION apart;
    "first_detection" where a survey publishes detections only.
    """
    rows = np.append(np.flatnonzero(detected), len(mjd))
    edges = np.searchsorted(rows, np.append(starts, len(mjd)))
    at, end = edges[:-1], edges[1:]
    when = mjd.take(rows[at], mode="clip")
    if rule == "two_detections":
        enough = when + MIN_SEPARATION
        # Few objects have more than one detection within that time: few rounds.
        while (early := (at < end) & (when < enough)).any():
            at = at + early
            when = mjd.take(rows[at], mode="clip")
    return np.where(at < end, when, np.nan)
