"""Axes for all strategies: labels with none among them, AUROC stretched towards 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from numpy.typing import NDArray

from transients.plotting.axes import SIDE, log_per_inch, set_sizes

ZERO_APART = 0.36
"""Distance of zero labels from the smallest number of them [in]."""
TOP = 1.03
"""The axis of AUROC is the logarithm of what is missing to this."""
STRETCHED = "Vertical axis stretched towards 1."
TICKS = (1.0, 0.9, 0.5, 0.8, 0.95, 0.7, 0.98, 0.6, 0.85, 0.2, 0.65, 0.75, 0.0, 0.4)
"""AUROCs that may be ticks, those that should be first."""
TICKS_APART = 0.16
"""Least distance of ticks of AUROC [in]."""


def places(n_train: pd.Series, sizes: Sequence[int], width: float) -> pd.Series:
    """Return where numbers of labels stand on an axis of a width in inches.

    sizes are all that are on the axis. Zero, which a logarithmic axis has not, stands
    left of the smallest.
    """
    return n_train.astype(float).where(n_train > 0, _zero(sizes, width))


def set_labels(axes: Axes, sizes: Sequence[int], width: float) -> None:
    """Put numbers of labels on a logarithmic axis, broken between zero and the rest."""
    positive = _positive(sizes)
    if 0 not in sizes:
        set_sizes(axes, positive, width)
        return
    zero, margin = _zero(sizes, width), SIDE * _per_inch(sizes, width)
    set_sizes(axes, positive, width - ZERO_APART)
    axes.set_xlim(left=zero / np.exp(margin))
    rest = axes.xaxis.get_major_formatter()
    shown = list(axes.xaxis.get_major_locator()())
    ticks = [zero, *(shown if max(sizes) > 0 else [])]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda n, at: "0" if n < min(positive) else rest(n, at))
    )
    _mark_break(axes, float(np.sqrt(zero * min(positive))))


def _positive(sizes: Sequence[int]) -> list[int]:
    return sorted(n for n in sizes if n > 0) or [1]


def _per_inch(sizes: Sequence[int], width: float) -> float:
    apart = ZERO_APART if 0 in sizes else 0.0
    return log_per_inch(_positive(sizes), width - apart)


def _zero(sizes: Sequence[int], width: float) -> float:
    return min(_positive(sizes)) / float(np.exp(ZERO_APART * _per_inch(sizes, width)))


def _mark_break(axes: Axes, place: float) -> None:
    """Interrupt the axis with two strokes."""
    where: dict[str, Any] = {
        "transform": axes.get_xaxis_transform(),
        "clip_on": False,
        "zorder": 9,
    }
    gap: dict[str, Any] = {
        "color": "white",
        "marker": "s",
        "markersize": 2.6,
        "markeredgewidth": 0,
    }
    axes.plot([place], [0], **gap, **where)
    for x in (-1.1, 1.1):
        stroke = [(x - 0.6, -2.0), (x + 0.6, 2.0)]
        look: dict[str, Any] = {
            "color": "black",
            "markersize": 5.0,
            "markeredgewidth": 0.6,
        }
        axes.plot([place], [0], marker=stroke, **look, **where)


def set_stretched(axes: Axes, low: float, high: float, height: float) -> None:
    """Let an axis of a height in inches reach from one AUROC to another, at most 1.

    It is stretched towards 1, so that .94 and .95 are as far apart as .5 and .6 are
    nearly: what is missing to 1 counts.
    """
    bottom, top = _stretched(np.array([low, min(high, 1.0)]))
    margin = 0.05 * max(top - bottom, 0.05)
    axes.set_yscale("function", functions=(_stretched, _shrunk))
    limits = _shrunk(np.array([bottom - margin, top + margin]))
    axes.set_ylim(*limits)
    scale = height / (top - bottom + 2 * margin)
    axes.yaxis.set_major_locator(FixedLocator(_ticks(limits[0], limits[1], scale)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter("{x:g}")


def _stretched(auroc: NDArray[np.float64]) -> NDArray[np.float64]:
    return -np.log(np.maximum(TOP - np.asarray(auroc, dtype=float), 1e-3))


def _shrunk(place: NDArray[np.float64]) -> NDArray[np.float64]:
    return TOP - np.exp(-np.asarray(place, dtype=float))


def _ticks(low: float, high: float, scale: float) -> list[float]:
    """Return the ticks between low and high, TICKS_APART where scale is [in]."""
    kept: list[float] = []
    fine = np.round(np.arange(0, 1.005, 0.01), 2)
    for tick in [*TICKS, *fine]:
        apart = scale * np.abs(_stretched(np.array(kept)) - _stretched(np.array(tick)))
        if low <= tick <= high and (apart >= TICKS_APART).all():
            kept.append(tick)
        if tick == TICKS[-1] and len(kept) > 2:
            break
    return sorted(kept)
