"""Spectral shapes: a blackbody, metal lines in the ultraviolet and a few features."""

from dataclasses import dataclass

import numpy as np

from .arrays import FloatArray
from .kinds import IronLines, Spectrum

_HC_OVER_K = 1.438777e8  # A K


@dataclass(frozen=True)
class Moment:
    """The state of N spectra; every array broadcasts against the wavelengths."""

    temperature: FloatArray  # K
    phase: FloatArray  # rest-frame days from peak
    age: FloatArray  # rest-frame days since explosion
    stretch: FloatArray | None = None
    bump: FloatArray | None = None


def planck(wavelength: FloatArray, temperature: FloatArray) -> FloatArray:
    """Planck's B_lambda without its factor 2 h c^2, wavelength in A, in A^-5."""
    exponent = _HC_OVER_K / (wavelength * temperature)
    return wavelength**-5 / np.expm1(np.minimum(exponent, 80.0))


def _line_blanketing(spectrum: Spectrum, phase: FloatArray) -> FloatArray:
    """Exponent of the ultraviolet cut, growing from before peak."""
    if spectrum.gentle_uv:
        return spectrum.uv_slope * (0.4 + 0.6 / (1 + np.exp(-phase / 15.0)))
    return spectrum.uv_slope * -np.expm1(-np.maximum(phase + 18.0, 0.0) / 15.0)


def spectral_shape(
    spectrum: Spectrum, wavelength: FloatArray, moment: Moment
) -> FloatArray:
    """F_lambda up to a factor, at rest wavelengths in A: (N, nodes) or alike.

    ``moment.stretch`` and ``moment.bump`` add the second maximum of a SNIa in red and
    infrared light, 27 d (times stretch) after peak.
    """
    flux = planck(wavelength, moment.temperature)
    if spectrum.uv_slope:
        depth = np.minimum(np.log(wavelength / spectrum.uv_cut), 0.0)
        flux = flux * np.exp(depth * _line_blanketing(spectrum, moment.phase))
    if moment.bump is not None and moment.stretch is not None:
        offset = (moment.phase / moment.stretch - 27.0) / 11.0
        redness = np.clip((wavelength - 5000.0) / 2000.0, 0.0, 1.6)
        flux = flux * np.exp(moment.bump * redness * np.exp(-0.5 * offset**2))
    if spectrum.h_alpha:
        line = np.exp(-0.5 * ((wavelength - 6563.0) / 350.0) ** 2)
        grown = -np.expm1(-np.maximum(moment.age, 0.0) / 30.0)
        flux = flux * (1 + spectrum.h_alpha * grown * line)
    return flux


def iron_transmission(
    iron: IronLines, wavelength: FloatArray, moment: Moment
) -> FloatArray:
    """Share of the light that iron lines leave, at rest wavelengths in A: (N, nodes).

    They blanket everything bluer than about 5400 A, over some 300 A.
    """
    stretch = 1.0 if moment.stretch is None else moment.stretch
    since = moment.phase / stretch - iron.centre
    width = np.where(since < 0, iron.growth, iron.decay)
    blue = 1 / (1 + np.exp((wavelength - 5400.0) / 150.0))
    return 10 ** (-0.4 * iron.depth * blue * np.exp(-0.5 * (since / width) ** 2))
