"""Light curves taken apart into passbands: peaks, and magnitudes at any time.

A light curve here is one passband of one object. That of passband b of object i has
number i * (number of passbands) + b, whether or not it has points.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from transients.dust import extinction_ratio
from transients.encoding import Encoding, ModelInput
from transients.errors import DataError
from transients.photometry import R_V
from transients.tables import ZERO_POINT

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

POGSON = 2.5 / np.log(10)
SAME_WAVELENGTH = 1e-4
"""Wavelengths of the model input are float32: equal within this [micrometre]."""

LONGEST = 1e4
"""No light curve is longer [d]."""


@dataclass(frozen=True)
class PassbandCurves:
    """N observations of n objects in B passbands, sorted by object, passband and time.

    passbands are named by increasing wavelength. Observations of light curve k are
    offsets[k] to offsets[k + 1]; offsets (n * B + 1,). owner is the number of each
    observation's light curve; time [d], flux and flux_err [FLUXCAL], both corrected for
    the Milky Way's extinction: (N,).
    """

    passbands: tuple[str, ...]
    offsets: Ints
    owner: Ints
    time: Floats
    flux: Floats
    flux_err: Floats

    @classmethod
    def of(cls, model_input: ModelInput, encoding: Encoding) -> PassbandCurves:
        """Take the light curves of a model input apart, in the units of the survey.

        Raises DataError for points of a wavelength that is no passband's.
        """
        names = sorted(
            encoding.wavelengths, key=lambda name: encoding.wavelengths[name]
        )
        wavelengths = np.array([encoding.wavelengths[name] for name in names])
        points = np.asarray(model_input.points, dtype=float)
        passband = _nearest(points[:, 0], wavelengths)
        objects = np.repeat(np.arange(len(model_input)), model_input.lengths)
        owner = objects * len(names) + passband
        order = np.lexsort((points[:, 1], owner))
        low, high = encoding.window
        scale = encoding.flux_scale * _undimmed(model_input, wavelengths).ravel()
        scale = scale[owner[order]]
        return cls(
            passbands=tuple(names),
            offsets=np.searchsorted(
                owner[order], np.arange(len(model_input) * len(names) + 1)
            ),
            owner=owner[order],
            time=low + (high - low) * points[order, 1],
            flux=scale * points[order, 2],
            flux_err=scale * points[order, 3],
        )

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def counts(self) -> Ints:
        """Number of observations of each light curve, (n * B,)."""
        return np.diff(self.offsets)

    @cached_property
    def softening(self) -> Floats:
        """Median flux_err of each light curve [FLUXCAL], (n * B,)."""
        order = np.lexsort((self.flux_err, self.owner))
        return self.first_of(self.flux_err[order], shift=self.counts // 2)

    @cached_property
    def magnitude(self) -> Floats:
        """AB magnitudes, (N,): finite where the flux is zero or below, too.

        They are asinh magnitudes (Lupton, Gunn & Szalay 1999, AJ 118, 1406) softened by
        the light curve's median error; well detected, the same as magnitudes.
        """
        b = self.softening[self.owner]
        return ZERO_POINT - POGSON * (np.arcsinh(self.flux / (2 * b)) + np.log(b))

    @cached_property
    def magnitude_err(self) -> Floats:
        """Errors of the magnitudes, (N,)."""
        b = self.softening[self.owner]
        return POGSON * self.flux_err / np.hypot(self.flux, 2 * b)

    @cached_property
    def peak(self) -> Ints:
        """Row of each light curve's brightest observation, (n * B,); -1 without any.

        It is the one of the largest flux - flux_err: no outlier of large error.
        """
        order = np.lexsort((self.flux_err - self.flux, self.owner))
        return np.where(self.counts, np.append(order, -1)[self.offsets[:-1]], -1)

    @property
    def peak_time(self) -> Floats:
        """Time of each light curve's peak [d], (n * B,)."""
        return self.at_row(self.time, self.peak)

    @property
    def peak_magnitude(self) -> Floats:
        """Magnitude at each light curve's peak, (n * B,)."""
        return self.at_row(self.magnitude, self.peak)

    def at_row(self, values: Floats, rows: Ints) -> Floats:
        """Return values[rows], NaN where the row is negative."""
        return np.append(values, np.nan)[np.where(rows < 0, -1, rows)]

    def first_of(self, values: Floats, shift: Ints | int = 0) -> Floats:
        """Return the first value of each light curve, or the one `shift` behind it."""
        rows = np.where(self.counts, self.offsets[:-1] + shift, -1)
        return self.at_row(values, rows)

    def last_of(self, values: Floats) -> Floats:
        """Return the last value of each light curve, (n * B,)."""
        return self.first_of(values, self.counts - 1)

    def magnitude_at(self, curve: Ints, time: Floats) -> Floats:
        """Return light curves' magnitudes at times [d], both of the same shape.

        Between observations they are on a line; before the first and after the last of
        the light curve they are NaN.
        """
        asked = curve * LONGEST + time
        after = np.searchsorted(self._key, asked, side="left")
        before = np.searchsorted(self._key, asked, side="right") - 1
        inside = (before >= self.offsets[curve]) & (after < self.offsets[curve + 1])
        first, second = before[inside], after[inside]
        gap = self.time[second] - self.time[first]
        share = np.divide(
            time[inside] - self.time[first], gap, where=gap > 0, out=0 * gap
        )
        found = np.full(curve.shape, np.nan)
        rise = self.magnitude[second] - self.magnitude[first]
        found[inside] = self.magnitude[first] + share * rise
        return found

    @cached_property
    def _key(self) -> Floats:
        """Times that grow from light curve to light curve, for searching, (N,)."""
        return self.owner * LONGEST + self.time


def _nearest(wavelength: Floats, wavelengths: Floats) -> Ints:
    """Return the place of each wavelength in the increasing wavelengths."""
    middles = (wavelengths[1:] + wavelengths[:-1]) / 2
    nearest = np.searchsorted(middles, wavelength)
    foreign = np.abs(wavelengths[nearest] - wavelength) > SAME_WAVELENGTH
    if foreign.any():
        raise DataError(
            f"points of wavelength {wavelength[foreign][0]:.4g} micrometre, which no"
            f" passband has ({', '.join(f'{w:.4g}' for w in wavelengths)}): give the"
            " features the passbands that the model input was encoded with"
        )
    return nearest


def _undimmed(model_input: ModelInput, wavelengths: Floats) -> Floats:
    """Return the factor that undoes the dimming by the Milky Way, (n, B).

    wavelengths (B,) are in micrometres; E(B-V) is the model input's metadata.
    """
    ratio = R_V * extinction_ratio(1e4 * wavelengths)
    return 10 ** (0.4 * ratio * np.asarray(model_input.metadata, dtype=float))
