"""Intervals over runs.

Each is of the mean over seeds of one number per seed. That number is paired: it
compares strategies or sizes on the same seed, hence on the same nested sample and
source model. An interval covers the choice of sample and the initialisation, and the
source model where each seed has one of its own. All runs draw from one set of objects,
and most of what one tests another tests too: what another set of objects would give is
not covered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CONFIDENCE = 0.95
RESAMPLES = 10_000
ENOUGH_RUNS = 5
"""With fewer runs a bootstrap interval is too narrow: none reaches beyond the runs."""


@dataclass(frozen=True)
class Interval:
    """An estimate, its confidence interval and the number of runs behind it."""

    estimate: float
    lo: float
    hi: float
    n_runs: int


NOTHING = Interval(np.nan, np.nan, np.nan, 0)


def mean_interval(per_seed: pd.Series, confidence: float = CONFIDENCE) -> Interval:
    """Return the mean over seeds and Student's interval; NaN seeds are left out.

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
    t = _quantile_of_t(n - 1, 0.5 + confidence / 2)
    half = t * float(values.std(ddof=1)) / n**0.5
    return Interval(mean, mean - half, mean + half, n)


def ratio_interval(log_ratio: pd.Series, confidence: float) -> Interval:
    """Return the geometric mean over seeds of a ratio given as its logarithm."""
    log = mean_interval(log_ratio, confidence)
    estimate, lo, hi = (float(np.exp(x)) for x in (log.estimate, log.lo, log.hi))
    return Interval(estimate, lo, hi, log.n_runs)


def bootstrap_interval(per_seed: pd.Series, confidence: float = CONFIDENCE) -> Interval:
    """Return the mean over seeds and its bootstrap interval; NaN seeds are left out.

    Percentiles of the means of resampled runs, at levels() moved outwards for few runs.
    With fewer than ENOUGH_RUNS see Student's instead; with fewer than two lo and hi are
    NaN.
    """
    values = per_seed.dropna().to_numpy(dtype=float)
    if len(values) < 2:
        return mean_interval(per_seed, confidence)
    means = resamples(len(values)) @ values
    lo, hi = np.quantile(means, levels(len(values), confidence))
    return Interval(float(values.mean()), float(lo), float(hi), len(values))


@cache
def resamples(n_runs: int) -> NDArray[np.float64]:
    """Return the weights (RESAMPLES, n_runs) of the runs in each resample.

    They are drawn with replacement, always the same; each row sums to one.
    """
    rng = np.random.default_rng(0)
    share = np.full(n_runs, 1 / n_runs)
    return rng.multinomial(n_runs, share, RESAMPLES) / n_runs


def levels(n_runs: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the percentiles, as fractions, that bound an interval of resampled means.

    The plain ones, 2.5 % and 97.5 %, are too narrow for few runs: a bootstrap's
    variance is (n - 1) / n of the unbiased one, and its tails are a normal
    distribution's, not Student's. Levels are those at which the interval of normally
    distributed runs is Student's (Hesterberg 2015, The American Statistician 69, 371,
    "expanded percentile interval").
    """
    from scipy.special import ndtr  # late: each start of a run reads the claims

    t = _quantile_of_t(n_runs - 1, 0.5 + confidence / 2)
    low = float(ndtr(-t * (n_runs / (n_runs - 1)) ** 0.5))
    return low, 1 - low


def _quantile_of_t(freedom: int, level: float) -> float:
    """Return a quantile of Student's t; scipy.stats takes 0.6 s more to import."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, level))
