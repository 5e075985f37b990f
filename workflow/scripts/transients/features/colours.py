"""Colours of neighbouring passbands, at peak and at fixed phases around it."""

from __future__ import annotations

import numpy as np

from transients.features.curves import Floats, PassbandCurves

PHASES = (-10, -5, 5, 10, 15, 20, 30, 40, 50)
"""Times from the redder passband's peak at which colours are measured [d]."""


def colours(curves: PassbandCurves) -> dict[str, Floats]:
    """Return bluer minus redder magnitudes of neighbouring passbands, each (n,).

    Magnitudes between observations are on a line; where one of the two passbands has
    none around that time the colour is NaN.
    """
    n_passbands = len(curves.passbands)
    found: dict[str, Floats] = {}
    for place in range(n_passbands - 1):
        blue = np.arange(place, len(curves), n_passbands)
        name = f"{curves.passbands[place]}-{curves.passbands[place + 1]}"
        pair = _colours_of_pair(curves, blue)
        found |= {f"{name}_{when}": values for when, values in pair.items()}
    return found


def _colours_of_pair(curves: PassbandCurves, blue: np.ndarray) -> dict[str, Floats]:
    red = blue + 1
    peak_time = curves.peak_time
    first, last = curves.first_of(curves.time), curves.last_of(curves.time)

    def colour(time: Floats) -> Floats:
        return curves.magnitude_at(blue, time) - curves.magnitude_at(red, time)

    found = {
        "peak_magnitudes": curves.peak_magnitude[blue] - curves.peak_magnitude[red],
        "peak_times": peak_time[blue] - peak_time[red],
        "at_first": colour(np.maximum(first[blue], first[red])),
        "at_last": colour(np.minimum(last[blue], last[red])),
        "at_blue_peak": colour(peak_time[blue]),
        "at_red_peak": colour(peak_time[red]),
    }
    for phase in PHASES:
        found[f"at_{phase:+d}d"] = colour(peak_time[red] + phase)
    return found
