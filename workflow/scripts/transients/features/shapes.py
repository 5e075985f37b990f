"""Rise and decline in each passband: when it peaks, how it gets there and leaves."""

from __future__ import annotations

import numpy as np

from transients.features.curves import Floats, PassbandCurves
from transients.photometry import DETECTION_SNR

PHASES = (-15, -10, -5, 5, 10, 15, 20, 30, 45, 60)
"""Times from the peak at which the fading is measured [d]."""

FADES = (0.5, 1.0)
"""Magnitudes below the peak whose times before and after it are measured."""


def shapes(curves: PassbandCurves) -> dict[str, Floats]:
    """Return rise and decline, each (n,); times in days, fading in magnitudes.

    peak_time counts from the first detection in any passband.
    """
    n_passbands = len(curves.passbands)
    zero = first_detection(curves)
    peak_time, peak = curves.peak_time, curves.peak_magnitude
    snr = curves.flux / curves.flux_err
    each = {
        "points": curves.counts.astype(float),
        "detections": counted(curves, snr > DETECTION_SNR),
        "peak_snr": curves.at_row(snr, curves.peak),
        "peak_magnitude": peak,
        "peak_time": peak_time - np.repeat(zero, n_passbands),
        "time_before_peak": peak_time - curves.first_of(curves.time),
        "time_after_peak": curves.last_of(curves.time) - peak_time,
        "fade_at_first": curves.first_of(curves.magnitude) - peak,
        "fade_at_last": curves.last_of(curves.magnitude) - peak,
    }
    number = np.arange(len(curves))
    for phase in PHASES:
        each[f"fade_at_{phase:+d}d"] = (
            curves.magnitude_at(number, peak_time + phase) - peak
        )
    for fade in FADES:
        each[f"rise_time_{fade}mag"] = time_to_fade(curves, fade, before=True)
        each[f"decline_time_{fade}mag"] = time_to_fade(curves, fade, before=False)
    return by_passband(curves, each)


def by_passband(curves: PassbandCurves, each: dict[str, Floats]) -> dict[str, Floats]:
    """Return columns of objects, named by passband, from those of light curves."""
    n_passbands = len(curves.passbands)
    return {
        f"{passband}_{name}": values[place::n_passbands]
        for place, passband in enumerate(curves.passbands)
        for name, values in each.items()
    }


def counted(curves: PassbandCurves, marked: np.ndarray) -> Floats:
    """Return the number of marked observations of each light curve, (n * B,)."""
    return np.bincount(curves.owner[marked], minlength=len(curves)).astype(float)


def first_detection(curves: PassbandCurves) -> Floats:
    """Return the time of each object's first detection in any passband [d], (n,)."""
    detected = curves.flux > DETECTION_SNR * curves.flux_err
    first = np.full(len(curves) // len(curves.passbands), np.inf)
    objects = curves.owner[detected] // len(curves.passbands)
    np.minimum.at(first, objects, curves.time[detected])
    return np.where(np.isfinite(first), first, np.nan)


def time_to_fade(curves: PassbandCurves, fade: float, *, before: bool) -> Floats:
    """Return the time between the peak and `fade` magnitudes below it [d], (n * B,).

    It is the crossing nearest to the peak, before or after it, on the line between two
    observations; NaN where the light curve does not reach that far down.
    """
    step = -1 if before else 1
    phase = step * (curves.time - curves.peak_time[curves.owner])
    faded = curves.magnitude - curves.peak_magnitude[curves.owner]
    below = np.flatnonzero((phase > 0) & (faded >= fade))[::step]
    reached, nearest = np.unique(curves.owner[below], return_index=True)
    outer = below[nearest]
    inner = outer - step
    share = (fade - faded[inner]) / (faded[outer] - faded[inner])
    times = np.full(len(curves), np.nan)
    times[reached] = phase[inner] + share * (phase[outer] - phase[inner])
    return times
