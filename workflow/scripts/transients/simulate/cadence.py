"""When a survey looks at an object during one season, in which band and how deep.

No number is from an observing log. Those of ``SharedNights`` were tuned to 1,297 light
curves of the BTS, those of ``WideAndDeepFields`` to 2,117 of PLAsTiCC's training set,
the others by eye, so that points are as many, as far apart and as deep as real ones.
"""

from dataclasses import dataclass

import numpy as np

from .arrays import BoolArray, FloatArray, IntArray
from .distributions import LogNormal

_LUNAR_MONTH = 29.5  # d
# Five-sigma magnitudes of a night's co-added exposures, u to y, in PLAsTiCC.
_WIDE = np.array([23.3, 24.83, 24.43, 23.89, 23.02, 22.2])
_DEEP = np.array([24.98, 25.57, 25.6, 25.14, 24.76, 23.84])


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
    """ZTF: g and r independently every three nights, some fields every night."""

    dense_fraction: float
    max_visits: int = 170  # per passband

    def draw(self, rng: np.random.Generator, n: int) -> Visits:
        """Draw one season for each of n objects."""
        season = rng.uniform(150.0, 330.0, n)
        interval = np.where(rng.random(n) < self.dense_fraction, 1.0, 3.0)
        day = [self._nights(rng, interval) + 0.02 * band for band in (0, 1)]
        band = [np.full(nights.shape, number) for number, nights in enumerate(day)]
        row, time, passband = _within_season(
            np.concatenate(day, axis=1), np.concatenate(band, axis=1), season
        )
        moon = _moonlight(time, _new_moon(rng, n)[row])
        depth = _ztf_depth(rng, row, passband, moon)
        return Visits(season, row, time, passband, depth)

    def _nights(self, rng: np.random.Generator, interval: FloatArray) -> FloatArray:
        """Times of the visits in one band, (n, max_visits), with missed nights."""
        size = (len(interval), self.max_visits)
        gap = interval[:, None] * np.exp(0.25 * rng.standard_normal(size))
        gap *= np.where(rng.random(size) < 0.12, 2.0, 1.0)  # weather, the camera's gaps
        gap = np.maximum(gap, 0.9)
        weather = rng.random(size) < 0.04
        gap[weather] += rng.exponential(8.0, weather.sum())
        night = np.cumsum(gap, axis=1) - rng.uniform(0.0, 3.0, (size[0], 1))
        return np.floor(night) + 0.25 + 0.15 * rng.random(size)


@dataclass(frozen=True)
class SharedNights:
    """ZTF as the BTS has it: g and r mostly in the same nights, an hour apart.

    Tuned to the BTS: in the median 15 nights 3 d apart, half of them with both bands.
    """

    interval_shares: tuple[float, float, float] = (0.18, 0.24, 0.58)  # 1, 2 and 3 d
    both_bands: float = 0.62  # share of nights
    red_alone: float = 0.66  # share of the nights with one band
    repeated: float = 0.13  # share of nights with two visits in a band; few objects'
    missed: float = 0.22  # share of nights
    closed: float = 0.04  # share of nights after which weather or repairs take days
    extra_depth: float = 0.25  # mag
    max_nights: int = 300

    def draw(self, rng: np.random.Generator, n: int) -> Visits:
        """Draw one season for each of n objects."""
        season = rng.uniform(150.0, 330.0, n)
        day = self._nights(rng, n)[:, :, None] + self._hours(rng, n) / 24
        day[~self._visited(rng, n)] = np.inf
        band = np.broadcast_to([0, 1, 0, 1], day.shape)
        row, time, passband = _within_season(
            day.reshape(n, -1), band.reshape(n, -1), season
        )
        moon = _moonlight(time, _new_moon(rng, n)[row])
        depth = self.extra_depth + _ztf_depth(rng, row, passband, moon)
        return Visits(season, row, time, passband, depth)

    def _nights(self, rng: np.random.Generator, n: int) -> FloatArray:
        """Whole days of the nights with visits, (n, max_nights)."""
        interval = 1 + rng.choice(3, n, p=self.interval_shares)[:, None]
        size = (n, self.max_nights)
        gap = interval + rng.choice([-1, 0, 1], size, p=[0.12, 0.73, 0.15])
        gap = np.maximum(gap, 1) + interval * (rng.geometric(1 - self.missed, size) - 1)
        gap = gap.astype(np.float64)
        closed = rng.random(size) < self.closed
        gap[closed] += np.round(rng.exponential(8.0, closed.sum()))
        return np.cumsum(gap, axis=1) - rng.integers(0, 4, (n, 1))

    def _hours(self, rng: np.random.Generator, n: int) -> FloatArray:
        """UTC [h] of up to four visits in a night: g, r, g, r; (n, max_nights, 4)."""
        size = (n, self.max_nights)
        order = np.where(rng.random(size) < 0.5, 1, -1)[:, :, None]
        apart = LogNormal(1.2, 0.3, 0.4, 4.0).draw(rng, n * self.max_nights)
        slot = np.array([-0.5, 0.5, -1.3, 1.3])
        middle = rng.uniform(4.4, 11.3, size)
        return middle[:, :, None] + order * slot * apart.reshape(size)[:, :, None]

    def _visited(self, rng: np.random.Generator, n: int) -> BoolArray:
        """Which of the four possible visits take place, (n, max_nights, 4)."""
        size = (n, self.max_nights)
        both = rng.random(size) < self.both_bands
        red = rng.random(size) < self.red_alone
        once = np.stack([both | ~red, both | red], axis=2)
        twice = once & (rng.random((*size, 2)) < 0.65)
        often = rng.beta(0.4, 0.4 * (1 / self.repeated - 1), (n, 1))
        twice &= (rng.random(size) < often)[:, :, None]
        return np.concatenate([once, twice], axis=2)


def _ztf_depth(
    rng: np.random.Generator, row: IntArray, band: IntArray, moon: FloatArray
) -> FloatArray:
    """Five-sigma magnitudes: brighter limits by moonlight and through cloud, (N,)."""
    n_objects, size = int(row.max(initial=0)) + 1, len(row)
    depth = np.array([20.95, 20.75])[band] - np.array([0.9, 0.6])[band] * moon**2
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


@dataclass(frozen=True)
class WideAndDeepFields:
    """LSST as PLAsTiCC has it: points of a night and band are co-added.

    Wide fields: one band in about every fifth night. Deep-drilling fields: g to y every
    third night, u in dark nights. Tuned to 2,117 light curves of its training set.
    """

    deep_fraction: float = 0.28  # of objects
    nights: int = 230

    def draw(self, rng: np.random.Generator, n: int) -> Visits:
        """Draw one season for each of n objects."""
        season = rng.uniform(150.0, self.nights, n)
        night = np.arange(self.nights, dtype=np.float64)
        new_moon = _new_moon(rng, n)
        moon = _moonlight(night, new_moon[:, None])
        deep = rng.random(n) < self.deep_fraction
        visited = self._wide(rng, moon)
        visited[deep] = self._deep(rng, moon[deep])
        visited &= (night + 1 < season[:, None])[:, :, None]
        row, number, passband = np.nonzero(visited)
        day = number + 0.2 * rng.random((n, self.nights))[row, number] + 0.01 * passband
        depth = np.where(deep[row], _DEEP[passband], _WIDE[passband])
        depth += 0.15 * rng.standard_normal(n)[row]
        depth += 0.25 * rng.standard_normal(len(row))
        return Visits(season, row, day, passband, depth)

    def _wide(self, rng: np.random.Generator, moon: FloatArray) -> BoolArray:
        """Which bands are seen in which nights of n wide fields, (n, nights, 6)."""
        share = LogNormal(0.2, 0.25).draw(rng, len(moon))[:, None]
        chosen = rng.random(moon.shape) < share
        u = rng.random(moon.shape)
        dark = np.searchsorted(np.cumsum([0.22, 0.13, 0.22, 0.17, 0.14]), u)
        bright = np.searchsorted(np.cumsum([0.0, 0.05, 0.15, 0.16, 0.25]), u)
        band = np.where(moon < 0.35, dark, bright)
        return chosen[:, :, None] & (band[:, :, None] == np.arange(6))

    def _deep(self, rng: np.random.Generator, moon: FloatArray) -> BoolArray:
        """The same of deep-drilling fields: no visits when the Moon is full."""
        n, nights = moon.shape
        third = (np.arange(nights) + rng.integers(0, 3, (n, 1))) % 3 == 0
        clear = rng.random(moon.shape)
        ultraviolet = (moon < 0.12) & (clear < 0.6)
        others = third & (moon >= 0.12) & (moon < 0.8) & (clear < 0.75)
        return np.stack([ultraviolet] + 5 * [others], axis=2)


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
