"""Passbands as trapezoids, each cut into three slices of equal weight.

An AB magnitude is the mean of f_nu over the band with weight T(lambda) / lambda, where
T is the photon efficiency. Each slice holds a third of that weight and is represented
by its mean wavelength, so that a band flux is the plain mean of f_nu at three
wavelengths: within a per cent or so of the integral for the smooth spectra used here.

The corners of the trapezoids (A) are approximate, set from memory of the published
efficiency curves; the band centres agree with the published ones to 2 per cent:
ZTF: Bellm et al. (2019); LSST: atmosphere, mirrors, filter and detector together.
"""

from dataclasses import dataclass

import numpy as np

from .arrays import FloatArray

SLICES = 3

# Survey's camera -> passband -> (foot, shoulder, shoulder, foot) in A.
TRAPEZOIDS: dict[str, dict[str, tuple[float, float, float, float]]] = {
    "ztf": {
        "g": (3950.0, 4200.0, 5420.0, 5600.0),
        "r": (5550.0, 5700.0, 7200.0, 7400.0),
    },
    "lsst": {
        "u": (3200.0, 3750.0, 3900.0, 4080.0),
        "g": (3900.0, 4250.0, 5400.0, 5600.0),
        "r": (5370.0, 5650.0, 6820.0, 7020.0),
        "i": (6760.0, 7000.0, 8100.0, 8330.0),
        "z": (8030.0, 8250.0, 9150.0, 9370.0),
        "y": (9080.0, 9350.0, 9900.0, 10900.0),
    },
}


@dataclass(frozen=True)
class Passbands:
    """The bands of one camera, in the order of their indices."""

    names: tuple[str, ...]
    nodes: FloatArray  # (bands, SLICES): mean wavelengths of the slices, A
    centres: FloatArray  # (bands,): mean wavelengths of the bands, A


def efficiency(
    corners: tuple[float, float, float, float], at: FloatArray
) -> FloatArray:
    """Photon efficiency of a trapezoid, relative to its top, at wavelengths in A."""
    return np.interp(at, corners, [0.0, 1.0, 1.0, 0.0])


def slice_wavelengths(corners: tuple[float, float, float, float]) -> FloatArray:
    """Mean wavelength (A) of each of the slices of equal AB weight, in order."""
    wavelength = np.linspace(corners[0], corners[-1], 20_001)
    weight = efficiency(corners, wavelength) / wavelength
    share = np.cumsum(weight) / weight.sum()
    number = np.minimum((share * SLICES).astype(int), SLICES - 1)
    weighted_sum = np.bincount(number, weight * wavelength, SLICES)
    return weighted_sum / np.bincount(number, weight, SLICES)


def passbands_of(camera: str) -> Passbands:
    """Passbands of a camera: a key of ``TRAPEZOIDS``."""
    bands = TRAPEZOIDS[camera]
    nodes = np.stack([slice_wavelengths(corners) for corners in bands.values()])
    return Passbands(tuple(bands), nodes, nodes.mean(axis=1))
