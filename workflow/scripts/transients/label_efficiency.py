"""How many labels one strategy needs for the AUROC that another has at n."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.averages import MACRO, MACRO_COMMON
from transients.few_tested import marks
from transients.intervals import levels, resamples

LABEL_EFFICIENCY_COLUMNS = [
    "target",
    "class",
    "strategy",
    "n_train",
    "auroc",
    "other",
    "bound",
    "labels",
    "lo",
    "hi",
    "ratio",
    "n_runs",
    "few_tested",
]
AT_MOST, MORE_THAN = "at most", "more than"


def label_efficiency_table(performance: pd.DataFrame) -> pd.DataFrame:
    """Return one row per target, average, strategy, size and other strategy.

    performance is the table of aggregation.performance_table. auroc: mean of strategy
    at n_train over its n_runs; labels: the size at which the mean AUROC of other is as
    high; ratio: labels / n_train, missing at n_train 0. Between the sizes that were
    run, the curve of other is linear in log n; beyond them it is not continued. Where
    other is as good at its smallest size, bound is "at most" and labels that size;
    where it never is, bound is "more than" and labels its largest. lo, hi: 95 %
    bootstrap interval at intervals.levels, for which a seed is drawn with all its
    sizes and strategies; lo is 0 below the smallest size and hi infinite above the
    largest; NaN with fewer than two runs. What it covers is told in intervals.py.
    few_tested: a class has fewer than 3 test objects in some run that enters.
    """
    means = performance[performance["class"].isin([MACRO, MACRO_COMMON])]
    rows = [
        (*names, *row)
        for names, group in means.groupby(["target", "class"])
        for row in _compared(group)
    ]
    return pd.DataFrame(rows, columns=LABEL_EFFICIENCY_COLUMNS)


def _compared(group: pd.DataFrame) -> list[tuple[object, ...]]:
    """Rows of one target and average."""
    cell = ["strategy", "n_train"]
    auroc = group.pivot(index=cell, columns="seed", values="auroc")  # noqa: PD010
    auroc = auroc.dropna(how="all")
    few = group.groupby(cell)["few_tested"].any().reindex(auroc.index).to_numpy()
    n_runs = auroc.count(axis="columns").to_numpy()
    means = _means(auroc.to_numpy(dtype=float))
    strategies, n_train = (auroc.index.get_level_values(name) for name in cell)
    rows: list[tuple[object, ...]] = []
    for other in strategies.unique():
        theirs = np.flatnonzero((strategies == other) & (n_train > 0))
        if not len(theirs):
            continue
        sizes, curves = n_train[theirs].to_numpy(), isotonic(means[theirs])
        for i in np.flatnonzero(strategies != other).tolist():
            strategy, n, wanted = strategies[i], n_train[i], means[i]
            needed = labels_needed(wanted, curves, sizes)
            bound, labels, lo, hi = _bounded(needed, sizes, auroc.shape[1])
            ratio = labels / n if n else np.nan
            marked = few[i] or few[theirs].any()
            told = (bound, labels, lo, hi, ratio, n_runs[i], marked)
            rows.append((strategy, n, wanted[0], other, *told))
    return rows


def _means(auroc: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return means (cells, 1 + resamples) over seeds of AUROCs (cells, seeds).

    The first is over all seeds. NaN seeds are left out; NaN where there is no other.
    """
    n_seeds = auroc.shape[1]
    weights = np.vstack([np.full(n_seeds, 1 / n_seeds), resamples(n_seeds)]).T
    there = ~np.isnan(auroc)
    with np.errstate(invalid="ignore"):
        return (np.nan_to_num(auroc) @ weights) / (there @ weights)


def isotonic(curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rising curves nearest to these (sizes, curves) in least squares.

    More labels do no harm in the mean, so a fall is noise. A running maximum would keep
    each lucky size and so make the curve too high; the least-squares fit averages a
    fall away: at size i the largest over j <= i of the smallest over k >= i of the mean
    from j to k (Robertson, Wright & Dykstra 1988, Order Restricted Statistical
    Inference, section 1.4).
    """
    sums = np.cumsum(np.vstack([np.zeros(curves.shape[1]), curves]), axis=0)
    n = len(curves)
    fitted = np.empty_like(curves)
    for i in range(n):
        floors = [
            np.min([(sums[k + 1] - sums[j]) / (k + 1 - j) for k in range(i, n)], axis=0)
            for j in range(i + 1)
        ]
        fitted[i] = np.max(floors, axis=0)
    return fitted


def labels_needed(
    wanted: NDArray[np.float64], curves: NDArray[np.float64], sizes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the size at which each rising curve first has the AUROC wanted of it.

    wanted (curves,), curves (sizes, curves). 0: below the smallest size; infinite:
    above the largest; NaN where an AUROC is missing.
    """
    columns = np.arange(len(wanted))
    reached = curves >= wanted
    after = np.argmax(reached, axis=0)
    before = np.maximum(after - 1, 0)
    low, high = curves[before, columns], curves[after, columns]
    logs = np.log(sizes)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (wanted - low) / (high - low)
        needed = np.exp(logs[before] + share * (logs[after] - logs[before]))
    needed = np.where(reached[0], 0.0, needed)
    needed = np.where(reached.any(axis=0), needed, np.inf)
    return np.where(np.isnan(wanted) | np.isnan(curves).any(axis=0), np.nan, needed)


def _bounded(
    needed: NDArray[np.float64], sizes: NDArray[np.int64], n_runs: int
) -> tuple[str, float, float, float]:
    """Return bound, labels and their interval of what all seeds and resamples need."""
    estimate, drawn = needed[0], needed[1:]
    drawn = drawn[~np.isnan(drawn)]
    bound = AT_MOST if estimate == 0 else MORE_THAN if np.isinf(estimate) else ""
    labels = float(np.clip(estimate, sizes[0], sizes[-1]))
    if n_runs < 2 or not len(drawn):
        return bound, labels, np.nan, np.nan
    lo, hi = np.quantile(drawn, levels(n_runs), method="inverted_cdf")
    return bound, labels, float(lo), float(hi)


def side_by_side(table: pd.DataFrame) -> pd.DataFrame:
    """Return labels and their interval in words, one column per other strategy."""
    rows = table.assign(cell=_in_words(table) + marks(table["few_tested"]))
    key = ["target", "class", "strategy", "n_train", "auroc"]
    wide = rows.pivot(index=key, columns="other", values="cell")  # noqa: PD010
    return wide.rename_axis(columns=None).reset_index()


def _in_words(rows: pd.DataFrame) -> pd.Series:
    signs = {"": "", AT_MOST: "≤ ", MORE_THAN: "> "}
    numbers = rows[["labels", "lo", "hi"]].to_numpy(dtype=float)
    cells = [
        f"{signs[str(bound)]}{labels:.0f}"
        + ("" if np.isnan(lo) else f" [{lo:.0f}, {hi:.0f}]")
        for bound, (labels, lo, hi) in zip(rows["bound"], numbers, strict=True)
    ]
    return pd.Series(cells, rows.index, dtype=object)
