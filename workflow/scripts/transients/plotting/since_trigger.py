"""AUROC against days since trigger: the mean, each class, and what is observed."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from transients.averages import MACRO
from transients.plotting.axes import SIZE, mark_chance
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
"""More classes than these stand four in a row."""
NOTE = (
    "Test light curves cut at so many days after the trigger. Lines: mean over {runs};"
    " bands: standard deviation; numbers and thin lines: whole light curves, to day"
    " {last:g}. Every cut has the same objects; one without a point by then gets equal"
    " probabilities of all classes (open: no object of the class has one). Before the"
    " trigger (shaded) time is counted from one that is not known yet. Last panel:"
    " share of test objects with a point, and with the {least} that whole light curves"
    " must have."
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
    few = len(options.classes) <= FEW_CLASSES
    width, height = (1.75, 1.4) if few else (1.25, 1.1)
    grid = Grid(columns=3 if few else 4, width=width, height=height, top=0.18)
    runs, last = table["seed"].nunique(), table["days"].max()
    note = NOTE.format(
        runs=f"{runs} run{'s' * (runs > 1)}", last=last, least=min_points
    )
    figure, panels = grid.draw(
        len(names) + 1, options.title, f"{note} {options.note}".strip()
    )
    low = _lowest(table[table["class"].isin(names)])
    for axes, name in zip(panels, names, strict=False):
        rows = table[table["class"] == name]
        _draw_class(axes, rows, looks)
        axes.set_ylim(low, 1.02)
        mark_chance(axes, named=axes is panels[0])
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


def _lowest(table: pd.DataFrame) -> float:
    """Where the axis of the AUROC begins: at chance, or below what is drawn."""
    groups = table.groupby(["strategy", "class", "days"])["auroc"]
    reached = (groups.mean() - groups.std(ddof=1).fillna(0.0)).min()
    return max(0.0, min(0.48, reached - 0.02)) if pd.notna(reached) else 0.48


def _draw_class(axes: Axes, table: pd.DataFrame, looks: dict[str, Look]) -> None:
    observed = table.groupby("days")["n_observed"].sum() > 0
    seen, unseen = list(observed.index[observed]), list(observed.index[~observed])
    for number, (strategy, look) in enumerate(looks.items()):
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
        text = "no AUROC" if pd.isna(whole) else f"{whole:.3f}"
        place = 0.14 + 0.1 * (len(looks) - 1 - number)
        axes.text(
            *(0.98, place, text),
            transform=axes.transAxes,
            color=look.colour,
            ha="right",
            fontsize=6,
        )


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
