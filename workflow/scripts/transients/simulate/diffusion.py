"""Diffusion of heat through expanding ejecta, on one grid of rest-frame times."""

import numpy as np

from .arrays import FloatArray, IntArray

DAY = 86_400.0  # s
LIGHT_SPEED = 2.99792458e10  # cm/s
SOLAR_MASS = 1.989e33  # g

# Rest-frame days since explosion.
TIME_GRID: FloatArray = np.geomspace(0.15, 700.0, 150)
_LOG_START = float(np.log(TIME_GRID[0]))
_LOG_STEP = float(np.log(TIME_GRID[1] / TIME_GRID[0]))


def diffuse(heating: FloatArray, diffusion_time: FloatArray) -> FloatArray:
    """Luminosity of ejecta with central heating (Arnett 1982, Chatzopoulos+12).

    It solves dL/d(t^2) = (P - L) / tau^2, exactly for a power P that is linear in t^2
    from each time of the grid to the next and constant before the first.

    heating: (n, times), any unit; diffusion_time: (n,), days. Returns (n, times).
    """
    scaled = TIME_GRID**2 / diffusion_time[:, None] ** 2
    elapsed = np.diff(scaled, axis=1)
    kept, lost = np.exp(-elapsed), -np.expm1(-elapsed)
    gained = heating[:, :-1] * lost + np.diff(heating, axis=1) * (1 - lost / elapsed)
    luminosity = np.empty_like(heating)
    luminosity[:, 0] = heating[:, 0] * -np.expm1(-scaled[:, 0])
    for step in range(kept.shape[1]):
        stored = luminosity[:, step] * kept[:, step]
        luminosity[:, step + 1] = stored + gained[:, step]
    return luminosity


def diffusion_time(
    ejecta_mass: FloatArray, velocity: FloatArray, opacity: FloatArray
) -> FloatArray:
    """Diffusion time in days: sqrt(2 kappa M / (13.8 c v)) (Arnett 1982).

    ejecta_mass: solar masses; velocity: cm/s; opacity: cm^2/g. All (n,).
    """
    mass = ejecta_mass * SOLAR_MASS
    return np.sqrt(2 * opacity * mass / (13.8 * LIGHT_SPEED * velocity)) / DAY


def leakage_time(
    ejecta_mass: FloatArray, velocity: FloatArray, gamma_opacity: float
) -> FloatArray:
    """Days until the optical depth to gamma rays, 3 kappa M / (4 pi v^2 t^2), is 1.

    ejecta_mass: solar masses; velocity: cm/s; gamma_opacity: cm^2/g.
    """
    mass = ejecta_mass * SOLAR_MASS
    return np.sqrt(3 * gamma_opacity * mass / (4 * np.pi)) / velocity / DAY


def trapped_fraction(leakage_days: FloatArray) -> FloatArray:
    """Share of the gamma rays that heats the ejecta, (n, times): 1 - exp(-(t0/t)^2)."""
    return -np.expm1(-((leakage_days[:, None] / TIME_GRID) ** 2))


def at_age(grid_values: FloatArray, row: IntArray, age: FloatArray) -> FloatArray:
    """Interpolate rows of a (n, times) table, linearly in log time.

    row: (N,) which object each point belongs to; age: (N,) rest-frame days since
    explosion, clamped to the grid. Returns (N,).
    """
    position = (np.log(np.maximum(age, TIME_GRID[0])) - _LOG_START) / _LOG_STEP
    position = np.clip(position, 0.0, len(TIME_GRID) - 1.001)
    left = position.astype(np.int64)
    weight = position - left
    return grid_values[row, left] * (1 - weight) + grid_values[row, left + 1] * weight
