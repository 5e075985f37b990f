"""The table of realism as a page: a part per data set, a column per class."""

from __future__ import annotations

import numpy as np
import pandas as pd

from transients.aggregation import to_markdown
from transients.few_tested import MARK
from transients.realism_quantities import AUROCS, FEWEST


def side_by_side(table: pd.DataFrame) -> str:
    """Return the table as Markdown: a part per data set, a column per class."""
    cells = table.assign(cell=_in_words(table))
    parts = []
    for (target, dataset), rows in cells.groupby(["target", "dataset"], sort=False):
        wide = rows.pivot(index="quantity", columns="class", values="cell")  # noqa: PD010
        wide = wide.reindex(
            index=rows["quantity"].drop_duplicates(),
            columns=rows["class"].drop_duplicates(),
        )
        page = to_markdown(wide.fillna("").rename_axis(columns=None).reset_index())
        parts.append(f"## {target} against {dataset}\n\n{page}\n")
    note = f"\n{MARK.strip()} fewer than {FEWEST} objects of the target or simulated.\n"
    return "\n".join(parts) + (note if table["few"].any() else "")


def _in_words(table: pd.DataFrame) -> pd.Series:
    """Return "target / simulated, distance" of quantities, or the AUROC, row by row."""
    number = "{:.3g}".format
    sides = [
        table[f"{side}_p50"].map(number)
        + " ["
        + table[f"{side}_p16"].map(number)
        + ", "
        + table[f"{side}_p84"].map(number)
        + "]"
        for side in ("target", "simulated")
    ]
    words = sides[0] + " / " + sides[1] + " D " + table["distance"].map("{:.2f}".format)
    told = table["auroc"].map("{:.3f}".format) + table["auroc_error"].map(
        " ± {:.3f}".format
    )
    told = (told + ": " + table["told_by"].fillna("")).where(
        table["auroc"].notna(), "-"
    )
    words = told.where(table["quantity"].isin(AUROCS), words)
    return words + np.where(table["few"], MARK, "")
