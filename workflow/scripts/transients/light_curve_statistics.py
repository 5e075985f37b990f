"""One pass over a data set's photometry: numbers per object, histograms of points.

Memory is bounded by one batch of points, a row of numbers per object and a fixed
number of bins per class, whatever the size of the data set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from transients.encoding import Encoding
from transients.light_curves import COLUMNS, whole_light_curves
from transients.trigger import trigger_mjd

BATCH_ROWS = 1_000_000
"""Points read at a time."""

NIGHT = 0.5
"""Observations of a night are less than this apart [d], wherever the telescope is."""

FLUX = "|flux| [FLUXCAL]"
FLUX_IN_WINDOW = "|flux| in the window [FLUXCAL]"
FLUX_ERR = "flux_err [FLUXCAL]"
SNR = "S/N"
POINT_QUANTITIES = (FLUX, FLUX_IN_WINDOW, FLUX_ERR, SNR)


@dataclass
class Histogram:
    """Counts of values per class, in bins that are 1 % wide; narrower ones near zero.

    Bins are equal steps of arcsinh(value / UNIT), which is linear below UNIT and
    logarithmic above; the outermost hold all that lies beyond. sums are of the values.
    """

    n_classes: int
    counts: NDArray[np.int64] = field(init=False)
    sums: NDArray[np.float64] = field(init=False)

    UNIT = 0.1
    STEP = 0.01
    HALF = 4000  # bins on each side of zero: up to 0.1 sinh(40) = 1e16

    def __post_init__(self) -> None:
        self.counts = np.zeros((self.n_classes, 2 * self.HALF), dtype=np.int64)
        self.sums = np.zeros(self.n_classes)

    @classmethod
    def edges(cls) -> NDArray[np.float64]:
        """Return the edges of the bins, (2 * HALF + 1,)."""
        return cls.UNIT * np.sinh(cls.STEP * np.arange(-cls.HALF, cls.HALF + 1))

    def add(self, values: NDArray[np.float64], labels: NDArray[np.int64]) -> None:
        """Count n values, labels are the positions of their classes."""
        n_classes, n_bins = self.counts.shape
        position = np.floor(np.arcsinh(values / self.UNIT) / self.STEP) + self.HALF
        position = np.clip(position, 0, n_bins - 1).astype(np.int64)
        flat = np.bincount(labels * n_bins + position, minlength=self.counts.size)
        self.counts += flat.reshape(self.counts.shape)
        self.sums += np.bincount(labels, values, minlength=n_classes)

    def quantiles(self, levels: Sequence[float]) -> NDArray[np.float64]:
        """Return the quantiles of each class and of all, (n_classes + 1, len(levels)).

        A bin's values are taken as spread evenly over it; NaN where there are none.
        """
        rows = [*self.counts, self.counts.sum(axis=0)]
        return np.array([self._quantiles_of(row, levels) for row in rows])

    def _quantiles_of(
        self, counts: NDArray[np.int64], levels: Sequence[float]
    ) -> NDArray[np.float64]:
        if not counts.any():
            return np.full(len(levels), np.nan)
        below = np.append(0, np.cumsum(counts))
        wanted = np.asarray(levels) * below[-1]
        position = np.clip(np.searchsorted(below, wanted) - 1, 0, len(counts) - 1)
        share = (wanted - below[position]) / np.maximum(counts[position], 1)
        steps = position - self.HALF + np.clip(share, 0, 1)
        return self.UNIT * np.sinh(self.STEP * steps)

    def means(self) -> NDArray[np.float64]:
        """Return the mean of each class and of all, (n_classes + 1,); NaN without."""
        n = np.append(self.counts.sum(axis=1), self.counts.sum())
        sums = np.append(self.sums, self.sums.sum())
        return np.divide(sums, n, out=np.full(len(n), np.nan), where=n > 0)


@dataclass(frozen=True)
class Measured:
    """What one pass finds.

    per_object has a row for each row of the object table, NaN without a light curve,
    and a column per quantity; zero_mjd is the trigger or, without, the first
    observation. per_point has a histogram for each of POINT_QUANTITIES.
    """

    per_object: pd.DataFrame
    per_point: dict[str, Histogram]


def measure(path: str | Path, objects: pd.DataFrame, encoding: Encoding) -> Measured:
    """Measure the light curves of a data set, given its table of objects."""
    labels = pd.Index(encoding.classes).get_indexer(pd.Index(objects["class"]))
    per_point = {name: Histogram(len(encoding.classes)) for name in POINT_QUANTITIES}
    survey_trigger = (
        objects["trigger_mjd"].to_numpy(dtype=float)
        if encoding.trigger == "survey"
        else None
    )
    measured = []
    names = pa.array(objects["object_id"].to_numpy(dtype=object), pa.string())
    bands = {passband: i for i, passband in enumerate(encoding.wavelengths)}
    for curves in whole_light_curves(path, names, bands, BATCH_ROWS):
        rows = np.arange(len(objects))[curves.objects]
        starts, counts = curves.offsets[:-1], np.diff(curves.offsets)
        if survey_trigger is None:
            trigger = trigger_mjd(curves.mjd, curves.detected, starts, encoding.trigger)
        else:
            trigger = survey_trigger[rows]
        since_trigger = curves.mjd - np.repeat(trigger, counts)
        low, high = encoding.window
        points = pd.DataFrame({name: getattr(curves, name) for name in COLUMNS})
        points["inside"] = (since_trigger >= low) & (since_trigger <= high)
        measured.append(_per_object(points, starts, trigger, encoding).set_index(rows))
        _count_points(per_point, points, np.repeat(labels[rows], counts))
    table = pd.concat(measured) if measured else pd.DataFrame()
    return Measured(table.reindex(range(len(objects))), per_point)


def _per_object(
    points: pd.DataFrame,
    starts: NDArray[np.int64],
    trigger: NDArray[np.float64],
    encoding: Encoding,
) -> pd.DataFrame:
    """Return the numbers of each light curve of a portion."""
    counts = np.diff(np.append(starts, len(points)))
    local = np.repeat(np.arange(len(starts)), counts)
    mjd, flux = points["mjd"].to_numpy(), points["flux"].to_numpy()
    snr = np.abs(flux) / points["flux_err"].to_numpy(dtype=float)
    first, last = mjd[starts], mjd[starts + counts - 1]
    bands = list(encoding.wavelengths)
    key = local * len(bands) + points["passband"].to_numpy()
    n_keys, shape = len(starts) * len(bands), (len(starts), len(bands))
    in_band = np.bincount(key, minlength=n_keys).reshape(shape)
    order = np.argsort(key, kind="stable")
    gaps_in_band = _median_gap(mjd[order], key[order], n_keys).reshape(shape)
    numbers = {
        "points": counts,
        **{f"points in {band}": in_band[:, i] for i, band in enumerate(bands)},
        "detections": np.add.reduceat(points["detected"].to_numpy(int), starts),
        "points in the window": np.add.reduceat(points["inside"].to_numpy(int), starts),
        "time span [d]": last - first,
        "gap between nights [d]": _median_gap(mjd, local, len(starts)),
        **{
            f"gap between nights in {band} [d]": gaps_in_band[:, i]
            for i, band in enumerate(bands)
        },
        "peak flux [FLUXCAL]": np.maximum.reduceat(flux, starts),
        "peak |S/N|": np.maximum.reduceat(snr, starts),
        "zero_mjd": np.where(np.isnan(trigger), first, trigger),
    }
    return pd.DataFrame(numbers)


def _median_gap(
    mjd: NDArray[np.float64], key: NDArray[np.int64], n_keys: int
) -> NDArray[np.float64]:
    """Median time between successive nights of each key [d], NaN below two nights."""
    medians = gaps_between_nights(mjd, key).median()
    return medians.reindex(range(n_keys)).to_numpy(dtype=float)


def gaps_between_nights(
    mjd: NDArray[np.float64], key: NDArray[np.int64]
) -> pd.api.typing.SeriesGroupBy:
    """Return the times between successive nights [d], grouped by key.

    mjd and key (n,) are sorted by key, then time; a key of one night has no group.
    """
    gaps = np.diff(mjd)
    between = (np.diff(key) == 0) & (gaps > NIGHT)
    return pd.Series(gaps[between]).groupby(key[1:][between])


def _count_points(
    per_point: dict[str, Histogram], points: pd.DataFrame, labels: NDArray[np.int64]
) -> None:
    flux = points["flux"].to_numpy(dtype=float)
    flux_err = points["flux_err"].to_numpy(dtype=float)
    inside = points["inside"].to_numpy()
    per_point[FLUX].add(np.abs(flux), labels)
    per_point[FLUX_IN_WINDOW].add(np.abs(flux[inside]), labels[inside])
    per_point[FLUX_ERR].add(flux_err, labels)
    per_point[SNR].add(flux / flux_err, labels)
