"""The parts of a figure of AUROC against the number of labelled light curves."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from matplotlib.transforms import ScaledTranslation, Transform

from transients.aggregation import summarise
from transients.errors import DataError
from transients.few_tested import FEWEST_TESTED
from transients.plotting.style import GREY, PAGE, FigureOptions, Look

CHANCE = 0.5
EQUAL = 1e-9
"""Rounding that takes no AUROC beyond 0 or 1."""
DOTTED: dict[str, Any] = {"color": GREY, "linewidth": 0.6, "linestyle": (0, (1, 2))}
"""The look of the line of chance."""
SIDE = 0.13
"""Room left and right of the outermost sizes [in]."""
LABEL_WIDTH = 0.3
"""Room that the label of a size takes [in]."""
SIZE = 3.6
"""Size of markers [pt]."""
FEW_SIZES = 8
"""Up to so many sizes, each is a tick; markers of more are smaller and closer."""
NAMES = {
    "mean_sd": ("mean", "standard deviation"),
    "median_mad": ("median", "median absolute deviation"),
}
CHARACTERS_PER_INCH = 22
"""How much of a footer's text fits on a line."""
OPEN = f"Open: in some run fewer than {FEWEST_TESTED} test objects of a class."
SIZES_LABEL = "labelled light curves n"


def summary_of(
    performance: pd.DataFrame, target: str, classes: Sequence[str], statistic: str
) -> pd.DataFrame:
    """Return centre, spread, low and high of some classes of a target.

    low and high are where bars end: a spread from the centre, but no AUROC that is
    impossible. There must be some rows.
    """
    rows = performance[
        (performance["target"] == target) & performance["class"].isin(classes)
    ]
    if rows.empty:
        raise DataError(f"no AUROC of {target!r} for any of {list(classes)}")
    summary = summarise(rows, statistic)
    spread = summary["spread"].fillna(0.0)
    low, high = (summary["centre"] - spread, summary["centre"] + spread)
    return summary.assign(low=low.clip(0, 1), high=high.clip(0, 1))


def draw_panel(
    axes: Axes, summary: pd.DataFrame, sizes: Sequence[int], looks: Mapping[str, Look]
) -> None:
    """Draw centre and spread of each strategy for one class.

    A strategy run at every size is a line, another is points. An open marker is a point
    of fewer than 3 test objects of a class in some run, which has no AUROC without any;
    a size without any AUROC is left out, and the line is broken there.
    """
    for strategy, look in looks.items():
        rows = summary[summary["strategy"] == strategy].sort_values("n_train")
        if rows["centre"].notna().any():
            scale = 1.0 if len(sizes) <= FEW_SIZES else 0.6
            _draw_strategy(axes, rows, look, scale, line=is_line(rows, sizes))


def is_line(rows: pd.DataFrame, sizes: Sequence[int]) -> bool:
    """Return whether a strategy was run at every size."""
    return set(sizes) <= set(rows["n_train"])


def _draw_strategy(
    axes: Axes, rows: pd.DataFrame, look: Look, scale: float, line: bool
) -> None:
    shifted = beside(axes, scale * look.shift)
    level = 3 if line else 5
    axes.errorbar(
        rows["n_train"],
        rows["centre"],
        yerr=bars_of(rows),
        color=look.colour,
        linestyle=look.line if line else "none",
        elinewidth=0.8,
        label=look.label,
        transform=shifted,
        zorder=level,
    )
    draw_markers(axes, rows["n_train"], rows, look, scale, shifted, level + 1)


def bars_of(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return how far bars reach down and up from the centre."""
    down, up = rows["centre"] - rows["low"], rows["high"] - rows["centre"]
    return down.clip(lower=0), up.clip(lower=0)  # rounding


def cut(centre: pd.Series, spread: pd.Series) -> str:
    """Return at which end of 0 to 1 bars are cut, for the note; or nothing."""
    spread = spread.fillna(0.0)
    ends = {"0": centre - spread < -EQUAL, "1": centre + spread > 1 + EQUAL}
    reached = [end for end, beyond in ends.items() if beyond.any()]
    return f", cut at {' and '.join(reached)}" if reached else ""


def beside(axes: Axes, shift: float) -> Transform:
    """Return the transform of data that are drawn moved to the right by shift [pt]."""
    inches = axes.get_figure(root=True).dpi_scale_trans  # type: ignore[union-attr]
    return axes.transData + ScaledTranslation(shift / 72, 0, inches)


def draw_markers(
    axes: Axes,
    places: pd.Series,
    rows: pd.DataFrame,
    look: Look,
    scale: float,
    transform: Transform,
    level: int,
) -> None:
    """Draw the centres at their places, open where few objects were tested."""
    few = rows["few_tested"]
    for chosen, face in ((~few, look.colour), (few, "white")):
        axes.plot(
            places[chosen],
            rows.loc[chosen, "centre"],
            linestyle="none",
            marker=look.marker,
            color=look.colour,
            markerfacecolor=face,
            markersize=SIZE * scale**0.5,
            markeredgewidth=0.8,
            transform=transform,
            zorder=level,
        )


def handles(
    summary: pd.DataFrame, sizes: Sequence[int], looks: Mapping[str, Look]
) -> list[Line2D]:
    """Return the legend's entries, drawn as the strategies are."""
    entries = []
    for strategy, look in looks.items():
        line = is_line(summary[summary["strategy"] == strategy], sizes)
        style = look.line if line else "none"
        entry = Line2D([], [], color=look.colour, marker=look.marker, linestyle=style)
        entry.set_label(look.label)
        entries.append(entry)
    return entries


def set_sizes(axes: Axes, sizes: Sequence[int], width: float) -> None:
    """Put the sizes on a logarithmic axis of a width in inches.

    Few sizes are ticks themselves; of many, the outermost and the round numbers 1, 2, 5
    between them. Where labels would touch some are left out, never the outermost.
    """
    low, high = min(sizes), max(sizes)
    per_inch = log_per_inch(sizes, width)
    margin = float(np.exp(SIDE * per_inch))
    axes.set_xscale("log")
    axes.set_xlim(low / margin, high * margin)
    ticks = list(sizes)
    labelled = set(_spaced(ticks, LABEL_WIDTH * per_inch))
    if len(sizes) > FEW_SIZES:
        ticks = _spaced([low, *_round_numbers(low, high), high], LABEL_WIDTH * per_inch)
        labelled = set(ticks)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda n, _: f"{n:,.0f}" if round(n) in labelled else "")
    )


def log_per_inch(sizes: Sequence[int], width: float) -> float:
    """Return how much of the logarithm of n there is on an inch of the axis."""
    low, high = min(sizes), max(sizes)
    return float(np.log(high / low)) / (width - 2 * SIDE) if high > low else 1.0


def _round_numbers(low: int, high: int) -> list[int]:
    decades = range(int(np.log10(low)), int(np.log10(high)) + 1)
    numbers = [digit * 10**decade for decade in decades for digit in (1, 2, 5)]
    return [n for n in numbers if low < n < high]


def _spaced(ticks: Sequence[int], gap: float) -> list[int]:
    first, *middle, last = [*sorted(ticks), max(ticks)]
    kept = [first]
    for tick in middle:
        if min(np.log(tick / kept[-1]), np.log(last / tick)) >= gap:
            kept.append(tick)
    return [*kept, last] if last > first else [first]


def set_auroc(axes: Axes, summary: pd.DataFrame) -> None:
    """Fit the axis of the AUROC to the bars, up to 1, its largest value."""
    low, high = float(summary["low"].min()), float(summary["high"].max())
    if not np.isfinite([low, high]).all():
        low, high = CHANCE, 1.0
    margin = 0.06 * max(high - low, 0.05)
    axes.set_ylim(low - margin, min(high + margin, 1.02))


def mark_chance(axes: Axes, named: bool = True) -> None:
    """Draw the AUROC of a guess where it is in view, and name it."""
    low, high = axes.get_ylim()
    if not low < CHANCE < high:
        return
    axes.axhline(CHANCE, zorder=1, **DOTTED)
    if named:
        below = CHANCE - low > 0.08 * (high - low)  # else it would lie on the axis
        axes.annotate(
            "chance",
            (1, CHANCE),
            xycoords=("axes fraction", "data"),
            xytext=(0, -1.5 if below else 1.5),
            textcoords="offset points",
            ha="right",
            va="top" if below else "bottom",
            fontsize=6,
            color=GREY,
        )


def chance_handle() -> Line2D:
    """Return the legend's entry of the AUROC of a guess."""
    return Line2D([], [], label="chance", **DOTTED)


def add_footer(figure: Figure, summary: pd.DataFrame, options: FigureOptions) -> None:
    """Write below the figure what points and bars are, and what of the data matters."""
    write_footer(figure, footer_of(summary, options, "bars"))


def footer_of(summary: pd.DataFrame, options: FigureOptions, spreads: str) -> str:
    """Return what points and spreads (bars, bands) are, and what else matters."""
    centre, spread = NAMES[options.centre_and_spread]
    fewest, most = int(summary["n_runs"].min()), int(summary["n_runs"].max())
    runs = f"{most}" if fewest == most else f"{fewest} to {most}"
    plural = "s" if most > 1 else ""
    spread += cut(summary["centre"], summary["spread"])
    sentences = [f"Points: {centre} of {runs} run{plural}; {spreads}: {spread}."]
    if (summary["n_train"] == 0).any():
        sentences.append("Without labels: one run.")
    if summary["few_tested"].any():
        sentences.append(OPEN)
    if options.note:
        sentences.append(options.note[0].upper() + options.note[1:].rstrip(".") + ".")
    return " ".join(sentences)


def write_footer(figure: Figure, text: str) -> None:
    """Write a text below the panels, over as many lines as it needs."""
    characters = int(CHARACTERS_PER_INCH * figure.get_figwidth())
    figure.supxlabel(
        textwrap.fill(text, characters),
        x=0.01,
        ha="left",
        fontsize=6,
        color=GREY,
        linespacing=1.15,
    )


def add_legend(figure: Figure, entries: Sequence[Line2D], title: str) -> None:
    """Put title and legend above the panels."""
    legend = figure.legend(
        handles=entries,
        title=title or None,
        alignment="left",
        loc="outside upper left",
        ncols=2 if figure.get_figwidth() < PAGE else 5,
    )
    legend.get_title().set_fontsize(7)
