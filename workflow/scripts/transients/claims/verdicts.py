"""What an interval over runs says about a claim."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from transients.intervals import Interval

HOLDS = "holds"
FAILS = "fails"
UNDECIDED = "undecided at this scale"
NOT_RUN = "not run"


def above(interval: Interval, threshold: float) -> str:
    """Return holds if the whole interval is above, fails if all of it is below."""
    if interval.lo > threshold:
        return HOLDS
    return FAILS if interval.hi < threshold else UNDECIDED


def below(interval: Interval, threshold: float) -> str:
    """Return holds if the whole interval is below, fails if all of it is above."""
    if interval.hi < threshold:
        return HOLDS
    return FAILS if interval.lo > threshold else UNDECIDED


def within(interval: Interval, low: float, high: float) -> str:
    """Return holds if the interval lies in [low, high], fails if all of it is outside.

    An interval that is wide enough to reach across is no evidence of equality.
    """
    if low <= interval.lo and interval.hi <= high:
        return HOLDS
    return FAILS if interval.hi < low or interval.lo > high else UNDECIDED


def weakest(intervals: Collection[Interval], threshold: float = 0.0) -> Interval:
    """Return the interval that decides "each of these is above the threshold".

    The one with the lowest upper end if that is below the threshold (one
    counterexample refutes the claim), else the one with the lowest lower end (all
    hold if the weakest does; no correction for their number is needed for that). An
    undefined one comes first, because a claim about all needs all. A refutation by
    one of k intervals is as often false by chance as k comparisons make it.
    """
    undefined = [one for one in intervals if np.isnan(one.lo)]
    lowest = min(intervals, key=lambda one: np.nan_to_num(one.hi, nan=np.inf))
    if lowest.hi < threshold:
        return lowest
    return undefined[0] if undefined else min(intervals, key=lambda one: one.lo)
