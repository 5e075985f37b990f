"""Reliability diagrams: accuracy against confidence, and how often each occurs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from transients.plotting.axes import cut
from transients.plotting.grid import Grid
from transients.plotting.style import (
    GREY,
    PLAIN,
    FigureOptions,
    Look,
    looks_of,
    styled,
)

FEWEST_SHOWN = 20
"""A bin of fewer objects, those of all runs together, has no point."""
NOTE = (
    "Test objects by the probability of their predicted class, in {bins} bins of"
    " equal width. Points: fraction whose class that was, mean over {runs}, at the"
    " mean probability; bars: standard deviation over runs{cut}. On the diagonal"
    " probabilities are honest; below it the classifier is surer than it should be."
    " Columns: share of the test objects in each bin, on the same scale; where there"
    " are fewer than {fewest} in all runs there is no point."
)


@styled
def draw_reliability(table: pd.DataFrame, options: FigureOptions = PLAIN) -> Figure:
    """Draw a panel for each strategy; table is calibration.reliability of each run."""
    looks = looks_of(table["strategy"])
    runs, bins = table["seed"].nunique(), table["bin"].nunique()
    note = NOTE.format(
        bins=bins,
        runs=f"{runs} run{'s' * (runs > 1)}",
        cut=_cut(table),
        fewest=FEWEST_SHOWN,
    )
    grid = Grid(columns=3, width=1.75, height=1.75, right=0.15)
    figure, panels = grid.draw(len(looks), options.title, f"{note} {options.note}")
    for axes, (strategy, look) in zip(panels, looks.items(), strict=True):
        _draw_strategy(axes, table[table["strategy"] == strategy], look, bins)
        axes.set_title(look.label)
        axes.set_xlabel("probability of the predicted class")
    panels[0].set_ylabel("fraction right")
    return figure


def _cut(table: pd.DataFrame) -> str:
    """Return where bars of any strategy are cut, in words."""
    drawn = [_shown(rows) for _, rows in table.groupby("strategy")]
    accuracy = pd.concat(drawn).groupby(["strategy", "bin"])["accuracy"]
    return cut(accuracy.mean(), accuracy.std(ddof=1))


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of bins with enough objects of a strategy."""
    objects = table.groupby("bin")["n"].sum()
    return table[table["bin"].map(objects) >= FEWEST_SHOWN]


def _draw_strategy(axes: Axes, table: pd.DataFrame, look: Look, bins: int) -> None:
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.6, linestyle=(0, (1, 2)))
    objects = table.groupby("bin")["n"].sum()
    left = np.arange(bins) / bins
    columns: dict[str, Any] = {"align": "edge", "color": look.colour, "alpha": 0.18}
    axes.bar(left, objects / objects.sum(), width=1 / bins, **columns)
    groups = _shown(table).groupby("bin")
    mean, spread = (groups["accuracy"].agg(how) for how in ("mean", "std"))
    spread = spread.fillna(0.0)
    axes.errorbar(
        groups["confidence"].mean(),
        mean,
        yerr=(spread.clip(upper=mean), spread.clip(upper=1 - mean)),
        color=look.colour,
        marker=look.marker,
        elinewidth=0.8,
    )
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
