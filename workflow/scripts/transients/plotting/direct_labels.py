"""Names of strategies beside the ends of their lines, as a legend in their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from transients.plotting.axes import SIZE
from transients.plotting.style import Look

LINE = 0.112
"""Distance of names [in]."""
AT_LINE, AT_MARKER, AT_NAME = 0.05, 0.2, 0.27
"""Where the line to a name begins, its marker and the name, right of the panel [in]."""


def label_directly(
    axes: Axes,
    ends: pd.DataFrame,
    looks: Mapping[str, Look],
    size: tuple[float, float],
) -> None:
    """Name each strategy right of a panel of a size (width, height) in inches.

    ends has strategy, x and y of its last point, and reaches: whether that is where the
    lines end; then a thin line leads from it to the name. Limits must be set before.
    """
    width, height = size
    data = axes.transData.transform(ends[["x", "y"]].to_numpy(dtype=float))
    x, y = axes.transAxes.inverted().transform(data).T
    names = spread(y, LINE / height)
    for strategy, reaches, *end, level in zip(
        ends["strategy"], ends["reaches"], x, y, names, strict=True
    ):
        look = looks[strategy]
        beside: dict[str, Any] = {
            "transform": axes.transAxes,
            "clip_on": False,
            "color": look.colour,
        }
        if reaches:
            way = [end[0], 1 + AT_LINE / width, 1 + (AT_MARKER - 0.05) / width]
            axes.plot(way, [end[1], end[1], level], linewidth=0.4, alpha=0.7, **beside)
        at = [1 + AT_MARKER / width], [level]
        axes.plot(*at, marker=look.marker, markersize=SIZE, **beside)
        axes.text(
            *(1 + AT_NAME / width, level, look.label),
            va="center_baseline",
            fontsize=6,
            **beside,
        )


def spread(wanted: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
    """Return places from 0 to 1 at least gap apart, as near to the wanted as may be.

    They keep their order; the squares of the moves are as few as they can be (isotonic
    regression of the places, each less the gaps below it).
    """
    from scipy.optimize import isotonic_regression  # half a second for few figures

    order = np.argsort(wanted, kind="stable")
    below = gap * np.arange(len(wanted))
    free = isotonic_regression(wanted[order] - below).x
    placed = np.empty(len(wanted))
    placed[order] = np.clip(free, 0, max(1 - gap * (len(wanted) - 1), 0)) + below
    return placed
