"""The results that claims are checked against, and what a check returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from transients.aggregation import as_float
from transients.averages import classes_among
from transients.errors import ConfigurationError
from transients.intervals import Interval, mean_interval


class NotRunError(Exception):
    """The results hold nothing of what a claim is about."""


@dataclass(frozen=True)
class Results:
    """The results of a run, with the settings that all claims share.

    performance and training are the tables of aggregation.performance_table and of the
    concatenated training times. A difference in AUROC below the margin counts as none,
    a size within a relative size_tolerance of the paper's as the paper's.
    """

    performance: pd.DataFrame
    training: pd.DataFrame
    confidence: float
    margin: float
    size_tolerance: float

    def auroc(self, target: str, strategy: str, label: str = "macro") -> pd.DataFrame:
        """Return AUROCs, one row per seed, one column per size with any defined."""
        rows = self.performance[self.performance["class"] == label]
        table = _by_seed_and_size(rows, target, strategy, "auroc")
        return table.apply(as_float).dropna(axis="columns", how="all")

    def trained(self, target: str, strategy: str, quantity: str) -> pd.DataFrame:
        """Return a column of the training times, one row per seed, column per size."""
        if quantity not in self.training:
            raise ConfigurationError(
                f"claims: no quantity {quantity!r}; use one of {list(self.training)}"
            )
        table = _by_seed_and_size(self.training, target, strategy, quantity)
        return table.apply(as_float).dropna(axis="columns", how="all")

    def devices(self, target: str, strategy: str) -> pd.DataFrame:
        """Return the model of what trained, like trained(); "" where not recorded."""
        rows = self.training
        told = rows["device"].fillna("") if "device" in rows else ""
        rows = rows.assign(device=told)
        return _by_seed_and_size(rows, target, strategy, "device")

    def classes(self, target: str) -> list[str]:
        """Return the classes of a target, without aggregates and pairs."""
        rows = self.performance[self.performance["target"] == target]
        return classes_among(rows["class"].unique())

    def max_test(self, target: str) -> int | None:
        """Return the cap on a target's test set [light curves], None without."""
        rows = self.performance[self.performance["target"] == target]
        caps = rows["max_test"].dropna()
        return None if caps.empty else int(caps.iloc[0])

    def few_tested(self, target: str, label: str) -> bool:
        """Return whether any AUROC of a label is on fewer than 3 objects of a class."""
        table = self.performance
        rows = (table["target"] == target) & (table["class"] == label)
        return bool(table.loc[rows, "few_tested"].any())

    def interval(self, per_seed: pd.Series) -> Interval:
        """Return the interval over seeds at the confidence of all claims."""
        return mean_interval(per_seed, self.confidence)

    def gains(self, target: str, baseline: str, label: str = "macro") -> pd.DataFrame:
        """Return transfer minus baseline, per seed and size where both were run."""
        transfer = self.auroc(target, "transfer", label)
        gains = transfer - self.auroc(target, baseline, label)
        return gains.dropna(axis="columns", how="all")

    def is_about(self, size: float, asked: float) -> bool:
        """Return whether a size counts as the size asked for."""
        return abs(size / asked - 1) <= self.size_tolerance


def _by_seed_and_size(
    rows: pd.DataFrame, target: str, strategy: str, quantity: str
) -> pd.DataFrame:
    rows = rows[(rows["target"] == target) & (rows["strategy"] == strategy)]
    if rows.empty:
        raise NotRunError(f"{target}, {strategy}: no {quantity}")
    wide = rows.set_index(["seed", "n_train"])[quantity].unstack()  # noqa: PD010
    return wide.sort_index(axis="columns")


@dataclass(frozen=True)
class Outcome:
    """The interval of a measured quantity, its verdict and what it was measured on.

    tested says if test sets enter, as they do in every AUROC.
    """

    interval: Interval
    verdict: str
    note: str = ""
    tested: bool = True


Measure = Callable[..., Outcome]
MEASURES: dict[str, Measure] = {}


def measure(function: Measure) -> Measure:
    """Register a measure under its name."""
    MEASURES[function.__name__] = function
    return function


def sizes_of(table: pd.DataFrame) -> list[int]:
    """Return the sizes n, ascending, of a table with one column per size."""
    return sorted(int(str(n)) for n in table.columns)


def in_words(sizes: Sequence[int]) -> str:
    """Return sizes as a short text."""
    names = [f"{n:,}" for n in sizes]
    if len(names) > 3:
        names = [names[0], "...", names[-1]]
    return f"n = {', '.join(names)}" if names else "no common n"


def nearest(sizes: Sequence[int], asked: float) -> int:
    """Return the size nearest to the one asked for, by ratio."""
    return min(sizes, key=lambda n: abs(np.log(n / asked)))
