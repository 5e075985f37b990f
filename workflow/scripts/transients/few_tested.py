"""Which results rest on too few tested objects, and how tables mark them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from transients.averages import classes_among, members_of

FEWEST_TESTED = 3
MARK = " †"
FOOTNOTE = (
    f"{MARK.strip()} in some run fewer than {FEWEST_TESTED} test objects of a class."
)


def few_tested(
    table: pd.DataFrame, common_classes: Mapping[str, Sequence[str]]
) -> pd.Series:
    """Return whether a class behind each AUROC has fewer than 3 objects in its test.

    table has target, strategy, n_train, seed, class, n_test_class and n_test.
    common_classes are those of each target. Where the objects of all other classes are
    fewer than those of a class, they count.
    """
    unit = ["strategy", "n_train", "seed"]
    few = pd.Series(False, index=table.index)
    for target, rows in table.groupby("target"):
        others = rows["n_test"] - rows["n_test_class"]
        rows = rows.assign(fewest=np.minimum(rows["n_test_class"], others))
        fewest = rows.pivot(index=unit, columns="class", values="fewest")  # noqa: PD010
        names = list(map(str, fewest))
        classes = classes_among(names)
        common = common_classes.get(str(target), ())
        behind = {
            name: fewest[members_of(name, classes, common)].min(axis="columns")
            for name in names
        }
        own = pd.MultiIndex.from_frame(rows[["class", *unit]])
        few[rows.index] = (pd.concat(behind).reindex(own) < FEWEST_TESTED).to_numpy()
    return few


def marks(few: pd.Series) -> pd.Series:
    """Return what is put behind the results: the mark, or nothing."""
    return pd.Series(np.where(few, MARK, ""), few.index, dtype=object)


def footnote(few: pd.Series) -> str:
    """Return what a table in Markdown says below of the mark; nothing without any."""
    return f"\n{FOOTNOTE}\n" if few.any() else ""
