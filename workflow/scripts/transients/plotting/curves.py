"""Figures 1 and 5: an averaged AUROC against the number of labelled light curves."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

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
    PLAIN,
    FigureOptions,
    looks_of,
    of_paper,
    styled,
)

HEIGHT = 2.75
"""Height of a figure of one panel [in]."""


def draw_fig1_left(performance: pd.DataFrame, options: FigureOptions = PLAIN) -> Figure:
    """Draw Figure 1, left: macro AUROC for BTS."""
    return draw_average(performance, "bts", "macro", options)


def draw_fig1_right(
    performance: pd.DataFrame, options: FigureOptions = PLAIN
) -> Figure:
    """Draw Figure 1, right: macro AUROC for LSST."""
    return draw_average(performance, "lsst_sims", "macro", options)


def draw_fig5(performance: pd.DataFrame, options: FigureOptions = PLAIN) -> Figure:
    """Draw Figure 5: macro AUROC for BTS without the rare classes."""
    return draw_average(performance, "bts", "macro_common_only", options)


LABELS = {
    "macro": "macro AUROC",
    "macro_common": "macro AUROC of the common classes",
    "macro_common_only": "macro AUROC without the rare classes",
}


@styled
def draw_average(
    performance: pd.DataFrame, target: str, average: str, options: FigureOptions = PLAIN
) -> Figure:
    """Draw one of the averaged AUROCs of a target, a line for transfer and for scratch.

    performance is the table of aggregation.performance_table.
    """
    rows = of_paper(performance)
    summary = summary_of(rows, target, [average], options.centre_and_spread)
    looks = looks_of(summary["strategy"])
    sizes = sorted(summary["n_train"].unique())
    figure = Figure(figsize=(COLUMN, HEIGHT), layout="constrained")
    axes = figure.subplots()
    draw_panel(axes, summary, sizes, looks)
    set_sizes(axes, sizes, 0.85 * COLUMN)
    set_auroc(axes, summary)
    mark_chance(axes)
    axes.set_xlabel(SIZES_LABEL)
    axes.set_ylabel(LABELS[average])
    add_legend(figure, handles(summary, sizes, looks), options.title)
    add_footer(figure, summary, options)
    return figure
