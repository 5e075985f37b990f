"""The data sheet of a data set on one page: numbers, histograms, what was left out.

Example light curves follow below, drawn by plotting.light_curves.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from transients.datasheets import (
    ALL,
    DRAWN,
    DROPPED,
    LINEAR,
    OBJECTS,
    OBJECTS_IN_EXPERIMENT,
    DataSheet,
    scaled_flux,
)
from transients.light_curve_statistics import FLUX_IN_WINDOW
from transients.plotting.light_curves import draw_examples, height_of_examples
from transients.plotting.page import (
    SCALE_LINE,
    SheetOptions,
    add_axes,
    shortened,
    write,
)
from transients.plotting.style import BLUE, GREY, PAGE, styled
from transients.plotting.ticks import set_logarithmic

HEADER, ROW, LINE = 0.64, 0.23, 0.135
"""Heights of the header, a class and a line of text [in]."""
TABLE_HEAD, TABLE_FOOT = 0.55, 0.45
"""Room above the histograms for their titles, below for their axes [in]."""
LEFT = 1.72
"""Room for classes and their counts, left of the histograms [in]."""
EDGE = 0.08
"""Margin of the page [in]."""
FOOTER, LINE_OF_NOTES = 0.72, 150
"""Height of the notes at the foot [in], and characters on their lines."""
FEW_BINS = 3
"""Fewer than these do not fill the axis."""
MOST_REASONS = 12
"""More kinds of reason are counted in one line; the CSV file has them all."""
FLUX_COLUMNS = (FLUX_IN_WINDOW, "peak flux [FLUXCAL]")

NOTES = (
    "Histograms: logarithmic axes but for the redshift, each class scaled to its"
    " highest bin; values not above zero are left out, and the outermost bins hold"
    " what lies beyond. Dot and bar: median, 5th and 95th percentile over objects, of"
    " |flux| over points. Dashed: the constant that divides fluxes. Gap between"
    " nights: median time between successive observations more than 0.5 d apart."
    " Examples: the objects at a quarter, half and three quarters of their class in"
    " the order of peak |S/N|. Filled: detections; dotted: the trigger or, without"
    " one, the first observation."
)


@styled
def draw_datasheet(sheet: DataSheet, options: SheetOptions) -> Figure:
    """Draw the sheet on one page as wide as two columns and as long as it needs."""
    numbers = sheet.numbers.set_index(["class", "quantity"])
    reasons = _reasons(sheet.numbers)
    lists = LINE * (3.2 + max(len(reasons), len(options.wavelengths)))
    table = TABLE_HEAD + ROW * (len(options.classes) + 1) + TABLE_FOOT
    examples = height_of_examples(options)
    height = HEADER + table + lists + examples + FOOTER
    figure = Figure(figsize=(PAGE, height))
    top = height
    _write_header(figure, top, numbers, options)
    top -= HEADER
    _draw_table(figure, top, sheet, options)
    top -= table
    _write_passbands(figure, top, numbers, options)
    _write_reasons(figure, top, reasons)
    draw_examples(figure, top - lists, sheet.examples, options)
    notes = textwrap.fill(NOTES, LINE_OF_NOTES)
    write(figure, EDGE, FOOTER - 0.12, notes, color=GREY, fontsize=6, linespacing=1.2)
    return figure


def _write_header(
    figure: Figure, top: float, numbers: pd.DataFrame, options: SheetOptions
) -> None:
    n_objects = numbers["p50"].get((ALL, OBJECTS), 0)
    n_used = numbers["p50"].get((ALL, OBJECTS_IN_EXPERIMENT), 0)
    scaled = scaled_flux(options.flux_scale)
    mean = numbers["p50"].get((ALL, f"mean {scaled}"), np.nan)
    median = numbers["p50"].get((ALL, scaled), np.nan)
    low, high = options.window
    lines = [
        f"Objects: {n_objects:,.0f} in {len(options.classes)} classes; used after"
        f" trigger, window and least number of points: {n_used:,.0f}",
        f"|flux| in the window ({_short(low)} to {_short(high)} d around the trigger),"
        f" in units of the constant {options.flux_scale:g} FLUXCAL:"
        f" mean {_short(mean)}, median {_short(median)}",
    ]
    title = textwrap.shorten(options.title, 90, placeholder=" …")
    write(figure, EDGE, top - 0.08, title, fontsize=10, fontweight="bold")
    write(figure, EDGE, top - 0.33, "\n".join(lines), linespacing=1.5)


def _short(value: float) -> str:
    """A number to three digits; a dash for none."""
    if not np.isfinite(value):
        return "–"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return text.replace("-", "−")


def _draw_table(
    figure: Figure, top: float, sheet: DataSheet, options: SheetOptions
) -> None:
    """Draw a row for each class: its counts and a histogram of each quantity."""
    numbers = sheet.numbers.set_index(["class", "quantity"])
    rows = [ALL, *options.classes]
    middle = top - TABLE_HEAD
    for x, text in ((LEFT - 0.55, "objects"), (LEFT - 0.08, "used")):
        write(figure, x, middle + 0.04, text, ha="right", va="bottom")
    for i, name in enumerate(rows):
        y, bold = middle - (i + 0.62) * ROW, "bold" if name == ALL else "normal"
        look = {"va": "center", "fontweight": bold}
        write(figure, EDGE, y, shortened(name, 14), **look)
        counts = numbers["p50"].reindex(
            [(name, OBJECTS), (name, OBJECTS_IN_EXPERIMENT)]
        )
        for x, count in zip((LEFT - 0.55, LEFT - 0.08), counts, strict=True):
            write(figure, x, y, f"{np.nan_to_num(count):,.0f}", ha="right", **look)
    quantities = [*DRAWN[:3], FLUX_IN_WINDOW, *DRAWN[3:]]
    width = (PAGE - LEFT - EDGE) / len(quantities)
    box_height = len(rows) * ROW
    for i, quantity in enumerate(quantities):
        box = (LEFT + i * width + 0.07, middle - box_height, width - 0.14, box_height)
        axes = add_axes(figure, box)
        _draw_column(axes, quantity, sheet, rows, options.flux_scale)


def _draw_column(
    axes: Axes,
    quantity: str,
    sheet: DataSheet,
    rows: Sequence[str],
    flux_scale: float,
) -> None:
    """Draw the histograms of one quantity, one above the other, `rows` downwards."""
    name, _, unit = quantity.partition(" [")
    title = textwrap.fill(name, 13) + (f"\n[{unit}" if unit else "")
    axes.set_title(title, loc="center", fontsize=6.5, y=1.0)
    axes.set_ylim(len(rows) + 0.1, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    bins = sheet.histograms[sheet.histograms["quantity"] == quantity]
    if bins.empty:
        axes.set_xticks([])
        middle = len(rows) / 2
        axes.text(0.5, middle, "none", color=GREY, ha="center", va="center")
        return
    linear = quantity == LINEAR
    axes.axhspan(0, 1, color="#f0f0f0", linewidth=0, zorder=0)
    numbers = sheet.numbers[sheet.numbers["quantity"] == quantity].set_index("class")
    for i, row in enumerate(rows):
        of_row = bins if row == ALL else bins[bins["class"] == row]
        _draw_histogram(axes, of_row, i + 0.92, linear)
        if row in numbers.index:
            low, centre, high = numbers.loc[row, ["p05", "p50", "p95"]].to_numpy(float)
            axes.plot([low, high], [i + 0.92] * 2, color="black", linewidth=0.8)
            axes.plot(centre, i + 0.92, "o", color="black", markersize=2.2)
    marked = flux_scale if quantity in FLUX_COLUMNS else None
    _set_scale(axes, bins, linear, marked)
    if marked:
        axes.axvline(marked, **SCALE_LINE)


def _draw_histogram(axes: Axes, bins: pd.DataFrame, base: float, linear: bool) -> None:
    """Draw bars on the line `base`, their heights the counts per length of the axis."""
    if bins.empty:
        return
    counts = bins.groupby(["left", "right"], as_index=False)["n"].sum()
    edges = np.append(counts["left"], counts["right"].iloc[-1])
    density = counts["n"] / np.diff(edges if linear else np.log(edges))
    heights = 0.8 * density / max(density.max(), 1e-9)
    look: dict[str, Any] = {"color": BLUE, "alpha": 0.55, "linewidth": 0}
    axes.stairs(base - heights, edges, baseline=base, fill=True, **look)


def _set_scale(
    axes: Axes, bins: pd.DataFrame, linear: bool, marked: float | None
) -> None:
    """Fit the axis to the bins and the marked value; ticks keep clear of its ends."""
    low, high = float(bins["left"].min()), float(bins["right"].max())
    if marked:
        low, high = min(low, marked / 1.5), max(high, marked * 1.5)
    if bins["left"].nunique() < FEW_BINS:
        low, high = (low - abs(low) / 2, 1.5 * high) if linear else (low / 2, high * 2)
    if linear:
        axes.set_xlim(low, high)
        axes.xaxis.set_major_locator(MaxNLocator(3, prune="both", min_n_ticks=1))
        axes.xaxis.set_major_formatter("{x:g}")
        return
    set_logarithmic(axes, low, high)


def _write_passbands(
    figure: Figure, top: float, numbers: pd.DataFrame, options: SheetOptions
) -> None:
    """Write a line for each passband: wavelength, points, cadence."""
    head = ("passband", "λ [µm]", "points", "gap [d]")
    lines = [("Passbands: medians over objects", "", "", ""), head]
    for band in sorted(options.wavelengths, key=options.wavelengths.__getitem__):
        points = numbers["p50"].get((ALL, f"points in {band}"), np.nan)
        gap = numbers["p50"].get((ALL, f"gap between nights in {band} [d]"), np.nan)
        wavelength = f"{options.wavelengths[band]:.3g}"
        lines.append((shortened(band, 12), wavelength, _short(points), _short(gap)))
    for i, words in enumerate(lines):
        look = {"fontweight": "bold"} if i == 0 else {"color": GREY} if i == 1 else {}
        for j, word in enumerate(words):
            place = {"ha": "right"} if j else {}
            x = EDGE + (0, 1.1, 1.6, 2.1)[j]
            write(figure, x, top - i * LINE, word, **look, **place)


def _reasons(numbers: pd.DataFrame) -> pd.DataFrame:
    """Return the objects and observations of each reason, most objects first."""
    chosen = numbers[numbers["quantity"].str.startswith(DROPPED)]
    named = chosen["quantity"].str.removeprefix(DROPPED)
    parts = named.str.extract(r"^(?P<reason>.*) \[(?P<unit>\w+)\]$", flags=re.DOTALL)
    table = parts.assign(n=chosen["p50"]).pivot_table(
        index="reason", columns="unit", values="n"
    )
    table = table.reindex(columns=["objects", "observations"]).sort_values(
        "objects", ascending=False, kind="stable"
    )
    if len(table) > MOST_REASONS:
        rest = table[MOST_REASONS - 1 :].sum(min_count=1)
        table = table[: MOST_REASONS - 1]
        table.loc["other reasons: see the CSV file"] = rest
    return table


def _write_reasons(figure: Figure, top: float, reasons: pd.DataFrame) -> None:
    places = (3.25, 4.05)
    write(figure, 2.75, top, "Left out or changed", fontweight="bold")
    if reasons.empty:
        write(figure, 2.75, top - LINE, "nothing")
        return
    for x, head in zip(places, ("objects", "observations"), strict=True):
        write(figure, x, top - LINE, head, ha="right", color=GREY)
    for i, row in enumerate(reasons.index):
        y = top - (i + 2) * LINE
        for x, unit in zip(places, reasons.columns, strict=True):
            if np.isfinite(count := reasons[unit].iloc[i]):
                write(figure, x, y, f"{count:,.0f}", ha="right")
        words = " ".join(str(row).split())
        write(figure, places[1] + 0.12, y, shortened(words, 54))
