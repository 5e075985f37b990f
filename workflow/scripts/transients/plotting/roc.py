"""ROC curves of some strategies, a panel for each class."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from transients.plotting.axes import cut
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
    "Each class against all others. Lines: mean over {runs} at each false positive"
    " rate; bands: standard deviation{cut}. Numbers: mean AUROC. Dotted: chance."
)


@styled
def draw_roc(table: pd.DataFrame, options: FigureOptions = PLAIN) -> Figure:
    """Draw mean curve and spread; table is roc.roc_curves of each run.

    options.classes gives the panels and their order.
    """
    classes = list(options.classes)
    looks = looks_of(table["strategy"])
    few = len(classes) <= FEW_CLASSES
    side = 1.75 if few else 1.25
    grid = Grid(columns=3 if few else 4, width=side, height=side, top=0.18)
    runs = table["seed"].nunique()
    places = ["class", "strategy", "false_positive_rate"]
    rates = table.groupby(places)["true_positive_rate"]
    beyond = cut(rates.mean(), rates.std(ddof=1))
    note = NOTE.format(runs=f"{runs} run{'s' * (runs > 1)}", cut=beyond)
    figure, panels = grid.draw(len(classes), options.title, f"{note} {options.note}")
    for number, (axes, name) in enumerate(zip(panels, classes, strict=True)):
        _draw_class(axes, table[table["class"] == name], looks)
        axes.set_title(name, parse_math=False)
        write_test_size(axes, table.loc[table["class"] == name, "n_test_class"])
        if number + grid.columns >= len(classes):
            axes.set_xlabel("false positive rate")
        if number % grid.columns == 0:
            axes.set_ylabel("true positive rate")
    entries = [
        Line2D([], [], color=look.colour, linestyle=look.line, label=look.label)
        for look in looks.values()
    ]
    grid.legend(figure, panels, entries)
    return figure


def _draw_class(axes: Axes, table: pd.DataFrame, looks: dict[str, Look]) -> None:
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.6, linestyle=(0, (1, 2)))
    for number, (strategy, look) in enumerate(looks.items()):
        rows = table[table["strategy"] == strategy]
        rates = rows.groupby("false_positive_rate")["true_positive_rate"]
        mean, spread = rates.mean(), rates.std(ddof=1).fillna(0.0)
        axes.plot(mean.index, mean, color=look.colour, linestyle=look.line)
        low, high = (mean - spread).clip(0, 1), (mean + spread).clip(0, 1)
        band: dict[str, Any] = {"color": look.colour, "alpha": 0.15, "linewidth": 0}
        axes.fill_between(mean.index, low, high, **band)
        area = rows.groupby("seed")["auroc"].first().mean()
        text = "no AUROC" if pd.isna(area) else f"{area:.3f}"
        place = 0.04 + 0.1 * (len(looks) - 1 - number)
        axes.text(0.98, place, text, color=look.colour, ha="right", fontsize=6)
    axes.set_xlim(-0.02, 1)
    axes.set_ylim(0, 1.02)
