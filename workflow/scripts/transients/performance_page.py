"""The page of results: averages side by side, then each class with its counts."""

from __future__ import annotations

import pandas as pd

from transients.aggregation import to_markdown
from transients.averages import AVERAGES
from transients.few_tested import footnote, marks

SETTING = ["target", "strategy", "n_train"]
UNTESTED = (
    "A run whose test set lacks a class has no AUROC of that class, nor of an average"
    " or pair with it: the number of runs that have one stands behind the result, -"
    " where none has."
)
CENTRES = {"mean_sd": "mean ± standard deviation", "median_mad": "median ± MAD"}


def performance_page(summary: pd.DataFrame, centre_and_spread: str) -> str:
    """Return the summary of aggregation.summarise as Markdown, results marked."""
    over = f"AUROC: {CENTRES[centre_and_spread]} over runs"
    return (
        f"## Averages over classes\n\n{over}.\n\n{to_markdown(averages(summary))}\n\n"
        f"## Each class\n\n{over}; labelled and tested: the fewest objects of any run."
        f"\n\n{to_markdown(each_class(summary))}\n{_on_absent_classes(summary)}"
        f"{footnote(summary['few_tested'])}"
    )


def _on_absent_classes(summary: pd.DataFrame) -> str:
    """Say what became of runs without a test object of a class, if there are any."""
    absent = (summary["n_defined"] < summary["n_runs"]).any()
    return f"\n{UNTESTED}\n" if absent else ""


def averages(summary: pd.DataFrame) -> pd.DataFrame:
    """Return one row per target, strategy and size, one column per averaged AUROC."""
    rows = summary[summary["class"].isin(AVERAGES)]
    rows = rows.assign(auroc=_auroc(rows))
    wide = rows.pivot(index=SETTING, columns="class", values="auroc")  # noqa: PD010
    wide = wide.reindex(columns=[x for x in AVERAGES if x in wide])
    runs = rows.groupby(SETTING)["n_runs"].max().rename("runs")
    return wide.rename_axis(columns=None).join(runs).reset_index()


def each_class(summary: pd.DataFrame) -> pd.DataFrame:
    """Return one row per target, strategy, size and class or pair, with its counts."""
    rows = summary[~summary["class"].isin(AVERAGES)]
    counts = {"n_train_class": "labelled", "n_test_class": "tested", "n_runs": "runs"}
    rows = rows.assign(AUROC=_auroc(rows)).rename(columns=counts)
    return rows[[*SETTING, "class", "AUROC", *counts.values()]]


def _auroc(rows: pd.DataFrame) -> pd.Series:
    """Centre and spread in words; the runs it rests on where some have no AUROC."""
    text = rows["centre"].map("{:.3f}".format)
    spread = " ± " + rows["spread"].map("{:.3f}".format)
    text += spread.where(rows["spread"].notna(), "")
    runs = " (" + rows["n_defined"].astype(str) + " runs)"
    text += runs.where(rows["n_defined"] < rows["n_runs"], "") + marks(
        rows["few_tested"]
    )
    return text.where(rows["centre"].notna(), "-" + marks(rows["few_tested"]))
