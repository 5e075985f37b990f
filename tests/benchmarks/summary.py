"""The summary of a benchmark: a row an item, with its target and whether it is met."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

COMPARE = {">=": operator.ge, "<=": operator.le}
COLUMNS = ["item", "baseline", "engine", "ratio", "target", "pass"]


@dataclass(frozen=True)
class Row:
    """What came of an item, NaN where nothing was measured.

    target is ">= 6" or "<= 0.2": of the ratio, or where there is no baseline (None) of
    the engine's number. Without a target a row is for information.
    """

    item: str
    engine: float = np.nan
    target: str = ""
    baseline: float | None = None

    @property
    def ratio(self) -> float:
        """The engine's number in units of the baseline's."""
        return np.nan if self.baseline is None else self.engine / self.baseline

    @property
    def passes(self) -> bool | None:
        """Whether the target is met; None without target or measurement."""
        measured = self.engine if self.baseline is None else self.ratio
        if not self.target or np.isnan(measured):
            return None
        sign, bound = self.target.split()
        return bool(COMPARE[sign](measured, float(bound)))


def summarise(rows: Iterable[Row]) -> pd.DataFrame:
    """Return the rows as a table with COLUMNS; `pass` is true, false or missing."""
    written = {True: "true", False: "false", None: None}
    return pd.DataFrame(
        [
            (r.item, r.baseline, r.engine, r.ratio, r.target, written[r.passes])
            for r in rows
        ],
        columns=COLUMNS,
    ).astype({"baseline": float})
