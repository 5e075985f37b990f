"""All strategies of a target: AUROC against the number of labels, none among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from transients.averages import MACRO, MACRO_COMMON
from transients.plotting.axes import (
    CHANCE,
    SIZES_LABEL,
    bars_of,
    beside,
    draw_markers,
    footer_of,
    is_line,
    mark_chance,
    summary_of,
    write_footer,
)
from transients.plotting.curves import LABELS
from transients.plotting.direct_labels import label_directly
from transients.plotting.label_axes import STRETCHED, places, set_labels, set_stretched
from transients.plotting.page import add_axes, write
from transients.plotting.style import (
    CHANCE_LINE,
    PLAIN,
    FigureOptions,
    Look,
    looks_of,
    styled,
)

LEFT, NAMES, WIDTH, HEIGHT = 0.45, 1.3, 1.8, 2.7
"""Room left of a panel and right of it, for names; its width and height [in]."""
ABOVE, BELOW = 0.28, 0.62
"""Room above and below the panels [in]."""


@styled
def draw_strategies(
    performance: pd.DataFrame, target: str, options: FigureOptions = PLAIN
) -> Figure:
    """Draw macro AUROC and mean of the common classes of all strategies of a target.

    performance is the table of aggregation.performance_table. Where it has no common
    classes of their own, there is one panel.
    """
    known = performance.loc[performance["target"] == target, "class"].unique()
    averages = [name for name in (MACRO, MACRO_COMMON) if name in known]
    summary = summary_of(performance, target, averages, options.centre_and_spread)
    looks = looks_of(summary["strategy"])
    sizes = sorted(summary["n_train"].unique())
    block = LEFT + WIDTH + NAMES
    height = ABOVE + HEIGHT + BELOW
    figure = Figure(figsize=(block * len(averages), height))
    for number, average in enumerate(averages):
        box = (number * block + LEFT, BELOW, WIDTH, HEIGHT)
        rows = summary[summary["class"] == average]
        axes = add_axes(figure, box)
        draw_all(axes, rows, sizes, looks, box[2:])
        _name(axes, rows, sizes, looks)
        axes.set_xlabel(SIZES_LABEL)
        axes.set_ylabel(LABELS[average])
    write(figure, 0.05, height - 0.05, options.title)
    footer = footer_of(summary, options, "bands and bars")
    write_footer(figure, f"{footer} {STRETCHED}")
    return figure


def draw_all(
    axes: Axes,
    summary: pd.DataFrame,
    sizes: Sequence[int],
    looks: Mapping[str, Look],
    size: tuple[float, float],
) -> None:
    """Draw centre and spread of each strategy in a panel of a size in inches.

    A strategy run at every size above zero is a line with a band, another is points
    with bars.
    """
    width, height = size
    low, high = float(summary["low"].min()), float(summary["high"].max())
    set_labels(axes, sizes, width)
    set_stretched(axes, low, high, height)
    for strategy, look in looks.items():
        rows = summary[summary["strategy"] == strategy].sort_values("n_train")
        at = places(rows["n_train"], sizes, width)
        if is_line(rows, [n for n in sizes if n]):
            _draw_line(axes, at, rows, look)
        else:
            _draw_points(axes, at, rows, look)
    mark_chance(axes, named=False)


def _draw_line(axes: Axes, at: pd.Series, rows: pd.DataFrame, look: Look) -> None:
    level = 6 if look.width > 1.5 else 3
    labelled = rows["n_train"] > 0
    centre, low, high = (rows[name] for name in ("centre", "low", "high"))
    band: dict[str, Any] = {"alpha": 0.12, "linewidth": 0, "zorder": 1}
    ends = low[labelled], high[labelled]
    axes.fill_between(at[labelled], *ends, color=look.colour, **band)
    line: dict[str, Any] = {
        "color": look.colour,
        "linewidth": look.width,
        "zorder": level,
    }
    axes.plot(at[labelled], centre[labelled], linestyle=look.line, **line)
    if not labelled.all():
        to_zero = {**line, "linewidth": 0.5, "linestyle": ":"}
        axes.plot(at.iloc[:2], centre.iloc[:2], **to_zero)
    draw_markers(axes, at, rows, look, 0.8, axes.transData, level + 1)


def _draw_points(axes: Axes, at: pd.Series, rows: pd.DataFrame, look: Look) -> None:
    shifted = beside(axes, look.shift)
    bars: dict[str, Any] = {
        "yerr": bars_of(rows),
        "elinewidth": 0.8,
        "linestyle": "none",
    }
    axes.errorbar(
        at, rows["centre"], color=look.colour, transform=shifted, zorder=4, **bars
    )
    draw_markers(axes, at, rows, look, 0.8, shifted, 5)


def _name(
    axes: Axes, summary: pd.DataFrame, sizes: Sequence[int], looks: Mapping[str, Look]
) -> None:
    defined = summary[summary["centre"].notna()].sort_values("n_train")
    last = defined.groupby("strategy", as_index=False).last()
    ends = pd.DataFrame(
        {
            "strategy": last["strategy"],
            "x": places(last["n_train"], sizes, WIDTH),
            "y": last["centre"],
            "reaches": last["n_train"] == last["n_train"].max(),
        }
    )
    low, high = axes.get_ylim()
    if low < CHANCE < high:
        end: dict[str, Any] = {"x": [axes.get_xlim()[1]], "y": [CHANCE]}
        end |= {"strategy": [CHANCE_LINE.label], "reaches": [True]}
        ends = pd.concat([ends, pd.DataFrame(end)], ignore_index=True)
    named = {**looks, CHANCE_LINE.label: CHANCE_LINE}
    label_directly(axes, ends, named, (WIDTH, HEIGHT))
