"""Measures of what a result costs: labels, epochs, time; and how far runs scatter.

Every measure is one function, registered under its name. Its keyword arguments are
the options of the claim in config/claims.yaml; its docstring says what is measured
and how the verdict follows.
"""

from __future__ import annotations

import numpy as np

from transients.claims.results import (
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
    within,
)
from transients.intervals import NOTHING, Interval, ratio_interval


@measure
def fraction_of_labels(
    results: Results,
    *,
    target: str,
    baseline: str,
    average: str,
    paper_value: float,
) -> Outcome:
    """Fraction of labels with which transfer reaches the baseline at its largest n.

    Per size: interval of (transfer at n) - (baseline at its largest n). A size reaches
    the baseline if the interval is above -margin: an interval that includes zero only
    because it is wide does not. It falls short if it does not reach and the interval is
    below zero. More labels are taken to do no harm. lo: the largest fraction that
    falls short (0 if none); measured: the smallest fraction above it, where the
    interval includes or exceeds the baseline; hi: the smallest fraction such that it
    and all larger ones reach, testing from the largest down, which keeps the error of
    the whole search at that of one test (NaN if not even the largest reaches). Holds if
    hi is at most the paper's fraction, fails if lo is at least that.
    """
    reference = results.auroc(target, baseline, average)
    transfer = results.auroc(target, "transfer", average)
    if reference.empty or transfer.empty:
        return Outcome(NOTHING, UNDECIDED)
    largest = max(sizes_of(reference))
    if not largest:  # a baseline that needs no labels has no share of them
        return Outcome(NOTHING, UNDECIDED)
    tests = {
        n / largest: results.interval(transfer[n] - reference[largest])
        for n in sizes_of(transfer)
        if n <= largest
    }
    interval = _reached(tests, results.margin)
    verdict = UNDECIDED
    if interval.hi <= paper_value:
        verdict = HOLDS
    elif interval.lo >= paper_value:
        verdict = FAILS
    tested = in_words([n for n in sizes_of(transfer) if n <= largest])
    note = f"{baseline} at n = {largest:,}; transfer at {tested}"
    return Outcome(interval, verdict, note)


def _reached(tests: dict[float, Interval], margin: float) -> Interval:
    tests = {fraction: test for fraction, test in tests.items() if test.n_runs > 1}
    if not tests:
        return NOTHING
    short = [f for f, test in tests.items() if test.hi < 0 and test.lo <= -margin]
    lo = max(short, default=0.0)
    measured = min((f for f in tests if f > lo), default=np.nan)
    hi = np.nan
    for fraction in sorted(tests, reverse=True):
        if tests[fraction].lo <= -margin:
            break
        hi = fraction
    return Interval(measured, lo, hi, min(test.n_runs for test in tests.values()))


@measure
def share_of_performance(
    results: Results, *, target: str, baseline: str, fraction: float, paper_value: float
) -> Outcome:
    """AUROC of transfer at a fraction of the largest n, over the baseline's there.

    Mean over seeds of the paired ratio (chance alone would give .5 / AUROC). Holds if
    the interval is above the paper's share, fails if below. The nearest size stands in
    for the fraction: a larger one cannot show that the fraction suffices, a smaller
    one cannot show that it does not.
    """
    reference = results.auroc(target, baseline)
    transfer = results.auroc(target, "transfer")
    if reference.empty or transfer.empty:
        return Outcome(NOTHING, UNDECIDED)
    largest = max(sizes_of(reference))
    if not largest:
        return Outcome(NOTHING, UNDECIDED)
    n = nearest(sizes_of(transfer), fraction * largest)
    interval = results.interval(transfer[n] / reference[largest])
    verdict = above(interval, paper_value)
    if not results.is_about(n, fraction * largest):
        excused = HOLDS if n > fraction * largest else FAILS
        verdict = UNDECIDED if verdict == excused else verdict
    note = f"transfer at n = {n:,}, {baseline} at n = {largest:,}"
    return Outcome(interval, verdict, note)


@measure
def relative_training(
    results: Results, *, target: str, quantity: str, paper_value: float
) -> Outcome:
    """Ratio of a training quantity (epochs or seconds), transfer over scratch.

    Per seed the geometric mean of the paired ratio over all sizes; interval over seeds
    of its logarithm. Holds if the interval is below the paper's ratio (at least that
    much faster), fails if above. Times count where one device trained both. Runs whose
    loss was lowest in their last epoch had perhaps not converged; the note counts them.
    """
    transfer = results.trained(target, "transfer", quantity)
    ratio = transfer / results.trained(target, "scratch", quantity)
    if quantity.startswith("seconds"):
        own, other = (results.devices(target, s) for s in ("transfer", "scratch"))
        ratio = ratio.where(own.reindex_like(ratio) == other.reindex_like(ratio))
    ratio = ratio.dropna(axis="columns", how="all")
    log_ratio = ratio.apply(np.log).mean(axis="columns")
    interval = ratio_interval(log_ratio, results.confidence)
    best = results.trained(target, "transfer", "epochs_best")
    last = results.trained(target, "transfer", "epochs_run")
    unfinished = int(best.ge(last.reindex_like(best)).to_numpy().sum())
    note = (
        f"{in_words(sizes_of(ratio))}; {unfinished} of {best.count().sum()} transfer"
        " runs were best in their last epoch"
    )
    return Outcome(interval, below(interval, paper_value), note, tested=False)


@measure
def minutes_from_scratch(
    results: Results,
    *,
    target: str,
    n_train: int,
    device: str,
    factor: float,
    paper_value: float,
) -> Outcome:
    """Minutes of training from scratch at the largest n, geometric mean over seeds.

    Holds if the interval lies within a factor of the paper's time, fails if outside,
    but only on the paper's hardware and with about the paper's number of labels. Of
    several devices the paper's counts, else the one that trained most of the runs.
    """
    seconds = results.trained(target, "scratch", "seconds")
    n = max(sizes_of(seconds))
    devices = results.devices(target, "scratch")[n].reindex(seconds[n].dropna().index)
    papers = devices[devices.str.contains(device, regex=False)]
    chosen = (devices if papers.empty else papers).mode().min()
    minutes = seconds[n][devices[devices == chosen].index] / 60
    interval = ratio_interval(minutes.map(np.log), results.confidence)
    comparable = device in chosen and results.is_about(n, n_train)
    verdict = within(interval, paper_value / factor, paper_value * factor)
    note = f"n = {n:,}; {chosen or 'hardware not recorded'}"
    verdict = verdict if comparable else UNDECIDED
    return Outcome(interval, verdict, note, tested=False)


@measure
def spread_largest_when_small(
    results: Results, *, target: str, strategy: str
) -> Outcome:
    """Scatter of the macro AUROC over runs, smallest n minus the mean of larger n.

    Per seed and size the absolute deviation from the mean over seeds (as in Levene's
    test); per seed that of the smallest size minus the mean over the larger ones.
    Holds if the interval is above zero, fails if below.
    """
    auroc = results.auroc(target, strategy)
    smallest, *larger = sizes_of(auroc) or [0]
    if not larger:
        return Outcome(NOTHING, UNDECIDED)
    deviation = (auroc - auroc.mean()).abs()
    typical = deviation[larger].mean(axis="columns")
    interval = results.interval(deviation[smallest] - typical)
    note = f"{strategy}, n = {smallest:,} against {in_words(larger)}"
    return Outcome(interval, above(interval, 0), note)
