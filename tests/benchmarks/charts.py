"""The plots of the page."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from transients.plotting.style import BLUE, GREEN, GREY, ORANGE, PAGE, RED, styled

from .measure import BASELINE, ENGINE

COLOURS = {BASELINE: RED, ENGINE: BLUE}
HEIGHT = 2.4  # [in]


@styled
def side_by_side(details: pd.DataFrame, label: str) -> Figure:
    """Draw the median of each case and side as a bar, every repeat as a point."""
    figure = Figure((PAGE, 0.6 + 0.25 * details.groupby(["case", "side"]).ngroups))
    axes = figure.add_subplot()
    others = iter([GREEN, ORANGE, GREY] * 10)
    names: list[str] = []
    for (case, side), rows in details.groupby(["case", "side"], sort=False):
        colour = COLOURS.get(str(side)) or next(others)
        place = len(names)
        axes.barh(place, rows["value"].median(), color=colour, alpha=0.6)
        axes.plot(rows["value"], np.full(len(rows), place), "|", color="black")
        names.append(f"{case}, {side}")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel(label)
    figure.set_layout_engine("constrained")
    return figure


@styled
def growth(
    details: pd.DataFrame, fits: dict[str, tuple[float, float]], units: list[str]
) -> Figure:
    """Draw a row of panels a unit, one panel a case, each with its power law.

    fits has exponent and value at x = 1 for "case, unit".
    """
    cases = list(dict.fromkeys(details["case"]))
    figure = Figure((PAGE, 1.6 * len(units)))
    panels = figure.subplots(len(units), len(cases), squeeze=False)
    for row, unit in zip(panels, units, strict=True):
        for axes, case in zip(row, cases, strict=True):
            points = details.query("case == @case and unit == @unit")
            exponent, scale = fits[f"{case}, {unit}"]
            x = np.unique(points["x"])
            axes.loglog(points["x"], points["value"], "o", color=BLUE)
            axes.loglog(x, scale * x**exponent, "-", color=GREY, lw=0.8)
            axes.set_ylim(*_whole_decades(points["value"]))
            axes.minorticks_off()
            axes.set_title(f"exponent {exponent:.2f}")
            axes.set_xlabel(case.replace(", ", ",\n"))
        row[0].set_ylabel(unit)
    figure.set_layout_engine("constrained")
    return figure


def _whole_decades(values: pd.Series) -> tuple[float, float]:
    """Return the powers of ten around all values."""
    exponents = np.log10(values)
    return 10.0 ** np.floor(exponents.min()), 10.0 ** np.ceil(exponents.max())


@styled
def against_size(
    details: pd.DataFrame, label: str, minutes: Mapping[str, float]
) -> Figure:
    """Draw the minutes of each side, then one panel a case against x.

    Those have each side's mean and standard deviation.
    """
    cases = list(dict.fromkeys(details["case"]))
    figure = Figure((PAGE, HEIGHT))
    beside, *panels = figure.subplots(1, 1 + len(cases))
    beside.bar(list(minutes), list(minutes.values()), color=[RED, BLUE], alpha=0.6)
    beside.set_ylabel("minutes for all runs")
    for axes, case in zip(panels, cases, strict=True):
        for side, rows in details[details["case"] == case].groupby("side"):
            by_x = rows.groupby("x")["value"]
            axes.errorbar(
                by_x.mean().index,
                by_x.mean(),
                by_x.std().fillna(0),
                marker="o",
                color=COLOURS[side],
                label=side,
            )
        axes.set(title=case, xlabel="labelled light curves", xscale="log")
        sizes = sorted(details["x"].unique())
        axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
        axes.minorticks_off()
        axes.legend()
        axes.sharey(panels[0])
    panels[0].set_ylabel(label)
    figure.set_layout_engine("constrained")
    return figure
