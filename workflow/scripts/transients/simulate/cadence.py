"""When a survey looks at an object during one season, in which band and how deep.

The numbers were tuned so that the number of points, their spacing and their depth
resemble those of the surveys; they are not taken from observing logs.
"""

from dataclasses import dataclass

import numpy as np

from .arrays import FloatArray, IntArray
from .distributions import LogNormal

_LUNAR_MONTH = 29.5  # d


@dataclass(frozen=True)
class Visits:
    """N visits to n objects, sorted by object and then by time."""

    season_length: FloatArray  # (n,), d
    row: IntArray  # (N,): which object
    day: FloatArray  # (N,): days since the season's start
    passband: IntArray  # (N,): index of the passband
    depth: FloatArray  # (N,): five-sigma magnitude

    @property
    def n_objects(self) -> int:
        """Number of objects, those without a visit included."""
        return len(self.season_length)


@dataclass(frozen=True)
class TwoBandCadence:
    """ZTF: g and r independently every three nights, some fields more often."""

    dense_fraction: float
    two_day_fraction: float
    missed_fraction: float = 0.12  # of the visits, for weather or a gap of the camera
    extra_depth: float = 0.0  # mag
    max_visits: int = 170  # per passband

    def draw(self, rng: np.random.Generator, n: int) -> Visits:
        """Draw one season for each of n objects."""
        season = rng.uniform(150.0, 330.0, n)
        dense = rng.random(n) < self.dense_fraction
        two_day = rng.random(n) < self.two_day_fraction
        interval = np.where(dense, 1.0, np.where(two_day, 2.0, 3.0))
        day = [self._nights(rng, interval) + 0.02 * band for band in (0, 1)]
        band = [np.full(nights.shape, number) for number, nights in enumerate(day)]
        row, time, passband = _within_season(
            np.concatenate(day, axis=1), np.concatenate(band, axis=1), season
        )
        moon = _moonlight(time, _new_moon(rng, n)[row])
        depth = self._depth(rng, row, passband, moon)
        return Visits(season, row, time, passband, depth)

    def _nights(self, rng: np.random.Generator, interval: FloatArray) -> FloatArray:
        """Times of the visits in one band, (n, max_visits), with missed nights."""
        size = (len(interval), self.max_visits)
        gap = interval[:, None] * np.exp(0.25 * rng.standard_normal(size))
        gap *= np.where(rng.random(size) < self.missed_fraction, 2.0, 1.0)
        gap = np.maximum(gap, 0.9)
        weather = rng.random(size) < 0.04
        gap[weather] += rng.exponential(8.0, weather.sum())
        night = np.cumsum(gap, axis=1) - rng.uniform(0.0, 3.0, (size[0], 1))
        return np.floor(night) + 0.25 + 0.15 * rng.random(size)

    def _depth(
        self, rng: np.random.Generator, row: IntArray, band: IntArray, moon: FloatArray
    ) -> FloatArray:
        """Five-sigma magnitudes: brighter limits by moonlight and through cloud."""
        n_objects, size = int(row.max(initial=0)) + 1, len(row)
        depth = (
            self.extra_depth
            + np.array([20.95, 20.75])[band]
            - np.array([0.9, 0.6])[band] * moon**2
        )
        depth += 0.15 * rng.standard_normal(n_objects)[row]
        depth += np.minimum(0.22 * rng.standard_normal(size), 0.4)
        cloudy = rng.random(size) < 0.06
        depth[cloudy] -= rng.exponential(0.7, cloudy.sum())
        return depth


@dataclass(frozen=True)
class NightPairs:
    """LSST: pairs of neighbouring bands within an hour, redder ones by moonlight."""

    max_nights: int = 60

    def draw(self, rng: np.random.Generator, n: int) -> Visits:
        """Draw one season for each of n objects."""
        season = rng.uniform(150.0, 230.0, n)
        interval = LogNormal(4.5, 0.35, 1.5, 12.0).draw(rng, n)
        size = (n, self.max_nights)
        gap = np.maximum(interval[:, None] * rng.gamma(1.3, 1 / 1.3, size), 1.0)
        night = np.floor(np.cumsum(gap, axis=1)) + 0.2 * rng.random(size)
        new_moon = _new_moon(rng, n)
        bluer = self._bluer_band(rng, _moonlight(night, new_moon[:, None]))
        row, day, passband = _within_season(
            np.concatenate([night, night + 0.023], axis=1),
            np.concatenate([bluer, bluer + 1], axis=1),
            season,
        )
        moon = _moonlight(day, new_moon[row])
        return Visits(season, row, day, passband, self._depth(rng, passband, moon))

    def _bluer_band(self, rng: np.random.Generator, moon: FloatArray) -> IntArray:
        """Bluer band of each night's pair: ug, gr, ri, iz or zy."""
        u = rng.random(moon.shape)
        dark = np.searchsorted([0.18, 0.40, 0.72, 0.90], u)
        bright = np.searchsorted([0.0, 0.12, 0.45, 0.72], u)
        return np.where(moon < 0.35, dark, bright)

    def _depth(
        self, rng: np.random.Generator, band: IntArray, moon: FloatArray
    ) -> FloatArray:
        """Five-sigma magnitudes: brighter limits by moonlight, most so in the blue."""
        dark = np.array([23.6, 24.4, 23.97, 23.4, 22.78, 22.0])[band]
        loss = np.array([0.5, 0.5, 0.3, 0.2, 0.1, 0.05])[band]
        return dark - loss * moon + 0.25 * rng.standard_normal(len(band))


def _new_moon(rng: np.random.Generator, n: int) -> FloatArray:
    """Day of a new moon for each of n seasons."""
    return rng.uniform(0.0, _LUNAR_MONTH, n)


def _moonlight(day: FloatArray, new_moon: FloatArray) -> FloatArray:
    """Illuminated fraction of the Moon, 0 to 1."""
    return 0.5 * (1 - np.cos(2 * np.pi * (day - new_moon) / _LUNAR_MONTH))


def _within_season(
    day: FloatArray, passband: IntArray, season_length: FloatArray
) -> tuple[IntArray, FloatArray, IntArray]:
    """Sort (n, visits) by time, cut them at the season's end: flat row, day, band."""
    order = np.argsort(day, axis=1)
    day = np.take_along_axis(day, order, axis=1)
    passband = np.take_along_axis(passband, order, axis=1)
    kept = day < season_length[:, None]
    row, _ = np.nonzero(kept)
    return row, day[kept], passband[kept]
