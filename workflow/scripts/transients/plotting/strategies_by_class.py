"""All strategies of a target class by class, in small panels."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from transients.plotting.axes import (
    SIZES_LABEL,
    chance_handle,
    footer_of,
    handles,
    summary_of,
    write_footer,
)
from transients.plotting.label_axes import STRETCHED
from transients.plotting.page import add_axes, write
from transients.plotting.panels import tested_of, write_test_size
from transients.plotting.strategies import draw_all
from transients.plotting.style import PAGE, PLAIN, FigureOptions, looks_of, styled

COLUMNS = 3
LEFT, RIGHT, WIDTH, HEIGHT = 0.42, 0.1, 1.84, 1.3
"""Room left and right of a panel, its width and height [in]."""
BETWEEN = 0.36
"""Room between rows of panels, for numbers of labels and the name of a class [in]."""
LEGEND, NAMES_PER_LINE = 0.13, 5
"""Height of a line of the legend [in], and its names."""
ABOVE, BELOW = 0.42, 0.6
"""Room above the panels, apart from the legend, and below [in]."""
NOTE = f"Each class has a vertical axis of its own. {STRETCHED}"


@styled
def draw_strategies_by_class(
    performance: pd.DataFrame, target: str, options: FigureOptions = PLAIN
) -> Figure:
    """Draw the AUROC of each class against all others for all strategies of a target.

    options.classes gives the panels and their order; each tells how many objects of its
    class were tested.
    """
    classes = list(options.classes)
    summary = summary_of(performance, target, classes, options.centre_and_spread)
    looks = looks_of(summary["strategy"])
    entries = len(looks) + 1  # chance is one
    sizes = sorted(summary["n_train"].unique())
    n_rows = -(-len(classes) // COLUMNS)
    lines = -(-entries // NAMES_PER_LINE)
    top = BELOW + n_rows * (HEIGHT + BETWEEN) - BETWEEN
    height = top + ABOVE + lines * LEGEND
    figure = Figure(figsize=(PAGE, height))
    for number, name in enumerate(classes):
        row, column = divmod(number, COLUMNS)
        low = top - HEIGHT - row * (HEIGHT + BETWEEN)
        left = column * (LEFT + WIDTH + RIGHT) + LEFT
        axes = add_axes(figure, (left, low, WIDTH, HEIGHT))
        of_class = summary[summary["class"] == name]
        draw_all(axes, of_class, sizes, looks, (WIDTH, HEIGHT))
        axes.set_title(name)
        write_test_size(axes, tested_of(performance, target, name))
        if number + COLUMNS >= len(classes):
            axes.set_xlabel(SIZES_LABEL)
    write(figure, 0.05, height - 0.05, options.title)
    figure.legend(
        handles=[*handles(summary, [n for n in sizes if n], looks), chance_handle()],
        loc="upper left",
        bbox_to_anchor=(0.0, 1 - 0.18 / height),
        ncols=NAMES_PER_LINE,
    )
    footer = footer_of(summary, options, "bands and bars")
    write_footer(figure, f"AUROC against all other classes. {footer} {NOTE}")
    return figure
