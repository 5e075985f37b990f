"""How bright the light curves of a data set are: what tells of another zero point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FAR = 3.0
"""Times beyond the usual range a single light curve is told to be odd."""

MANY = 10
"""Light curves whose median says something of all."""


def usual_range(largest: NDArray[np.floating]) -> list[float]:
    """Return the 1st and the 99th percentile of light curves' largest |flux|."""
    low, high = np.percentile(largest, [1, 99])
    return [float(low), float(high)]


def are_odd(
    largest: NDArray[np.floating], usual: tuple[float, float]
) -> NDArray[np.bool_]:
    """Say of each light curve whether its largest flux is far from the usual range."""
    low, high = usual
    return (largest < low / FAR) | (largest > high * FAR)


def on_another_scale(largest: NDArray[np.floating], usual: tuple[float, float]) -> bool:
    """Say whether there are many, and most are too faint or too bright.

    Fluxes in nJy are 36 times FLUXCAL, in uJy a 28th of it: some light curves in these
    units still have the flux of a bright or faint one of the data set, not most. Where
    bright objects were chosen to train with, those of a deeper sample and young ones
    are fainter, by less.
    """
    low, high = usual
    return len(largest) >= MANY and not low / FAR <= np.median(largest) <= high
