"""A page of light curves that were misclassified, and what they have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from transients.plotting.axes import write_footer
from transients.plotting.light_curves import draw_light_curve, passband_handles
from transients.plotting.page import SheetOptions, add_axes, shortened, write
from transients.plotting.passbands import looks_of_passbands
from transients.plotting.style import BLUE, GREY, PAGE, styled

COLUMNS = 5
PANEL, TITLE, TICKS = 0.78, 0.27, 0.13
"""Heights of a panel, its title and the numbers below it [in]."""
LEFT, BETWEEN, RIGHT = 0.42, 0.36, 0.08
"""Room left of, between and right of the panels [in]."""
HEAD, AXIS, FOOT = 0.4, 0.3, 0.52
"""Heights of the page's two titles, of the name of the axis and of the footer [in]."""
MOST_FACTS, FACT, FACTS_HEAD, FACTS_AXIS = 12, 0.145, 0.26, 0.34
"""Facts that are drawn, their heights, those of their title and axis [in]."""
FACTS_LEFT, FACTS_WIDTH = 2.0, 2.3
"""Where the panel of facts begins and its width [in]."""
TITLE_OF_PAGE = "Light curves that are misclassified most confidently"
NOTE = (
    "Above each light curve: its class, the predicted class and the mean probability"
    " of that over the runs in which it was tested; filled: S/N > 5; bars: 1 sigma."
    " Below: quartiles of these light curves among the tested ones of their own class;"
    " difference: median, from that of the tested of their own class; grey: chance"
    " does as much in one of twenty quantities (p > 0.05). p is not corrected for the"
    " number of quantities."
)


@styled
def draw_misclassified(
    wrong: pd.DataFrame,
    light_curves: pd.DataFrame,
    compared: pd.DataFrame,
    options: SheetOptions,
) -> Figure:
    """Draw the light curves of the most confidently misclassified, the first on top.

    wrong is the table of misclassified.misclassified, light_curves that of
    light_curves_of for the first of them, compared that of misclassified_facts.compare.
    """
    points = {str(name): rows for name, rows in light_curves.groupby("object_id")}
    shown = wrong[wrong["object_id"].isin(list(points))]
    n_rows = -(-len(shown) // COLUMNS)
    grid = n_rows * (TITLE + PANEL + TICKS) + AXIS
    rows = compared.head(MOST_FACTS)
    strip = FACTS_HEAD + FACT * len(rows) + FACTS_AXIS if len(rows) else 0.0
    height = HEAD + grid + strip + FOOT
    figure = Figure(figsize=(PAGE, height))
    write(figure, 0.08, height - 0.06, TITLE_OF_PAGE, fontweight="bold")
    write(figure, 0.08, height - 0.2, options.title)
    if shown.empty:
        write(figure, 0.08, height - HEAD, "no light curve was misclassified")
        return figure
    _draw_grid(figure, height - HEAD, shown, points, options)
    if len(rows):
        _draw_facts(figure, FOOT + FACTS_AXIS, rows)
    write_footer(figure, NOTE)
    return figure


def _draw_grid(
    figure: Figure,
    top: float,
    shown: pd.DataFrame,
    points: dict[str, pd.DataFrame],
    options: SheetOptions,
) -> None:
    looks = looks_of_passbands(options.wavelengths)
    width = (PAGE - LEFT - RIGHT - (COLUMNS - 1) * BETWEEN) / COLUMNS
    for number, one in enumerate(shown.to_dict("records")):
        row, column = divmod(number, COLUMNS)
        low = top - row * (TITLE + PANEL + TICKS) - TITLE - PANEL
        left = LEFT + column * (width + BETWEEN)
        axes = add_axes(figure, (left, low, width, PANEL))
        draw_light_curve(axes, points[one["object_id"]], looks, options)
        _name(axes, one)
    height = figure.get_figheight()
    bottom = top - -(-len(shown) // COLUMNS) * (TITLE + PANEL + TICKS)
    middle = LEFT + (PAGE - LEFT - RIGHT) / 2
    write(figure, middle, bottom - 0.06, "time since the trigger [d]", ha="center")
    centred = {"va": "center", "ha": "center", "rotation": 90}
    write(figure, 0.08, (top + bottom) / 2, "flux [FLUXCAL]", **centred)
    figure.legend(
        handles=passband_handles(looks),
        loc="upper right",
        bbox_to_anchor=(1.0, (height - 0.03) / height),
        ncols=len(looks),
        handletextpad=0.3,
    )


def _name(axes: Axes, one: Mapping[Any, Any]) -> None:
    verdict = f"{one['class']} as {one['predicted']}, {one['p_predicted']:.2f}"
    redshift = float(one["redshift"])
    facts = f"  z {redshift:.2g}" if np.isfinite(redshift) else ""
    name = shortened(str(one["object_id"]), 16) + facts
    look: dict[str, Any] = {
        "xycoords": "axes fraction",
        "textcoords": "offset points",
        "fontsize": 6,
    }
    axes.annotate(verdict, (0, 1), (0, 9), fontweight="bold", **look)
    axes.annotate(name, (0, 1), (0, 2), color=GREY, parse_math=False, **look)


def _draw_facts(figure: Figure, bottom: float, rows: pd.DataFrame) -> None:
    """Draw where the misclassified stand among their class, a row per quantity."""
    tall = FACT * len(rows)
    axes = add_axes(figure, (FACTS_LEFT, bottom, FACTS_WIDTH, tall))
    axes.axvspan(0.25, 0.75, color="#eeeeee", zorder=0)
    axes.axvline(0.5, color=GREY, linewidth=0.6, linestyle=(0, (1, 2)))
    for place, row in enumerate(rows.to_dict("records")):
        colour = BLUE if row["p_value"] <= 0.05 else GREY
        axes.hlines(place, row["rank_p25"], row["rank_p75"], color=colour)
        axes.plot(row["rank_p50"], place, "o", color=colour)
        difference = f"{row['difference']:+.2g}".replace("-", "\N{MINUS SIGN}")
        for x, text in ((1.06, difference), (1.4, f"{row['p_value']:.1g}")):
            _beside(axes, x, place, text)
    axes.set_yticks(range(len(rows)), list(rows["quantity"]))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xlabel("rank among the tested of its class")
    axes.set_title("What they have in common")
    _beside(axes, 1.06, -1.0, "difference")
    _beside(axes, 1.4, -1.0, "p")


def _beside(axes: Axes, x: float, y: float, text: str) -> None:
    axes.text(
        *(x, y, text),
        transform=axes.get_yaxis_transform(),
        va="center",
        fontsize=6.5,
    )
