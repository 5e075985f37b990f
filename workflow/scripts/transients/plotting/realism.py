"""Simulated light curves beside a target's: a panel per quantity, a row per class."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from transients.plotting.axes import CHANCE, write_footer
from transients.plotting.style import BLUE, GREEN, GREY, ORANGE, PAGE, PINK, RED, styled
from transients.plotting.ticks import set_logarithmic
from transients.realism_quantities import ALL, AUROCS, FEWEST, LEVELS, TOLD_APART

Look = tuple[str, str]
"""Colour and marker of a data set."""

DRAWN = (
    *["points", "nights in 2+ passbands [share]", "median gap [d]", "longest gap [d]"],
    *["peak flux [FLUXCAL]", "highest S/N", "rise in {red} [d]"],
    *["decline by 1 mag in {red} [d]", "fading in 15 d in {blue} [mag]"],
    *["{blue}-{red} at peak [mag]", "{blue}-{red} 30 d after peak [mag]"],
)
"""Quantities that are drawn, each in a panel; the first panel has the AUROC."""

LOGARITHMIC = ("points", "peak flux", "highest S/N", "longest gap")
COLUMNS = 4
TARGET = ("black", "o")
SIMULATED = ((BLUE, "s"), (RED, "^"), (GREEN, "D"), (ORANGE, "v"), (PINK, "P"))
ROW_HEIGHT, PER_CLASS = 0.42, 0.24
"""Height of a row of panels, apart from its classes, and of each class [in]."""
APART = 0.22
"""Distance of the data sets of a class, in units of that between classes."""
AUROC_TITLE = "AUROC, simulated or target?"
SIZE = 2.8
"""Size of markers [pt]."""
NOTE = (
    "First panel: AUROC of a classifier that tells simulated light curves from the"
    " target's, in classes with enough of both: filled, by all features; open, by rise,"
    " decline and colours alone; dotted, a guess. Others: median and 16th to 84th"
    f" percentile; open, fewer than {FEWEST} objects."
)


@styled
def draw_realism(table: pd.DataFrame, titles: Mapping[str, str]) -> Figure:
    """Draw the table of realism_table of one target.

    titles gives what the data sets are, the target's first. A quantity that the table
    does not have, as in other passbands, has no panel.
    """
    classes = [str(name) for name in table["class"].drop_duplicates() if name != ALL]
    drawn = _drawn(table)
    n_rows = -(-(len(drawn) + 1) // COLUMNS)
    height = n_rows * (ROW_HEIGHT + PER_CLASS * len(classes)) + 0.5
    figure = Figure(figsize=(PAGE, height), layout="constrained")
    first, *panels = figure.subplots(n_rows, COLUMNS, squeeze=False).flat
    looks = dict(zip(list(titles)[1:], SIMULATED, strict=False))
    _draw_aurocs(first, table, [*classes, ALL], looks)
    for axes, quantity in zip(panels, drawn, strict=False):
        _draw_quantity(axes, table[table["quantity"] == quantity], classes, looks)
        axes.set_title(quantity)
    for axes in panels[len(drawn) :]:
        axes.set_axis_off()
    for number, axes in enumerate([first, *panels[: len(drawn)]]):
        _set_classes(axes, table, classes, named=number % COLUMNS == 0)
    _add_legend(figure, titles, looks)
    write_footer(figure, NOTE)
    return figure


def _drawn(table: pd.DataFrame) -> list[str]:
    """Return DRAWN in g and r or, without, in the first two passbands of the table."""
    known = table["quantity"].drop_duplicates()
    pairs = known.str.extract(r"^(\w+)-(\w+) at peak")[[0, 1]].dropna().to_numpy()
    colours = [*map(tuple, pairs), ("g", "r")]
    blue, red = colours[-1] if colours[-1] in colours[:-1] else colours[0]
    wanted = [quantity.format(blue=blue, red=red) for quantity in DRAWN]
    return [quantity for quantity in wanted if quantity in set(known)]


def _draw_quantity(
    axes: Axes, rows: pd.DataFrame, classes: list[str], looks: dict[str, Look]
) -> None:
    """Draw the distribution of each class and, below it, the simulated ones."""
    for number, (name, look) in enumerate(looks.items(), 1):
        of_dataset = rows[rows["dataset"] == name].set_index("class").reindex(classes)
        if number == 1:
            _draw_spread(axes, of_dataset, "target", 0, TARGET)
        _draw_spread(axes, of_dataset, "simulated", number * APART, look)
    if str(rows["quantity"].iloc[0]).startswith(LOGARITHMIC):
        ends = rows.filter(regex="_p(16|84)$").to_numpy()
        set_logarithmic(axes, np.nanmin(ends[ends > 0]) / 1.15, np.nanmax(ends) * 1.15)


def _draw_spread(
    axes: Axes, rows: pd.DataFrame, side: str, shift: float, look: Look
) -> None:
    low, centre, high = (rows[f"{side}_{level}"] for level in LEVELS)
    place = np.arange(len(rows)) + shift
    colour, marker = look
    axes.hlines(place, low, high, color=colour, linewidth=1.0)
    few = rows["few"].to_numpy(dtype=bool)
    for chosen, face in ((~few, colour), (few, "white")):
        axes.plot(
            *(centre[chosen], place[chosen], marker),
            color=colour,
            markerfacecolor=face,
            markersize=SIZE,
        )


def _draw_aurocs(
    axes: Axes, table: pd.DataFrame, classes: list[str], looks: dict[str, Look]
) -> None:
    """Draw how well each simulated data set is told from the target."""
    for number, (name, (colour, marker)) in enumerate(looks.items()):
        for quantity in AUROCS:
            rows = table[(table["dataset"] == name) & (table["quantity"] == quantity)]
            of_class = rows.set_index("class").reindex(classes)
            axes.errorbar(
                of_class["auroc"],
                np.arange(len(classes)) + number * APART,
                xerr=of_class["auroc_error"],
                fmt=marker,
                color=colour,
                markerfacecolor=colour if quantity == TOLD_APART else "white",
                markersize=SIZE,
                elinewidth=0.8,
            )
    axes.axvline(CHANCE, color=GREY, linewidth=0.6, linestyle=(0, (1, 2)), zorder=1)
    axes.set_xlim(0.42, 1.02)
    axes.set_title(AUROC_TITLE)


def _set_classes(
    axes: Axes, table: pd.DataFrame, classes: list[str], *, named: bool
) -> None:
    """Make room for each class below the last, named with its number in the target.

    A panel that has a value for all classes together has a row for it.
    """
    told = table[table["quantity"] == TOLD_APART].groupby("class")["n_target"].first()
    labels = [f"{name}\n{told[name]:,} objects" for name in classes] + ["all"]
    places = np.arange(len(labels)) + APART
    rows = len(labels) if axes.get_title(loc="left") == AUROC_TITLE else len(classes)
    axes.set_yticks(places[:rows], labels[:rows] if named else [])
    axes.set_ylim(rows - 1 + 3 * APART, -APART)


def _add_legend(
    figure: Figure, titles: Mapping[str, str], looks: dict[str, Look]
) -> None:
    entries = [
        Line2D([], [], color=colour, marker=marker, markersize=SIZE, label=titles[name])
        for name, (colour, marker) in ({next(iter(titles)): TARGET} | looks).items()
    ]
    figure.legend(handles=entries, loc="outside upper left", ncols=3)
