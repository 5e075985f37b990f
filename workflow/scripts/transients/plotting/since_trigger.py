"""AUROC against days since trigger: the mean, each class, and what is observed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from pandas.core.groupby import SeriesGroupBy

from transients.averages import MACRO
from transients.plotting.axes import CHANCE, SIZE, cut, mark_chance
from transients.plotting.direct_labels import spread as spread_apart
from transients.plotting.grid import Grid
from transients.plotting.panels import write_test_size
from transients.plotting.style import (
    GREY,
    PLAIN,
    FigureOptions,
    Look,
    looks_of,
    styled,
)

FEW_CLASSES = 6
"""Panels of more classes are lower."""
LINE = 0.095
"""Least distance of the numbers right of a panel [in]."""
NOTE = (
    "Test light curves cut at so many days after the trigger. Lines: mean over"
    " {runs}; bands: standard deviation{cut}; numbers and thin lines: whole light"
    " curves, to day {last:g}. Every cut has the same objects; one without a point by"
    " then gets equal probabilities of all classes (open: no object of the class has"
    " one). Before the trigger (shaded) time is counted from one that is not known"
    " yet. Last panel: share of test objects with a point, and with the {least} that"
    " whole light curves must have."
)


@styled
def draw_since_trigger(
    table: pd.DataFrame, min_points: int, options: FigureOptions = PLAIN
) -> Figure:
    """Draw mean AUROC and spread; table is since_trigger.since_trigger of each run.

    options.classes gives the panels after that of the mean, and their order.
    """
    names = [MACRO, *options.classes]
    looks = looks_of(table["strategy"])
    height = 1.4 if len(options.classes) <= FEW_CLASSES else 1.1
    grid = Grid(columns=3, width=1.6, height=height, right=0.32, top=0.18)
    drawn = table[table["class"].isin(names)]
    note = f"{_note(drawn, min_points)} {options.note}".strip()
    figure, panels = grid.draw(len(names) + 1, options.title, note)
    low = _lowest(drawn)
    for axes, name in zip(panels, names, strict=False):
        rows = table[table["class"] == name]
        levels = _draw_class(axes, rows, looks)
        axes.set_ylim(low, 1.02)
        mark_chance(axes, named=False)
        if axes is panels[0]:
            levels.append((CHANCE, "chance", GREY))
        _write_beside(axes, levels, height)
        axes.set_title("mean of classes" if name == MACRO else name, parse_math=False)
        write_test_size(axes, rows["n_test_class"])
    _draw_seen(panels[-1], table[table["class"] == MACRO], min_points)
    for number, axes in enumerate(panels):
        _mark_trigger(axes, table["days"])
        if number + grid.columns >= len(panels):
            axes.set_xlabel("days since trigger")
        if number % grid.columns == 0 and axes is not panels[-1]:
            axes.set_ylabel("AUROC")
    _add_legend(figure, looks)
    return figure


def _note(table: pd.DataFrame, min_points: int) -> str:
    groups = _groups(table)
    runs = table["seed"].nunique()
    return NOTE.format(
        runs=f"{runs} run{'s' * (runs > 1)}",
        cut=cut(groups.mean(), groups.std(ddof=1)),
        last=table["days"].max(),
        least=min_points,
    )


def _groups(table: pd.DataFrame) -> SeriesGroupBy:
    return table.groupby(["strategy", "class", "days"])["auroc"]


def _lowest(table: pd.DataFrame) -> float:
    """Where the axis of the AUROC begins: at chance, or below what is drawn."""
    groups = _groups(table)
    reached = (groups.mean() - groups.std(ddof=1).fillna(0.0)).min()
    return max(0.0, min(0.48, reached - 0.02)) if pd.notna(reached) else 0.48


def _draw_class(
    axes: Axes, table: pd.DataFrame, looks: dict[str, Look]
) -> list[tuple[float, str, str]]:
    """Draw the strategies; return each AUROC at the end, in words, and its colour."""
    levels = []
    observed = table.groupby("days")["n_observed"].sum() > 0
    seen, unseen = list(observed.index[observed]), list(observed.index[~observed])
    for strategy, look in looks.items():
        rows = table[table["strategy"] == strategy].groupby("days")["auroc"]
        mean, spread = rows.mean(), rows.std(ddof=1).fillna(0.0)
        axes.plot(mean.index, mean, color=look.colour, linestyle=look.line)
        for days, face in ((seen, look.colour), (unseen, "white")):
            points: dict[str, Any] = {"color": look.colour, "marker": look.marker}
            points |= {"markersize": 0.8 * SIZE, "markerfacecolor": face}
            axes.plot(days, mean[days], linestyle="none", **points)
        low, high = (mean - spread).clip(0, 1), (mean + spread).clip(0, 1)
        band: dict[str, Any] = {"color": look.colour, "alpha": 0.15, "linewidth": 0}
        axes.fill_between(mean.index, low, high, **band)
        whole = mean.iloc[-1]
        axes.axhline(whole, color=look.colour, linewidth=0.4, alpha=0.7)
        known = (CHANCE, "none") if pd.isna(whole) else (whole, f"{whole:.3f}")
        levels.append((*known, look.colour))
    return levels


def _write_beside(
    axes: Axes, levels: list[tuple[float, str, str]], height: float
) -> None:
    """Write texts right of a panel so high [in], near their levels but apart."""
    low, high = axes.get_ylim()
    wanted = np.array([(level - low) / (high - low) for level, _, _ in levels])
    placed = spread_apart(wanted, LINE / height)
    for place, (_, text, colour) in zip(placed, levels, strict=True):
        look: dict[str, Any] = {"color": colour, "fontsize": 6, "va": "center"}
        axes.text(1.02, place, text, transform=axes.transAxes, **look)


def _draw_seen(axes: Axes, table: pd.DataFrame, min_points: int) -> None:
    """Draw the share of test objects with a point, and with enough of them, by day."""
    counts = table.groupby("days")[["n_test_class", "n_observed", "n_enough"]].sum()
    for column, line, label in (
        ("n_observed", "-", "any point"),
        ("n_enough", ":", f"{min_points} points"),
    ):
        share = counts[column] / counts["n_test_class"]
        look: dict[str, Any] = {"color": "black", "marker": ".", "linestyle": line}
        axes.plot(share.index, share, label=label, **look)
    axes.set_ylim(-0.02, 1.02)
    axes.set_title("share of objects with")
    axes.legend(loc="lower right")


def _mark_trigger(axes: Axes, days: pd.Series) -> None:
    margin = 0.04 * max(float(days.max() - days.min()), 1.0)
    first = min(float(days.min()), 0.0) - margin
    axes.axvspan(first, 0, color=GREY, alpha=0.12, linewidth=0, zorder=0)
    axes.set_xlim(first, float(days.max()) + margin)


def _add_legend(figure: Figure, looks: dict[str, Look]) -> None:
    entries = [
        Line2D([], [], color=x.colour, linestyle=x.line, marker=x.marker, label=x.label)
        for x in looks.values()
    ]
    top = 1 - 0.18 / figure.get_figheight()
    figure.legend(handles=entries, ncols=3, loc="upper left", bbox_to_anchor=(0.0, top))
