"""Learning curves: losses of training and validation, epoch by epoch."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from transients.plotting.grid import Grid
from transients.plotting.style import BLUE, ORANGE, PLAIN, FigureOptions, styled

NOTE = (
    "Mean cross-entropy of an epoch [nat]. Training counts rare classes more and may"
    " vary the light curves, as its recipe says, which validation need not: the two"
    " are not on one scale. Point: lowest loss of validation. {several}"
)
SEVERAL = "Lines of one colour: {what}."


@styled
def draw_learning(
    curves: pd.DataFrame, labels: dict[str, str], options: FigureOptions = PLAIN
) -> Figure:
    """Draw a panel for each of labels, what was trained by the name on its panel.

    curves has learning_curves.CURVE_COLUMNS.
    """
    copies = curves.groupby("name")[["seed", "member"]].nunique().max()
    several = [
        what for what, n in zip(("seeds", "members"), copies, strict=True) if n > 1
    ]
    told = SEVERAL.format(what=" and ".join(several)) if several else ""
    grid = Grid(columns=3, width=1.75, height=1.25, top=0.16)
    note = f"{NOTE.format(several=told).strip()} {options.note}"
    figure, panels = grid.draw(len(labels), options.title, note)
    for axes, (name, label) in zip(panels, labels.items(), strict=True):
        for _, curve in curves[curves["name"] == name].groupby(["seed", "member"]):
            _draw_curve(axes, curve)
        axes.set_title(label, parse_math=False)
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    for axes in panels[:: grid.columns]:
        axes.set_ylabel("loss [nat]")
    entries = [
        Line2D([], [], color=BLUE, label="training"),
        Line2D([], [], color=ORANGE, linestyle="--", label="validation"),
    ]
    grid.legend(figure, panels, entries)
    return figure


def _draw_curve(axes: Axes, curve: pd.DataFrame) -> None:
    axes.plot(curve["epoch"], curve["loss"], color=BLUE, linewidth=0.8)
    if curve["val_loss"].notna().any():
        look: dict[str, Any] = {"color": ORANGE, "linewidth": 0.8}
        axes.plot(curve["epoch"], curve["val_loss"], linestyle="--", **look)
        best = curve.iloc[int(curve["val_loss"].argmin())]
        axes.plot(best["epoch"], best["val_loss"], "o", color=ORANGE)
