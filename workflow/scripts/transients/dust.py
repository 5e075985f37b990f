"""Dust extinction after Fitzpatrick (1999, PASP 111, 63) for R_V = 3.1."""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from transients.photometry import R_V

# Anchors of the optical and infrared spline: wavelength (A) and A(lambda)/E(B-V), the
# paper's Table 3, which also gives the two ultraviolet anchors at 2700 and 2600 A.
_ANCHOR_WAVELENGTH = np.array(
    [np.inf, 26500.0, 12200.0, 6000.0, 5470.0, 4670.0, 4110.0, 2700.0, 2600.0]
)
_ANCHOR_EXTINCTION = np.array(
    [0.0, 0.265, 0.829, 2.688, 3.055, 3.806, 4.315, 6.265, 6.591]
)
_OPTICAL = CubicSpline(1e4 / _ANCHOR_WAVELENGTH, _ANCHOR_EXTINCTION, bc_type="natural")


def _ultraviolet(inverse_micron: NDArray[np.float64]) -> NDArray[np.float64]:
    """A(lambda)/E(B-V) below 2700 A: a line, the 2175 A bump and a far-UV rise."""
    slope = -0.824 + 4.717 / R_V
    intercept = 2.030 - 3.007 * slope
    square = inverse_micron**2
    bump = square / ((square - 4.596**2) ** 2 + square * 0.99**2)
    excess = np.maximum(inverse_micron - 5.9, 0.0)
    far_uv = 0.5392 * excess**2 + 0.05644 * excess**3
    return R_V + intercept + slope * inverse_micron + 3.23 * bump + 0.41 * far_uv


_GRID = np.linspace(0.3, 10.0, 3000)
_TABLE = np.where(_GRID < 1e4 / 2700.0, _OPTICAL(_GRID), _ultraviolet(_GRID)) / R_V


def extinction_ratio(wavelength: NDArray[np.float64]) -> NDArray[np.float64]:
    """A(lambda)/A(V) at wavelengths in A (any shape; 1000 A to 3.3 microns)."""
    return np.interp(1e4 / wavelength, _GRID, _TABLE)
