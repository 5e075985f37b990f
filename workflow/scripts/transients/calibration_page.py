"""The table of what the probabilities of each strategy are worth."""

from __future__ import annotations

import pandas as pd

from transients.aggregation import to_markdown

ABOUT = (
    "Mean ± standard deviation over runs. confidence: mean of the highest probability,"
    " which honest probabilities have equal to the accuracy. ece: expected calibration"
    " error of the predicted class, {bins} bins; ece_of_classes: the same of every"
    " class's probability, mean over classes. brier: 0 to 2, smaller is better."
    " log_loss: in nats."
)
MEASURES = ["accuracy", "confidence", "ece", "ece_of_classes", "brier", "log_loss"]


def calibration_summary(runs: pd.DataFrame) -> pd.DataFrame:
    """Return mean and standard deviation over runs, a row per strategy.

    runs has a row of calibration.calibration for each strategy and seed. Columns are
    strategy, n_runs, n_test (the fewest), and each measure with its *_sd, which is NaN
    for a single run.
    """
    groups = runs.groupby("strategy", sort=False)
    table = pd.DataFrame({"n_runs": groups.size(), "n_test": groups["n_test"].min()})
    for name in MEASURES:
        table[name] = groups[name].mean()
        table[f"{name}_sd"] = groups[name].std(ddof=1)
    return table.reset_index()


def calibration_page(summary: pd.DataFrame, bins: int) -> str:
    """Return the summary as Markdown."""
    shown = summary[["strategy", "n_runs", "n_test"]].copy()
    for name in MEASURES:
        spread = " ± " + summary[f"{name}_sd"].map("{:.3f}".format)
        known = summary[f"{name}_sd"].notna()
        shown[name] = summary[name].map("{:.3f}".format) + spread.where(known, "")
    return f"{ABOUT.format(bins=bins)}\n\n{to_markdown(shown)}\n"
