"""Distances and redshift distributions in flat Lambda-CDM (H0 = 70, Omega_m = 0.3)."""

import numpy as np
from astropy.cosmology import FlatLambdaCDM

from .arrays import FloatArray

COSMOLOGY = FlatLambdaCDM(H0=70.0, Om0=0.3)

# Tabulated once, because astropy's integrals are too slow for every object.
_Z = np.concatenate([np.geomspace(1e-4, 0.02, 200), np.linspace(0.021, 3.2, 3200)])
_DISTANCE_MODULUS = COSMOLOGY.distmod(_Z).value
_COMOVING_SHELL = COSMOLOGY.differential_comoving_volume(_Z).value


def distance_modulus(redshift: FloatArray) -> FloatArray:
    """Distance modulus in mag, for redshifts between 1e-4 and 3.2 (any shape)."""
    log_z = np.log(redshift)
    return np.interp(log_z, np.log(_Z), _DISTANCE_MODULUS)


def draw_redshifts(
    rng: np.random.Generator,
    n: int,
    redshift_range: tuple[float, float],
    rate_evolution: float,
) -> FloatArray:
    """Draw n redshifts of events observed per unit of the observer's time.

    Their density is dV/dz (1 + z)^(b - 1): a volumetric rate that evolves as
    (1 + z)^b, with b = ``rate_evolution``, and one factor for time dilation.
    """
    low, high = redshift_range
    grid = np.linspace(low, high, 1000)
    density = np.interp(grid, _Z, _COMOVING_SHELL) * (1 + grid) ** (rate_evolution - 1)
    steps = 0.5 * (density[1:] + density[:-1])
    cumulative = np.concatenate([[0.0], np.cumsum(steps)])
    return np.interp(rng.random(n), cumulative / cumulative[-1], grid)
