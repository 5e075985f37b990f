"""Active galactic nuclei: a damped random walk, less its flux in the template image.

Structure function and time scale follow MacLeod et al. (2010, ApJ 721, 1014), with
coefficients quoted from memory:
log10 x = A + B log10(wavelength / 4000 A) + C (M_i + 23) + D log10(M_BH / 1e9).
"""

from dataclasses import dataclass, replace

import numpy as np

from transients.dust import extinction_ratio
from transients.photometry import R_V

from .arrays import FloatArray, IntArray
from .cadence import Visits
from .cosmology import distance_modulus
from .distributions import Normal
from .noise import flux_of
from .surveys import Survey

MAX_REDSHIFT = {"ztf": 0.6, "lsst": 2.5}
RATE_EVOLUTION = 2.5
ABSOLUTE_MAGNITUDE = Normal(-23.3, 1.3, -27.0, -19.5)  # M_i
LOG_BLACK_HOLE_MASS = Normal(-0.5, 0.5, -2.0, 1.0)  # log10(M_BH / 1e9 solar masses)
CONTINUUM_INDEX = -0.44  # f_nu ~ nu^index (Vanden Berk et al. 2001)
I_BAND = 7500.0  # A
_STRUCTURE = (-0.51, -0.479, 0.131, 0.18)  # SF_inf, mag
_TIME_SCALE = (2.4, 0.17, 0.03, 0.21)  # tau, rest-frame days


@dataclass(frozen=True)
class ActiveNuclei:
    """n active galactic nuclei."""

    redshift: FloatArray  # (n,)
    mwebv: FloatArray  # (n,), mag
    absolute_magnitude: FloatArray  # (n,), M_i
    log_mass: FloatArray  # (n,), log10 of the black hole's mass in 1e9 solar masses

    def take(self, rows: IntArray) -> "ActiveNuclei":
        """Some of the nuclei."""
        return replace(
            self,
            redshift=self.redshift[rows],
            mwebv=self.mwebv[rows],
            absolute_magnitude=self.absolute_magnitude[rows],
            log_mass=self.log_mass[rows],
        )

    def apparent_magnitude(self, wavelength: FloatArray) -> FloatArray:
        """Mean AB magnitudes at observed wavelengths (A), (n, wavelengths).

        A power law needs no integral over the band.
        """
        bandwidth = 2.5 * (1 + CONTINUUM_INDEX) * np.log10(1 + self.redshift)
        slope = 2.5 * CONTINUUM_INDEX * np.log10(wavelength / I_BAND)
        unreddened = (
            self.absolute_magnitude + distance_modulus(self.redshift) - bandwidth
        )
        dust = R_V * self.mwebv[:, None] * extinction_ratio(wavelength)
        return unreddened[:, None] + slope + dust

    def difference_flux(
        self, survey: Survey, visits: Visits, rng: np.random.Generator
    ) -> FloatArray:
        """Clean FLUXCAL of each visit less that of an earlier template, (N,)."""
        centres = survey.passbands.centres
        rest = centres / (1 + self.redshift)[:, None]
        amplitude = 10 ** self._relation(_STRUCTURE, rest)  # (n, bands)
        # One walk drives all bands, with the time scale of the mean band.
        time_scale = 10 ** self._relation(_TIME_SCALE, rest.mean(axis=1, keepdims=True))
        time_scale = np.clip(time_scale[:, 0], 10.0, 3000.0) * (1 + self.redshift)
        before = rng.uniform(200.0, 800.0, visits.n_objects)
        walk, at_template = _walk_at(visits, time_scale, before, rng)
        row, band = visits.row, visits.passband
        mean = flux_of(self.apparent_magnitude(centres))[row, band]
        size = amplitude[row, band]
        return mean * (10 ** (-0.4 * size * walk) - 10 ** (-0.4 * size * at_template))

    def _relation(
        self, coefficients: tuple[float, float, float, float], rest: FloatArray
    ) -> FloatArray:
        """Log10 of a MacLeod relation at rest wavelengths (n, m)."""
        constant, colour, luminosity, mass = coefficients
        own = luminosity * (self.absolute_magnitude + 23) + mass * self.log_mass
        return constant + colour * np.log10(rest / 4000.0) + own[:, None]


def damped_random_walk(
    time: FloatArray, time_scale: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Exact samples, at sorted times, of walks whose SF_inf is 1: variance 1/2.

    time: (n, m) days; time_scale: (n,) days. Returns (n, m).
    """
    noise = rng.standard_normal(time.shape) / np.sqrt(2)
    memory = np.exp(-np.diff(time, axis=1) / time_scale[:, None])
    noise[:, 1:] *= np.sqrt(1 - memory**2)
    walk = noise
    for step in range(memory.shape[1]):
        walk[:, step + 1] += walk[:, step] * memory[:, step]
    return walk


def _walk_at(
    visits: Visits,
    time_scale: FloatArray,
    template_lead: FloatArray,
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    """Walks at each visit, and at a template taken days before the first, (N,) each."""
    n, row = visits.n_objects, visits.row
    count = np.bincount(row, minlength=n)
    column = np.arange(len(row)) - (np.cumsum(count) - count)[row] + 1
    # Row by row: the template, the visits, then repeats of the latest possible time.
    time = np.full((n, count.max(initial=0) + 1), visits.day.max(initial=0.0))
    time[row, column] = visits.day
    time[:, 0] = time[:, 1 if time.shape[1] > 1 else 0] - template_lead
    walk = damped_random_walk(time, time_scale, rng)
    return walk[row, column], walk[row, 0]
