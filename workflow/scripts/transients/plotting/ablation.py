"""What each ingredient is worth: the AUROC lost without it, with its interval."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, SymmetricalLogLocator

from transients.plotting.axes import OPEN, write_footer
from transients.plotting.curves import LABELS
from transients.plotting.page import add_axes, shortened, write
from transients.plotting.style import BLUE, GREY, PAGE, RED, styled

ROW, ABOVE, BELOW, FOOT = 0.17, 0.34, 0.46, 0.3
"""Heights: an ingredient, room above and below a panel, the footer [in]."""
LEFT, BETWEEN, RIGHT = 2.35, 0.25, 0.15
"""Room for the names of ingredients, between panels and right of them [in]."""
MOST_LETTERS = 44
"""Longer names are shortened."""
LINEAR = 0.01
"""Up to this difference the axis is linear, then logarithmic: one ingredient may be
worth a hundred times as much as another."""
NOTE = (
    "AUROC without the ingredient minus AUROC with it, on the same labels and test"
    " objects: mean over {runs} runs and 95 % interval. Left of the line the ingredient"
    " helps; grey: the interval holds zero. Horizontal axis linear up to 0.01."
)


@styled
def draw_ablation(table: pd.DataFrame, titles: Mapping[str, str]) -> Figure:
    """Draw a panel per average and a row of panels per target and number of labels.

    table has target, n_train, average, ingredient, change (what was done without it),
    difference, lo, hi, n_runs and few_tested; titles says what the data of each target
    are. What has no runs has no difference, and is left out. Ingredients stand in the
    order of the table.
    """
    table = table.dropna(subset=["difference"])
    groups = list(table.groupby(["target", "n_train"], sort=False))
    reach = 1.06 * float(table[["lo", "hi", "difference"]].abs().to_numpy().max())
    averages = list(table["average"].drop_duplicates())
    heights = [ROW * len(names_of(rows)) for _, rows in groups]
    top = height = sum(heights) + len(groups) * (ABOVE + BELOW) + FOOT
    figure = Figure(figsize=(PAGE, height))
    room = PAGE - LEFT - RIGHT - (len(averages) - 1) * BETWEEN
    width = room / len(averages)
    for ((target, _), rows), tall in zip(groups, heights, strict=True):
        n_labels = int(rows["n_train"].iloc[0])
        write(figure, 0.05, top - 0.04, f"{titles[str(target)]}, n = {n_labels:,}")
        for column, average in enumerate(averages):
            left = LEFT + column * (width + BETWEEN)
            axes = add_axes(figure, (left, top - ABOVE - tall, width, tall))
            shown = rows[rows["average"] == average]
            _draw_panel(axes, shown, names_of(rows), named=column == 0)
            axes.set_title(LABELS.get(str(average), str(average)))
            axes.set_xlim(-reach, reach)
            axes.set_xlabel("difference of AUROC")
        top -= ABOVE + tall + BELOW
    fewest, most = (int(end) for end in table["n_runs"].agg(["min", "max"]))
    note = NOTE.format(runs=most if fewest == most else f"{fewest} to {most}")
    if table["few_tested"].any():
        note = f"{note} {OPEN}"
    write_footer(figure, note)
    return figure


def names_of(rows: pd.DataFrame) -> list[str]:
    """Return the ingredients, and what was done without each, in their order."""
    names = rows["ingredient"] + ": " + rows["change"]
    return list(names.drop_duplicates())


def _draw_panel(
    axes: Axes, rows: pd.DataFrame, names: list[str], *, named: bool
) -> None:
    """Draw differences and intervals, the first ingredient on top."""
    rows = rows.assign(name=rows["ingredient"] + ": " + rows["change"])
    for name, difference, lo, hi, few in zip(
        *(rows[x] for x in ("name", "difference", "lo", "hi", "few_tested")),
        strict=True,
    ):
        place = names.index(name)
        colour = GREY if lo <= 0 <= hi else (BLUE if difference < 0 else RED)
        axes.hlines(place, lo, hi, color=colour, linewidth=1.1)
        face = "white" if few else colour
        axes.plot(difference, place, "o", color=colour, markerfacecolor=face)
    axes.axvline(0, color="black", linewidth=0.6, zorder=1)
    labels = [shortened(name, MOST_LETTERS) for name in names]
    axes.set_yticks(range(len(names)), labels if named else [])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="y", color="#eeeeee", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_xscale("symlog", linthresh=LINEAR)
    axes.xaxis.set_major_locator(SymmetricalLogLocator(base=10, linthresh=LINEAR))
    axes.xaxis.set_major_formatter(FuncFormatter(_signed))


def _signed(value: float, _: object = None) -> str:
    return f"{value:+.2g}".replace("-", "\u2212") if value else "0"
