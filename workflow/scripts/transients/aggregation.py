"""From the results of all units to the tables of the paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from tabulate import tabulate

from transients.errors import ConfigurationError, DataError
from transients.few_tested import few_tested
from transients.wording import spelt_out

PERFORMANCE_COLUMNS = [
    "target",
    "strategy",
    "n_train",
    "seed",
    "class",
    "auroc",
    "n_train_class",
    "n_test_class",
    "n_test",
    "max_test",
    "few_tested",
]
TRAINING_TIME_COLUMNS = [
    "target",
    "n_train",
    "strategy",
    "device",
    "epochs_best",
    "epochs_run",
    "seconds",
    "seconds_per_epoch",
    "ratio_to_scratch",
    "ratio_sd",
]
SUMMARY_COLUMNS = [
    "target",
    "strategy",
    "n_train",
    "class",
    "centre",
    "spread",
    "n_runs",
    "n_defined",
    "n_train_class",
    "n_test_class",
    "few_tested",
]
CACHED = " (cached embeddings)"
"""Ends the strategy's name in the row that gives times with cached embeddings."""

UNKNOWN_DEVICE = "unknown"
UNIT = ["target", "n_train", "seed"]
TIMED = ["target", "n_train", "strategy", "device"]
CentreAndSpread = Literal["mean_sd", "median_mad"]


def performance_table(
    scores: pd.DataFrame,
    max_test: Mapping[str, int | None],
    common_classes: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """Return the tidy table of AUROCs, one row per unit, strategy and class.

    scores are the concatenated scores of all units, max_test the cap on the test set
    of each target, common_classes its common classes. few_tested marks an AUROC on
    fewer than 3 test objects of a class. A row that occurs twice is refused, because it
    would count a run twice.
    """
    key = PERFORMANCE_COLUMNS[:5]
    table = _select(scores, PERFORMANCE_COLUMNS[:-2], "scores")
    _refuse_repeated(table, key, "scores")
    table = with_cap(table.sort_values(key, ignore_index=True), max_test)
    return table.assign(few_tested=few_tested(table, common_classes))


def with_cap(table: pd.DataFrame, max_test: Mapping[str, int | None]) -> pd.DataFrame:
    """Return a table of units with the cap on the test set of each row's target.

    The column max_test [light curves] is missing (NA) where there is no cap.
    """
    return table.assign(max_test=table["target"].map(max_test).astype("Int64"))


def training_time_table(training: pd.DataFrame) -> pd.DataFrame:
    """Return mean epochs and times, one row per target, size, strategy and device.

    device is the model of GPU or processor that trained. seconds and seconds_per_epoch
    [s] are those of training through the whole network. ratio_to_scratch is the mean
    over seeds of the paired ratio of seconds to those of `scratch` on the same split
    and device, ratio_sd its standard deviation over seeds. A strategy whose frozen
    backbone was really run on cached embeddings has a second row, marked as such, with
    the times as they were. Each row is averaged over all seeds that its device
    trained; NaN where a recipe has no best epoch or its unit no scratch run there.
    """
    times = ["seconds", "seconds_per_epoch"]
    uncached = [f"{name}_uncached" for name in times]
    known = [*UNIT, "strategy", "device", "epochs_best", "epochs_run"]
    table = _select(training, [*known, *times, *uncached], "training times")
    _refuse_repeated(table, [*UNIT, "strategy"], "training times")
    table["device"] = table["device"].fillna(UNKNOWN_DEVICE)
    differs = table["seconds"] != table["seconds_uncached"]
    was_cached = differs.groupby([table[name] for name in TIMED]).transform("any")
    cached = table[was_cached].drop(columns=uncached)
    cached["strategy"] += CACHED
    whole = table.drop(columns=times).rename(
        columns=dict(zip(uncached, times, strict=True))
    )
    rows = _with_ratio(pd.concat([whole, cached], ignore_index=True))
    return _mean_over_seeds(rows)


def _with_ratio(rows: pd.DataFrame) -> pd.DataFrame:
    pair = [*UNIT, "device"]
    scratch = rows[rows["strategy"] == "scratch"].set_index(pair)["seconds"]
    own = pd.MultiIndex.from_frame(rows[pair])
    return rows.assign(
        ratio=rows["seconds"].to_numpy() / scratch.reindex(own).to_numpy(dtype=float)
    )


def _mean_over_seeds(rows: pd.DataFrame) -> pd.DataFrame:
    means = ["epochs_best", "epochs_run", "seconds", "seconds_per_epoch"]
    groups = rows.assign(**{name: as_float(rows[name]) for name in means}).groupby(
        TIMED
    )
    table = groups[means].mean()
    table["ratio_to_scratch"] = groups["ratio"].mean()
    table["ratio_sd"] = groups["ratio"].std(ddof=1)
    return table.reset_index()[TRAINING_TIME_COLUMNS]


def as_float(values: pd.Series) -> pd.Series:
    """Return numbers with NaN where they are missing, whatever stands for missing."""
    return values.astype("Float64").astype(float)


def class_counts_table(class_counts: pd.DataFrame) -> pd.DataFrame:
    """Return Table 1: one row per class, one column of counts per data set.

    Classes and data sets stand in the order of their first appearance. A class that a
    data set does not know is missing (NA), which is not zero.
    """
    _refuse_repeated(class_counts, ["dataset", "class"], "class counts")
    counts = class_counts.set_index(["class", "dataset"])["n"]
    wide = counts.unstack()  # noqa: PD010
    wide = wide.reindex(
        index=class_counts["class"].drop_duplicates(),
        columns=class_counts["dataset"].drop_duplicates(),
    )
    return wide.astype("Int64").rename_axis(columns=None).reset_index()


def summarise(
    performance: pd.DataFrame, centre_and_spread: str = "mean_sd"
) -> pd.DataFrame:
    """Return centre and spread of the AUROC over runs, per strategy, size and class.

    mean_sd: mean and standard deviation (n - 1), as the paper writes; median_mad:
    median and median absolute deviation, unscaled, as the authors' code draws. Only
    runs where the AUROC is defined enter: n_defined of n_runs. The spread of a single
    run is NaN. n_train_class and n_test_class are the fewest labelled and tested
    objects of any run, few_tested says if any run is marked so.
    """
    estimators = {"mean_sd": _mean_sd, "median_mad": _median_mad}
    if centre_and_spread not in estimators:
        raise ConfigurationError(
            f"centre_and_spread is {centre_and_spread!r}; use one of"
            f" {sorted(estimators)}"
        )
    estimate = estimators[centre_and_spread]
    rows = []
    key = ["target", "strategy", "n_train", "class"]
    for names, group in performance.groupby(key, sort=True):
        defined = group["auroc"].dropna().to_numpy(dtype=float)
        runs = (len(group), len(defined))
        fewest = group[["n_train_class", "n_test_class"]].min()
        few = bool(group["few_tested"].any())
        rows.append((*names, *estimate(defined), *runs, *fewest, few))
    return pd.DataFrame(rows, columns=SUMMARY_COLUMNS)


def _mean_sd(values: np.ndarray) -> tuple[float, float]:
    if len(values) < 2:
        return float(values[0]) if len(values) else np.nan, np.nan
    return float(values.mean()), float(values.std(ddof=1))


def _median_mad(values: np.ndarray) -> tuple[float, float]:
    if len(values) < 2:
        return _mean_sd(values)
    centre = float(np.median(values))
    return centre, float(np.median(np.abs(values - centre)))


def to_markdown(frame: pd.DataFrame) -> str:
    """Return the table as Markdown: integers whole, other numbers to 3 digits or more.

    A missing entry is a dash.
    """
    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    numeric = [pd.api.types.is_numeric_dtype(frame[name]) for name in frame.columns]
    return tabulate(
        rows,
        headers=[_harmless(str(name)) for name in frame.columns],
        tablefmt="pipe",
        disable_numparse=True,
        colalign=["right" if number else "left" for number in numeric] if rows else (),
    )


def _cell(value: Any) -> str:  # noqa: ANN401
    if pd.isna(value):
        return "-"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 1000 else f"{value:#.3g}".rstrip(".")
    return _harmless(str(value))


def _harmless(text: str) -> str:
    """Return text that stays in its cell and is no markup: no HTML, link or code."""
    for character in "\\|`":
        text = text.replace(character, f"\\{character}")
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace("](", "]\\(")
    return spelt_out(" ".join(text.split()))


def _select(frame: pd.DataFrame, columns: list[str], what: str) -> pd.DataFrame:
    if missing := sorted(set(columns) - set(frame.columns)):
        raise DataError(f"{what}: no column {missing}; there are {list(frame)}")
    return frame[columns].reset_index(drop=True)


def _refuse_repeated(frame: pd.DataFrame, key: list[str], what: str) -> None:
    repeated = frame.duplicated(key)
    if repeated.any():
        first = frame.loc[repeated, key].iloc[0].to_dict()
        raise DataError(f"{what}: {int(repeated.sum())} rows twice, first {first}")


def count_dropped(dropped: pd.DataFrame) -> pd.DataFrame:
    """Return `dataset, reason, n` of the list `dataset, object_id, reason`."""
    counts = dropped.groupby(["dataset", "reason"], sort=True).size()
    return counts.rename("n").reset_index()
