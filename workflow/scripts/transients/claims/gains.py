"""Measures that compare the AUROC of strategies or classes.

Every measure is one function, registered under its name. Its keyword arguments are
the options of the claim in config/claims.yaml; its docstring says what is measured
and how the verdict follows.

"Gain" is the AUROC of transfer minus that of the baseline in the same run.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from transients.claims.results import (
    NotRunError,
    Outcome,
    Results,
    in_words,
    measure,
    nearest,
    sizes_of,
)
from transients.claims.verdicts import (
    FAILS,
    HOLDS,
    UNDECIDED,
    above,
    below,
    weakest,
    within,
)
from transients.intervals import NOTHING, Interval


@measure
def gain_largest_for(
    results: Results, *, target: str, baseline: str, classes: Sequence[str]
) -> Outcome:
    """Whether each of some classes gains more than each of the others.

    For every pair of one of the classes and another class: the per-seed mean over sizes
    of the difference of their gains. Holds if all intervals are above zero, fails if
    one is below; reported is the pair that decides.
    """
    gains = {x: results.gains(target, baseline, x) for x in results.classes(target)}
    if missing := set(classes) - set(gains):
        raise NotRunError(f"{target}: no class {sorted(missing)}")
    pairs = {
        f"{one} - {other}": results.interval(
            (gains[one] - gains[other]).mean(axis="columns")
        )
        for one in classes
        for other in gains
        if other not in classes
    }
    if not pairs:
        raise NotRunError(f"{target}: no class but {sorted(gains)}")
    return _all_above(pairs)


def _all_above(intervals: dict[str, Interval]) -> Outcome:
    decisive = weakest(intervals.values())
    name = next(name for name, one in intervals.items() if one is decisive)
    everything = all(one.lo > 0 for one in intervals.values())
    verdict = FAILS if decisive.hi < 0 else HOLDS if everything else UNDECIDED
    return Outcome(decisive, verdict, f"weakest of {len(intervals)}: {name}")


@measure
def gain_over_sizes(
    results: Results, *, target: str, baseline: str, average: str
) -> Outcome:
    """Gain in an averaged AUROC, per seed the mean over all sizes.

    Holds if the interval is above zero, fails if below.
    """
    gains = results.gains(target, baseline, average)
    interval = results.interval(gains.mean(axis="columns"))
    return Outcome(interval, above(interval, 0), in_words(sizes_of(gains)))


@measure
def gain_at_size(
    results: Results, *, target: str, baseline: str, average: str, n_train: int
) -> Outcome:
    """Gain in an averaged AUROC at one size.

    Holds if the interval is above zero, fails if below. The gain shrinks as n grows,
    so another size than the paper's, taken where that was not run, decides nothing.
    """
    gains = results.gains(target, baseline, average)
    if gains.empty:
        return Outcome(NOTHING, UNDECIDED)
    n = nearest(sizes_of(gains), n_train)
    interval = results.interval(gains[n])
    decided = results.is_about(n, n_train)
    verdict = above(interval, 0) if decided else UNDECIDED
    return Outcome(interval, verdict, f"n = {n:,}")


@measure
def gain_in_every_class(results: Results, *, target: str, baseline: str) -> Outcome:
    """Gain in each class, per seed the mean over all sizes.

    Holds if all intervals are above zero, fails if one is below; reported is the class
    that decides.
    """
    classes = results.classes(target)
    if not classes:
        raise NotRunError(f"{target}: no classes")
    gains = {x: results.gains(target, baseline, x) for x in classes}
    means = {x: results.interval(gain.mean(axis=1)) for x, gain in gains.items()}
    return _all_above(means)


@measure
def variant_is_worse(results: Results, *, target: str, variant: str) -> Outcome:
    """Macro AUROC of transfer minus that of another strategy, mean over common sizes.

    Holds if the interval is above the margin, fails if below.
    """
    gains = results.gains(target, variant)
    interval = results.interval(gains.mean(axis="columns"))
    return Outcome(interval, above(interval, results.margin), in_words(sizes_of(gains)))


@measure
def variant_is_equal(results: Results, *, target: str, variant: str) -> Outcome:
    """Macro AUROC of another strategy minus that of transfer, mean over common sizes.

    Holds if the interval lies within the margin on both sides, fails if it is outside.
    """
    gains = results.gains(target, variant)
    interval = results.interval(-gains.mean(axis="columns"))
    verdict = within(interval, -results.margin, results.margin)
    return Outcome(interval, verdict, in_words(sizes_of(gains)))


@measure
def easiest_class(results: Results, *, target: str, easiest: str) -> Outcome:
    """AUROC of one class minus that of each other, transfer at the largest n.

    Holds if all intervals are above zero, fails if one is below; reported is the class
    that decides.
    """
    classes = results.classes(target)
    if easiest not in classes or len(classes) < 2:
        raise NotRunError(f"{target}: no class {easiest} among others")
    auroc = {x: results.auroc(target, "transfer", x) for x in classes}
    n = max(max(sizes_of(table), default=0) for table in auroc.values())
    top = auroc.pop(easiest)
    missing = pd.Series(np.nan, index=top.index)
    outcome = _all_above(
        {
            other: results.interval(top.get(n, missing) - table.get(n, missing))
            for other, table in auroc.items()
        }
    )
    return Outcome(outcome.interval, outcome.verdict, f"n = {n:,}; {outcome.note}")


@measure
def pair_is_hard(
    results: Results, *, target: str, pair: str, threshold: float, n_train: int
) -> Outcome:
    """AUROC of one class against another, transfer at the largest n.

    Holds (the pair stays challenging) if the interval is below the threshold, fails if
    above. With fewer labels than the paper's it may be hard only for want of them, so
    then it can fail but not hold.
    """
    auroc = results.auroc(target, "transfer", pair)
    if auroc.empty:
        return Outcome(NOTHING, UNDECIDED)
    n = max(sizes_of(auroc))
    interval = results.interval(auroc[n])
    verdict = below(interval, threshold)
    enough = n > n_train or results.is_about(n, n_train)
    if verdict == HOLDS and not enough:
        verdict = UNDECIDED
    return Outcome(interval, verdict, f"n = {n:,}")
