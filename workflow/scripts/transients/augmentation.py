"""Random changes of light curves that leave their class alone, drawn anew each epoch.

The kinds follow Boone (2019, AJ 158, 257): fewer points, more noise, another scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transients.photometry import DETECTION_SNR


@dataclass(frozen=True)
class Augmentation:
    """Strengths; zero switches a change off.

    drop: largest fraction of points left out; noise: largest extra Gaussian noise
    [flux errors]; flux_scale: log-normal sigma of a common factor on flux and error;
    dilation: sigma of the factor by which times stretch; min_points are kept always.
    """

    drop: float = 0.0
    noise: float = 0.0
    flux_scale: float = 0.0
    dilation: float = 0.0
    min_points: int = 5


def augment(
    light_curves: NDArray[np.float32],
    strength: Augmentation,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Return a changed copy of zero-padded light curves (B, T, 4) of equation 1.

    The first detection left takes the place in time of the first there was, as if the
    survey had missed the others; where none is left, times stay.
    """
    changed = light_curves.copy()
    n = len(changed)
    observed = changed[:, :, 0] != 0
    anchor = _first_detection_time(changed, observed, changed[:, :1, 1])
    kept = _kept(observed, strength, rng)
    scale = np.exp(strength.flux_scale * rng.standard_normal((n, 1)))
    extra = strength.noise * rng.random((n, 1))
    shift = extra * rng.standard_normal(observed.shape)
    changed[:, :, 2] = (changed[:, :, 2] + shift * changed[:, :, 3]) * scale
    changed[:, :, 3] *= scale * np.sqrt(1 + extra**2)
    changed[~kept] = 0
    changed = _to_the_left(changed, kept)
    observed = changed[:, :, 0] != 0
    stretch = 1 + strength.dilation * rng.standard_normal((n, 1))
    since = changed[:, :, 1] - _first_detection_time(changed, observed, anchor)
    changed[:, :, 1] = np.where(observed, anchor + since * stretch, 0)
    return changed


def _kept(
    observed: NDArray[np.bool_], strength: Augmentation, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Draw which points stay, min_points of each light curve at least."""
    fraction = strength.drop * rng.random((len(observed), 1))
    lot = np.where(observed, rng.random(observed.shape), np.inf)
    rank = lot.argsort(axis=1).argsort(axis=1)
    n_points = observed.sum(axis=1, keepdims=True)
    n_kept = np.maximum(np.round(n_points * (1 - fraction)), strength.min_points)
    return observed & (rank < n_kept)


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
