"""Example light curves as small multiples: a row for each class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from transients.datasheets import EXAMPLES_AT
from transients.plotting.page import (
    SCALE_LINE,
    SheetOptions,
    add_axes,
    shortened,
    write,
)
from transients.plotting.passbands import looks_of_passbands
from transients.plotting.style import GREY, PAGE

PANEL, ABOVE, HEAD, FOOT = 0.72, 0.18, 0.08, 0.4
"""Heights: a panel, its title, the legend's lines, the axis below all [in]."""
LEFT, BETWEEN, RIGHT = 0.72, 0.52, 0.1
"""Room left of, between and right of the panels [in]."""
PER_LINE = 7
"""Passbands on a line of the legend."""


def height_of_examples(options: SheetOptions) -> float:
    """Return the height that the example light curves of a data set take [in]."""
    lines = -(-(len(options.wavelengths) + 1) // PER_LINE)
    return HEAD + 0.15 * lines + len(options.classes) * (PANEL + ABOVE) + FOOT


def draw_examples(
    figure: Figure, top: float, examples: pd.DataFrame, options: SheetOptions
) -> None:
    """Draw the examples of each class below the height `top` [in]."""
    looks = looks_of_passbands(options.wavelengths)
    write(figure, 0.08, top, "Example light curves, flux [FLUXCAL]", fontweight="bold")
    _add_legend(figure, top, looks, options)
    bottom = top - height_of_examples(options) + FOOT
    columns = len(EXAMPLES_AT)
    width = (PAGE - LEFT - RIGHT - (columns - 1) * BETWEEN) / columns
    labelled: set[int] = set()  # columns whose lowest panel is drawn
    for row, name in enumerate(reversed(options.classes)):
        low = bottom + row * (PANEL + ABOVE)
        middle = {"va": "center", "ha": "center", "rotation": 90}
        write(figure, 0.14, low + PANEL / 2, shortened(name, 13), **middle)
        of_class = examples[examples["class"] == name]
        if of_class.empty:
            write(figure, LEFT, low + PANEL / 2, "no object", color=GREY)
        for example, points in of_class.groupby("example"):
            column = int(str(example))
            left = LEFT + column * (width + BETWEEN)
            axes = add_axes(figure, (left, low, width, PANEL))
            draw_light_curve(axes, points, looks, options)
            if axes.get_ylim()[1] > options.flux_scale:  # else it would be out of view
                axes.axhline(options.flux_scale, **SCALE_LINE)
            _name_object(axes, points)
            axes.tick_params(labelbottom=column not in labelled)
            labelled.add(column)
    x = LEFT + (PAGE - LEFT - RIGHT) / 2
    write(figure, x, bottom - 0.2, "time since the trigger [d]", ha="center")


def _add_legend(
    figure: Figure,
    top: float,
    looks: Mapping[str, tuple[str, str]],
    options: SheetOptions,
) -> None:
    scale = f"{options.flux_scale:g} FLUXCAL"
    width, height = figure.get_size_inches()
    figure.legend(
        handles=[*passband_handles(looks), Line2D([], [], label=scale, **SCALE_LINE)],
        loc="upper left",
        bbox_to_anchor=(2.2 / width, (top + 0.03) / height),
        ncols=PER_LINE,
        handletextpad=0.3,
    )


def passband_handles(looks: Mapping[str, tuple[str, str]]) -> list[Line2D]:
    """Return the legend's entries of passbands."""
    return [
        Line2D([], [], color=colour, marker=marker, linestyle="none", label=band)
        for band, (colour, marker) in looks.items()
    ]


def detection_handles() -> list[Line2D]:
    """Return the legend's entries of filled and open markers."""
    look: dict[str, Any] = {"color": GREY, "marker": "o", "linestyle": "none"}
    faces = {"S/N > 5": GREY, "S/N ≤ 5": "white"}
    return [
        Line2D([], [], markerfacecolor=face, label=label, **look)
        for label, face in faces.items()
    ]


def draw_light_curve(
    axes: Axes,
    points: pd.DataFrame,
    looks: Mapping[str, tuple[str, str]],
    options: SheetOptions,
) -> None:
    """Draw flux and its error against time, detections as filled markers.

    points has days, passband, flux, flux_err and detected.
    """
    colours = points["passband"].map({band: look[0] for band, look in looks.items()})
    flux, error = points["flux"], points["flux_err"]
    bars: dict[str, Any] = {
        "colors": colours,
        "linewidth": 0.5,
        "alpha": 0.6,
        "zorder": 2,
    }
    axes.vlines(points["days"], flux - error, flux + error, **bars)
    for (band, detected), some in points.groupby(["passband", "detected"]):
        colour, marker = looks[str(band)]
        axes.plot(
            some["days"],
            some["flux"],
            linestyle="none",
            marker=marker,
            color=colour,
            markerfacecolor=colour if detected else "white",
            markersize=2.2 if detected else 1.8,
            markeredgewidth=0.4,
            zorder=4 if detected else 3,
        )
    axes.axhline(0, color=GREY, linewidth=0.4, zorder=1)
    axes.axvline(0, color=GREY, linewidth=0.4, linestyle=(0, (1, 2)), zorder=1)
    _set_limits(axes, points, options)


def _set_limits(axes: Axes, points: pd.DataFrame, options: SheetOptions) -> None:
    """Fit the axes to the window and to the fluxes."""
    axes.set_xlim(*options.window)
    low, high = min(points["flux"].min(), 0), max(points["flux"].max(), 0)
    margin = 0.12 * (high - low) or 1.0
    axes.set_ylim(low - margin, high + margin)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_formatter("{x:,.10g}")
    axes.tick_params(labelsize=6, pad=1.5)


def _name_object(axes: Axes, points: pd.DataFrame) -> None:
    redshift = points["redshift"].iloc[0]
    snr = float(np.max(points["flux"].abs() / points["flux_err"]))
    facts = [f"z {redshift:.2g}"] if np.isfinite(redshift) else []
    facts.append(f"S/N {snr:.0f}" if snr >= 10 else f"S/N {snr:.1f}")
    look: dict[str, Any] = {"fontsize": 6, "pad": 2, "y": 1.0, "parse_math": False}
    axes.set_title(shortened(str(points["object_id"].iloc[0]), 20), **look)
    axes.set_title(", ".join(facts), loc="right", color=GREY, **look)
