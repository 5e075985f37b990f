"""Paired differences between strategies, with intervals over runs."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd

from transients.averages import MACRO, MACRO_COMMON
from transients.few_tested import marks
from transients.intervals import ENOUGH_RUNS, bootstrap_interval, mean_interval

PAIRED_COLUMNS = [
    "target",
    "n_train",
    "class",
    "strategy",
    "other",
    "difference",
    "standard_error",
    "standard_errors",
    "lo",
    "hi",
    "t_lo",
    "t_hi",
    "n_runs",
    "few_tested",
]


def paired_table(performance: pd.DataFrame) -> pd.DataFrame:
    """Return one row per target, size, class or average, and pair of strategies.

    performance is the table of aggregation.performance_table; each pair stands in it
    both ways. difference: AUROC of strategy minus that of other on the same labels and
    test objects, mean over the n_runs seeds where both are defined; standard_error: of
    that mean; standard_errors: difference over standard_error, NaN where runs do not
    differ, as they then say nothing of chance. lo, hi: 95 % bootstrap interval; t_lo,
    t_hi: Student's, to go by with fewer than 5 runs. What both cover is told in
    intervals.py; neither corrects for the number of pairs compared. few_tested: a class
    has fewer than 3 test objects in some run.
    """
    rows = []
    for names, group in performance.groupby(["target", "n_train", "class"]):
        auroc = group.pivot(index="seed", columns="strategy", values="auroc")  # noqa: PD010
        few = set(group.loc[group["few_tested"], "strategy"])
        rows += [
            (
                *names,
                one,
                other,
                *_compared(auroc[one] - auroc[other]),
                bool(few & {one, other}),
            )
            for one, other in permutations(auroc.columns, 2)
        ]
    return pd.DataFrame(rows, columns=PAIRED_COLUMNS)


def _compared(difference: pd.Series) -> tuple[float, ...]:
    values = difference.dropna()
    bootstrap, student = bootstrap_interval(values), mean_interval(values)
    error = (
        float(values.std() / len(values) ** 0.5)
        if values.min() < values.max()
        else np.nan
    )
    return (
        student.estimate,
        error,
        student.estimate / error,
        *(bootstrap.lo, bootstrap.hi, student.lo, student.hi),
        student.n_runs,
    )


def side_by_side(paired: pd.DataFrame) -> pd.DataFrame:
    """Return the differences of the averages in words, one column per other strategy.

    Each cell: difference, bootstrap interval (Student's with fewer than ENOUGH_RUNS),
    and the standard errors from zero.
    """
    rows = paired[paired["class"].isin([MACRO, MACRO_COMMON])]
    rows = rows.assign(cell=_in_words(rows) + marks(rows["few_tested"]))
    key = ["target", "class", "n_train", "strategy"]
    wide = rows.pivot(index=key, columns="other", values="cell")  # noqa: PD010
    return wide.add_prefix("minus ").rename_axis(columns=None).reset_index()


def _in_words(rows: pd.DataFrame) -> pd.Series:
    enough = rows["n_runs"] >= ENOUGH_RUNS
    lo, hi = (rows[end].where(enough, rows[f"t_{end}"]) for end in ("lo", "hi"))
    numbers = zip(rows["difference"], lo, hi, rows["standard_errors"], strict=True)
    cells = [
        f"{difference:+.3f}"
        + ("" if np.isnan(errors) else f" [{lo:+.3f}, {hi:+.3f}] {errors:+.1f} SE")
        for difference, lo, hi, errors in numbers
    ]
    return pd.Series(cells, rows.index, dtype=object)
