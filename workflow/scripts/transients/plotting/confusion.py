"""Confusion matrices of some strategies, side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from transients.plotting.grid import Grid
from transients.plotting.panels import fewest_to_most
from transients.plotting.style import PLAIN, FigureOptions, looks_of, styled

MATRIX = 1.62
"""Side of a matrix of few classes [in]."""
FEW_CLASSES = 6
"""Matrices of more classes are larger, two in a row."""
CELL = 0.215
"""Side of a cell of a matrix of many classes [in]."""
DARK = 0.55
"""Shares above this are written in white."""
NOTE = (
    "Percent of the test objects of each class (rows) that are taken for a class"
    " (columns), the one of the highest probability: mean over {runs}. Shares below"
    " half a percent are not written; a class without a test object has no row."
    " Objects in a run's test set: {tested}."
)


@styled
def draw_confusion(table: pd.DataFrame, options: FigureOptions = PLAIN) -> Figure:
    """Draw a matrix for each strategy; table is confusion.confusion of each run.

    options.classes gives rows and columns in their order.
    """
    classes = list(options.classes)
    looks = looks_of(table["strategy"])
    few = len(classes) <= FEW_CLASSES
    side = MATRIX if few else CELL * len(classes)
    letters = max(map(len, classes))
    grid = Grid(
        columns=3 if few else 2,
        width=side,
        height=side,
        left=0.2 + 0.058 * letters,
        below=0.34 + 0.05 * letters,
    )
    runs = table["seed"].nunique()
    counts = table.groupby("class")["n_test_class"]
    tested = [f"{name} {fewest_to_most(counts.get_group(name))}" for name in classes]
    note = NOTE.format(runs=f"{runs} run{'s' * (runs > 1)}", tested=", ".join(tested))
    figure, panels = grid.draw(len(looks), options.title, f"{note} {options.note}")
    for number, (axes, (strategy, look)) in enumerate(
        zip(panels, looks.items(), strict=True)
    ):
        rows = table[table["strategy"] == strategy]
        shares = rows.pivot_table(
            index="class", columns="predicted", values="share", dropna=False
        )
        _draw_matrix(axes, shares.reindex(index=classes, columns=classes))
        axes.set_title(look.label)
        axes.set_xlabel("predicted class")
        if number % grid.columns == 0:
            axes.set_ylabel("true class")
    return figure


def _draw_matrix(axes: Axes, shares: pd.DataFrame) -> None:
    values = shares.to_numpy(dtype=float)
    classes = list(shares.index)
    axes.imshow(values, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), share in np.ndenumerate(values):
        if share >= 0.005:
            colour = "white" if share > DARK else "black"
            text = f"{100 * share:.0f}"
            look: dict[str, Any] = {
                "ha": "center",
                "va": "center",
                "fontsize": 6,
                "color": colour,
            }
            axes.text(column, row, text, **look)
    axes.set_xticks(range(len(classes)), classes, rotation=90, parse_math=False)
    axes.set_yticks(range(len(classes)), classes, parse_math=False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
