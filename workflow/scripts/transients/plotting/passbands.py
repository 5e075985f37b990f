"""The look of a passband: the same in every figure, whatever the instrument."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.colors import to_hex, to_rgb

COLOURS = {
    0.2: "#c77cc0",
    0.36: "#5b3fa8",
    0.476: "#029e73",
    0.62: "#e08a00",
    0.755: "#d1261b",
    0.87: "#7a3b12",
    1.015: "#222222",
    1.25: "#2f6db0",
    1.65: "#7fb3d5",
    2.2: "#999999",
}
"""Colours at some wavelengths [micrometre]: ultraviolet, ugrizy, JHK."""

MARKERS = "osD^vP*X<>pH"
"""Tell passbands of one instrument apart where colours do not, by wavelength."""


def looks_of_passbands(wavelengths: Mapping[str, float]) -> dict[str, tuple[str, str]]:
    """Return colour and marker of each passband, in the order of wavelength.

    wavelengths are in micrometres; similar ones have similar colours.
    """
    ordered = sorted(wavelengths, key=lambda name: (wavelengths[name], name))
    rgb = np.array([to_rgb(colour) for colour in COLOURS.values()])
    looks = {}
    for rank, name in enumerate(ordered):
        place = wavelengths[name]
        red, green, blue = (np.interp(place, list(COLOURS), part) for part in rgb.T)
        looks[name] = (to_hex((red, green, blue)), MARKERS[rank % len(MARKERS)])
    return looks
