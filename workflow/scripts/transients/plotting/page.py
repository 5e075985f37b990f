"""A page that is laid out in inches from its bottom left corner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SCALE_LINE: dict[str, Any] = {
    "color": "black",
    "linewidth": 0.7,
    "linestyle": (0, (4, 2)),
    "zorder": 1,
}
"""The look of the constant that divides fluxes."""


@dataclass(frozen=True)
class SheetOptions:
    """What a data sheet is told of its data set.

    title says what the data are, and if they are simulated. wavelengths of the
    passbands are in micrometres, window is in days around the trigger, flux_scale is in
    FLUXCAL.
    """

    title: str
    classes: tuple[str, ...]
    wavelengths: Mapping[str, float]
    window: tuple[float, float]
    flux_scale: float


def write(figure: Figure, x: float, y: float, text: str, **look: Any) -> None:  # noqa: ANN401
    """Write text with its top left corner at (x, y) inches."""
    width, height = figure.get_size_inches()
    look = {"va": "top", "ha": "left", "parse_math": False, **look}
    figure.text(x / width, y / height, text, **look)


def add_axes(figure: Figure, box: Sequence[float]) -> Axes:
    """Add axes at (left, bottom, width, height) inches."""
    scale = np.tile(figure.get_size_inches(), 2)
    left, bottom, width, height = np.asarray(box) / scale
    return figure.add_axes((left, bottom, width, height))


def shortened(text: str, most: int) -> str:
    """Return text of at most so many characters, the middle left out."""
    if len(text) <= most:
        return text
    kept = most - 1
    return text[: kept - kept // 2] + "…" + text[-(kept // 2) :]
