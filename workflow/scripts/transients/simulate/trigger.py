"""The survey's own trigger: two detections, and enough points around the second."""

import numpy as np

from .arrays import BoolArray, FloatArray, IntArray

SEPARATION = 0.02  # d between the two detections
WINDOW = (-30.0, 70.0)  # d around the trigger
MIN_POINTS = 8


def first_times(row: IntArray, day: FloatArray, n: int) -> FloatArray:
    """Earliest day of each of n objects, (n,); infinite where it has none."""
    first = np.full(n, np.inf)
    np.minimum.at(first, row, day)
    return first


def trigger_days(
    row: IntArray, day: FloatArray, detected: BoolArray, n: int
) -> FloatArray:
    """Day of the first detection more than 0.02 d after an object's first, (n,).

    row, day, detected: (N,). Infinite where there is no such detection.
    """
    row, day = row[detected], day[detected]
    later = day > first_times(row, day, n)[row] + SEPARATION
    return first_times(row[later], day[later], n)


def has_enough_points(
    row: IntArray, day: FloatArray, trigger_day: FloatArray
) -> BoolArray:
    """Which objects have a trigger and at least 8 points in the window around it."""
    since = day - trigger_day[row]  # minus infinity where there is no trigger
    inside = (since >= WINDOW[0]) & (since <= WINDOW[1])
    count = np.bincount(row[inside], minlength=len(trigger_day))
    return np.isfinite(trigger_day) & (count >= MIN_POINTS)
