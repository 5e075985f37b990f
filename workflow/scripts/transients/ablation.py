"""What each ingredient of a strategy is worth: it against itself without that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from transients.averages import MACRO, MACRO_COMMON
from transients.intervals import ENOUGH_RUNS

ABLATION_COLUMNS = [
    "target",
    "n_train",
    "average",
    "ingredient",
    "change",
    "strategy",
    "without",
    "difference",
    "standard_error",
    "lo",
    "hi",
    "n_runs",
    "few_tested",
]


def ablation_table(
    paired: pd.DataFrame, ablations: Mapping[str, Sequence[Mapping[str, str]]]
) -> pd.DataFrame:
    """Return a row for each target, size, average and ingredient that was changed.

    paired is the table of paired.paired_table; ablations holds for each target the
    ingredient, the change in words, the strategy that has the ingredient and the one
    without. difference: AUROC without minus AUROC with, mean over the same splits;
    lo, hi: 95 % interval, bootstrap, or Student's with fewer than ENOUGH_RUNS runs.
    """
    averages = paired[paired["class"].isin([MACRO, MACRO_COMMON])]
    enough = averages["n_runs"] >= ENOUGH_RUNS
    rows = averages.assign(
        lo=averages["lo"].where(enough, averages["t_lo"]),
        hi=averages["hi"].where(enough, averages["t_hi"]),
    )
    rows = rows.rename(columns={"class": "average", "strategy": "without"})
    rows = rows.rename(columns={"other": "strategy"})
    wanted = pd.DataFrame(
        [
            {"target": target, **one}
            for target, some in ablations.items()
            for one in some
        ],
        columns=["target", "ingredient", "change", "strategy", "without"],
    )
    table = wanted.merge(rows, on=["target", "strategy", "without"], how="left")
    return table[ABLATION_COLUMNS]
