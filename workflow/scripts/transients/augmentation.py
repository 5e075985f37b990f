"""Random changes of light curves that leave their class alone, drawn anew each epoch.

The kinds follow Boone (2019, AJ 158, 257): fewer points, more noise, another scale;
and what real light curves have: an end at any phase, gaps, errors of calibration.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transients.photometry import DETECTION_SNR

LONGEST_GAP = 0.4
"""As scaled time: 40 of the paper's 100 days, months of weather or a season's edge."""


@dataclass(frozen=True)
class Augmentation:
    """Strengths; zero switches a change off.

    drop: largest fraction of points left out; noise: largest extra Gaussian noise
    [flux errors]; flux_scale: log-normal sigma of a common factor on flux and error;
    dilation: sigma of the factor by which times stretch; truncate: probability of an
    end at a random phase; gap: probability of a gap; calibration: log-normal sigma of a
    factor on flux and error for each passband; reanchor: whether the first detection
    that is left takes the place in time of the first there was, as if the survey had
    missed the others. min_points are kept always.
    """

    drop: float = 0.0
    noise: float = 0.0
    flux_scale: float = 0.0
    dilation: float = 0.0
    truncate: float = 0.0
    gap: float = 0.0
    calibration: float = 0.0
    reanchor: bool = True
    min_points: int = 5


def augment(
    light_curves: NDArray[np.float32],
    strength: Augmentation,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Return a changed copy of zero-padded light curves (B, T, 4) of equation 1.

    Their points are in order of time, and stay so. Where no detection is left, times
    are not moved.
    """
    changed = light_curves.copy()
    n = len(changed)
    observed = changed[:, :, 0] != 0
    before = _first_detection_time(changed, observed, changed[:, :1, 1])
    kept = _kept(changed, observed, before, strength, rng)
    scale = np.exp(strength.flux_scale * rng.standard_normal((n, 1)))
    if strength.calibration:
        scale = scale * _calibration(changed[:, :, 0], strength.calibration, rng)
    extra = strength.noise * rng.random((n, 1))
    shift = extra * rng.standard_normal(observed.shape)
    changed[:, :, 2] = (changed[:, :, 2] + shift * changed[:, :, 3]) * scale
    changed[:, :, 3] *= scale * np.sqrt(1 + extra**2)
    changed[~kept] = 0
    changed = _to_the_left(changed, kept)
    observed = changed[:, :, 0] != 0
    stretch = 1 + strength.dilation * rng.standard_normal((n, 1))
    first = _first_detection_time(changed, observed, before)
    anchor = before if strength.reanchor else first
    since = changed[:, :, 1] - first
    changed[:, :, 1] = np.where(observed, anchor + since * stretch, 0)
    return changed


def _kept(
    light_curves: NDArray[np.float32],
    observed: NDArray[np.bool_],
    first_detection: NDArray[np.float32],
    strength: Augmentation,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Draw which points stay, min_points of each light curve at least."""
    time = np.where(observed, light_curves[:, :, 1], np.nan)
    kept = observed
    if strength.truncate:
        kept = _truncated(time, first_detection, strength, rng)
    if strength.gap:
        kept = kept & ~_in_gap(np.where(kept, time, np.nan), strength, rng)
    return _thinned(kept, strength, rng)


def _truncated(
    time: NDArray[np.float32],
    first_detection: NDArray[np.float32],
    strength: Augmentation,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """End light curves anywhere between the first points that must stay and the last.

    These are min_points, and all up to the first detection. time is (B, T), NaN where
    nothing is observed.
    """
    n_points = np.isfinite(time).sum(axis=1, keepdims=True)
    last = np.take_along_axis(time, np.maximum(n_points - 1, 0), axis=1)
    needed = np.clip(strength.min_points, 1, np.maximum(n_points, 1)) - 1
    earliest = np.maximum(np.take_along_axis(time, needed, axis=1), first_detection)
    end = earliest + rng.random((len(time), 1)) * (last - earliest)
    chosen = rng.random((len(time), 1)) < strength.truncate
    return np.isfinite(time) & (~chosen | (time <= end))


def _in_gap(
    time: NDArray[np.float32], strength: Augmentation, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Mark the points in a gap, which may be at an end; time (B, T), NaN: no point.

    A light curve of which the gap would leave less than min_points has none.
    """
    there = np.isfinite(time)
    first = np.where(there, time, np.inf).min(axis=1, keepdims=True)
    last = np.where(there, time, -np.inf).max(axis=1, keepdims=True)
    length = LONGEST_GAP * rng.random((len(time), 1))
    begin = first - length + rng.random((len(time), 1)) * (last - first + length)
    chosen = rng.random((len(time), 1)) < strength.gap
    inside = chosen & (time >= begin) & (time < begin + length)
    left = (there & ~inside).sum(axis=1, keepdims=True)
    return inside & (left >= strength.min_points)


def _thinned(
    observed: NDArray[np.bool_], strength: Augmentation, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Leave out up to the fraction `drop` of each light curve's points."""
    fraction = strength.drop * rng.random((len(observed), 1))
    lot = np.where(observed, rng.random(observed.shape), np.inf)
    rank = lot.argsort(axis=1).argsort(axis=1)
    n_points = observed.sum(axis=1, keepdims=True)
    n_kept = np.maximum(np.round(n_points * (1 - fraction)), strength.min_points)
    return observed & (rank < n_kept)


def _calibration(
    wavelength: NDArray[np.float32], sigma: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return a factor for each point (B, T), the same within a passband."""
    passbands, place = np.unique(wavelength, return_inverse=True)
    factors = np.exp(sigma * rng.standard_normal((len(wavelength), len(passbands))))
    return np.take_along_axis(factors, place.reshape(wavelength.shape), axis=1)


def _to_the_left(
    light_curves: NDArray[np.float32], kept: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Close the gaps that dropped points left; the padding stays on the right."""
    order = np.argsort(~kept, axis=1, kind="stable")
    return np.take_along_axis(light_curves, order[:, :, None], axis=1)


def _first_detection_time(
    light_curves: NDArray[np.float32],
    observed: NDArray[np.bool_],
    otherwise: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Scaled time of the first detection, (B, 1); `otherwise` (B, 1) without any."""
    significant = light_curves[:, :, 2] > DETECTION_SNR * light_curves[:, :, 3]
    detected = observed & significant
    first = np.argmax(detected, axis=1)[:, None]
    times = np.take_along_axis(light_curves[:, :, 1], first, axis=1)
    return np.where(detected.any(axis=1, keepdims=True), times, otherwise)
