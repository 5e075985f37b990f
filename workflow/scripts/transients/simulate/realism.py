"""What real data have and simulations lack: the differences of the BTS-like survey.

The errors (ratio, scatter, photons), the limits and their softness, the widening, the
ripples and the dust were tuned to 1,297 light curves of the BTS: to their errors and
scatter by magnitude, depths, peaks and colours. The other strengths are guesses.
"""

from dataclasses import dataclass

import numpy as np

from .arrays import BoolArray, FloatArray
from .cadence import Visits
from .distributions import LogNormal


@dataclass(frozen=True)
class RealSky:
    """Strengths of the effects; fluxes in FLUXCAL, fractions from 0 to 1."""

    spectral_roughness: float  # mag
    host_dust_factor: float
    observed_limit: float  # the brightest point must reach this magnitude
    calibration_scatter: float
    reference_fraction: float  # of objects with an offset reference image
    reference_offset: float
    outlier_fraction: float
    outlier_strength: float  # in sigma
    error_ratio: LogNormal  # of reported to true errors, by object
    error_scatter: float  # of the logarithm of that ratio, from point to point
    extra_photons: float  # reported variance per unit of flux, before the ratio
    detection_limit: float  # true sigma
    host_light: LogNormal  # in units of the sky noise


BTS_SKY = RealSky(
    spectral_roughness=0.11,
    host_dust_factor=1.1,
    observed_limit=19.0,
    calibration_scatter=0.015,
    reference_fraction=0.08,
    reference_offset=20.0,
    outlier_fraction=0.006,
    outlier_strength=8.0,
    error_ratio=LogNormal(1.75, 0.12),
    error_scatter=0.12,
    extra_photons=2.7,
    detection_limit=7.6,
    host_light=LogNormal(0.6, 0.8),
)


def spectroscopically_selected(
    rng: np.random.Generator, peak_magnitude: FloatArray, limit: float, softness: float
) -> BoolArray:
    """Whether an object is bright enough to be classified: a limit with a soft edge."""
    chance = np.clip((limit - peak_magnitude) / softness + 0.2, 0.0, 1.0)
    return rng.random(len(peak_magnitude)) < chance


def observe_real_sky(
    sky: RealSky,
    rng: np.random.Generator,
    flux: FloatArray,
    error: FloatArray,
    visits: Visits,
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Measured fluxes, reported errors and which are detected, (N,) each.

    flux, error: clean FLUXCAL and its true error without host-galaxy light, (N,).
    Host-galaxy light adds noise; alerts report errors almost twice as large as the
    scatter of their light curves; calibration and reference image are off; a few
    points are outliers.
    """
    n, row = visits.n_objects, visits.row
    host = sky.host_light.draw(rng, n)[row]
    ratio = sky.error_ratio.draw(rng, n)[row]
    ratio = ratio * np.exp(sky.error_scatter * rng.standard_normal(len(flux)))
    calibration = 1 + sky.calibration_scatter * rng.standard_normal(n)[row]
    offset = sky.reference_offset * rng.standard_normal(n)
    offset[rng.random(n) > sky.reference_fraction] = 0.0
    true_error = error * np.sqrt(1 + 0.25 * host**2)
    measured = flux * calibration + offset[row]
    measured += true_error * rng.standard_normal(len(flux))
    # Artefacts before the explosion would not pass the vetting of alerts.
    outlier = (rng.random(len(flux)) < sky.outlier_fraction) & (flux > 0)
    size = sky.outlier_strength * true_error[outlier]
    measured[outlier] += size * rng.standard_normal(outlier.sum())
    reported = ratio * np.sqrt(true_error**2 + sky.extra_photons * flux)
    return measured, reported, measured > sky.detection_limit * true_error
