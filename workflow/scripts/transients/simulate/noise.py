"""Flux units and measurement errors."""

from collections.abc import Callable, Mapping

import numpy as np

from .arrays import FloatArray

ZERO_POINT = 27.5  # AB magnitude of unit flux (FLUXCAL)
FLUX_PER_F_NU: float = 10 ** (0.4 * (48.6 + ZERO_POINT))  # from erg/s/cm^2/Hz


def flux_of(magnitude: FloatArray) -> FloatArray:
    """FLUXCAL of AB magnitudes."""
    return 10 ** (-0.4 * (magnitude - ZERO_POINT))


def ztf_error(flux: FloatArray, depth: FloatArray) -> FloatArray:
    """One-sigma error: sky, photons of the source and 1.2 % of the flux.

    flux: FLUXCAL, (N,); depth: five-sigma magnitude, (N,). The photon term, 0.5 F, is
    that of a gain of 6.2 and a zero point of 26.3.
    """
    sky = flux_of(depth) / 5
    return np.sqrt(sky**2 + 0.5 * np.abs(flux) + (0.012 * flux) ** 2)


def lsst_error(flux: FloatArray, depth: FloatArray) -> FloatArray:
    """One-sigma error with gamma = 0.039 (Ivezic+19, eq. 5) and 0.005 mag of floor.

    flux: FLUXCAL, (N,); depth: five-sigma magnitude, (N,).
    """
    gamma, floor = 0.039, 0.005
    limit = flux_of(depth)
    random = (0.04 - gamma) * limit * np.abs(flux) + gamma * limit**2
    # Not below the sky noise: gamma alone would give a 1.2 % smaller error.
    return np.sqrt(np.maximum(random + (floor * flux) ** 2, 0.95 * (limit / 5) ** 2))


ERROR_OF: Mapping[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "ztf": ztf_error,
    "lsst": lsst_error,
}
