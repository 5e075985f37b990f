"""Figures 3 and 4: the AUROC of each class, one panel per class."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from transients.plotting.axes import (
    SIZES_LABEL,
    add_footer,
    add_legend,
    draw_panel,
    handles,
    mark_chance,
    set_auroc,
    set_sizes,
    summary_of,
)
from transients.plotting.style import (
    COLUMN,
    GREY,
    PAGE,
    PLAIN,
    FigureOptions,
    looks_of,
    of_paper,
    styled,
)

ROW_HEIGHT = 1.2
"""Height of a row of panels [in]."""
MOST_IN_COLUMN = 6
"""More classes than these take the width of the page."""


def draw_fig3(performance: pd.DataFrame, options: FigureOptions = PLAIN) -> Figure:
    """Draw Figure 3: AUROC of each class for BTS."""
    return draw_classes(performance, "bts", options)


def draw_fig4(performance: pd.DataFrame, options: FigureOptions = PLAIN) -> Figure:
    """Draw Figure 4: AUROC of each class for LSST."""
    return draw_classes(performance, "lsst_sims", options)


@styled
def draw_classes(
    performance: pd.DataFrame, target: str, options: FigureOptions = PLAIN
) -> Figure:
    """Draw one panel per class, all on the same axes, for transfer and scratch.

    options.classes gives the panels and their order. Each says how many objects of its
    class the test sets hold, from the smallest to the largest.
    """
    classes = list(options.classes)
    rows = of_paper(performance)
    summary = summary_of(rows, target, classes, options.centre_and_spread)
    looks = looks_of(summary["strategy"])
    sizes = sorted(summary["n_train"].unique())
    width, columns = (COLUMN, 2) if len(classes) <= MOST_IN_COLUMN else (PAGE, 4)
    n_rows = -(-len(classes) // columns)
    figsize = (width, n_rows * ROW_HEIGHT + 0.55)
    figure = Figure(figsize=figsize, layout="constrained")
    grid = figure.subplots(n_rows, columns, sharex=True, sharey=True, squeeze=False)
    panels = list(grid.flat)
    for axes, name in zip(panels, classes, strict=False):
        draw_panel(axes, summary[summary["class"] == name], sizes, looks)
        set_sizes(axes, sizes, 0.8 * width / columns)
        set_auroc(axes, summary)
        mark_chance(axes, named=axes is panels[0])
        axes.set_title(name)
        write_test_size(axes, tested_of(rows, target, name))
    for axes in panels[max(0, len(classes) - columns) : len(classes)]:
        axes.tick_params(labelbottom=True)
    for axes in panels[(n_rows - 1) * columns : len(classes)]:
        axes.set_xlabel(SIZES_LABEL)
    entries = handles(summary, sizes, looks)
    _place_legend(figure, panels[len(classes) :], entries, options.title)
    figure.supylabel("AUROC against all other classes", fontsize=7)
    add_footer(figure, summary, options)
    return figure


def tested_of(performance: pd.DataFrame, target: str, name: str) -> pd.Series:
    """Return how many objects of a class each test set of a target holds."""
    of_class = (performance["target"] == target) & (performance["class"] == name)
    return performance.loc[of_class, "n_test_class"]


def write_test_size(axes: Axes, counts: pd.Series) -> None:
    """Write how many objects the test sets hold, fewest to most."""
    text = fewest_to_most(counts)
    axes.set_title(f"{text} in test", loc="right", fontsize=6, color=GREY)


def fewest_to_most(counts: pd.Series) -> str:
    """Return numbers of objects in words: the only one, or from which to which."""
    fewest, most = int(counts.min()), int(counts.max())
    return f"{most:,}" if fewest == most else f"{fewest:,}–{most:,}"


def _place_legend(
    figure: Figure, empty: Sequence[Axes], entries: Sequence[Line2D], title: str
) -> None:
    if not empty:
        add_legend(figure, entries, title)
        return
    for axes in empty:
        axes.set_axis_off()
    empty[-1].legend(handles=entries, loc="center")
    figure.suptitle(title, x=0.01, ha="left", fontsize=7)
