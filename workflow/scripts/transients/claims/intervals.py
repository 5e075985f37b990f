"""Intervals over runs, and what they say about a claim.

An interval is Student's, for the mean over seeds of one number per seed. That number
is paired: it compares strategies or sizes on the same seed, hence on the same nested
sample and source model. It covers the choice of sample and the initialisation, and the
source model where each seed has one of its own; all runs draw from one set of objects,
which it does not cover.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit  # scipy.stats takes 0.6 s more to import

HOLDS = "holds"
FAILS = "fails"
UNDECIDED = "undecided at this scale"
NOT_RUN = "not run"


@dataclass(frozen=True)
class Interval:
    """An estimate, its confidence interval and the number of runs behind it."""

    estimate: float
    lo: float
    hi: float
    n_runs: int


NOTHING = Interval(np.nan, np.nan, np.nan, 0)


def mean_interval(per_seed: pd.Series, confidence: float) -> Interval:
    """Return the mean over seeds and its interval; NaN seeds are left out.

    With fewer than two runs there is no interval: lo and hi are NaN, and every verdict
    from them is undecided.
    """
    values = per_seed.dropna().to_numpy(dtype=float)
    n = len(values)
    if n == 0:
        return NOTHING
    mean = float(values.mean())
    if n == 1:
        return Interval(mean, np.nan, np.nan, 1)
    t = float(stdtrit(n - 1, 0.5 + confidence / 2))
    half = t * float(values.std(ddof=1)) / n**0.5
    return Interval(mean, mean - half, mean + half, n)


def ratio_interval(log_ratio: pd.Series, confidence: float) -> Interval:
    """Return the geometric mean over seeds of a ratio given as its logarithm."""
    log = mean_interval(log_ratio, confidence)
    estimate, lo, hi = (float(np.exp(x)) for x in (log.estimate, log.lo, log.hi))
    return Interval(estimate, lo, hi, log.n_runs)


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
