"""From the two tables of a data set to the files of its model input (equation 1).

Light curves are read, aligned at their trigger, cut to the window, scaled and written
portion by portion: memory is bounded by a portion and some numbers per object.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from transients.encoding import CHANNELS, NO_MWEBV, Encoding
from transients.light_curves import LightCurves, whole_light_curves
from transients.tables import dropped_frame
from transients.trigger import trigger_mjd

BATCH_ROWS = 1 << 16
"""Observations read at a time: few enough for a processor's cache."""


def encode_tables(
    objects_path: str | Path,
    light_curves_path: str | Path,
    encoding: Encoding,
    folder: str | Path,
) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Write the model input of a data set: ARRAYS and object_id, as .npy files.

    The tables follow OBJECTS and LIGHT_CURVES; rows of the input keep the order of the
    object table. Returns the labels (n,), as written, and the (object_id, reason) of
    what was left out. Raises DataError if the tables are not of the same objects.
    """
    columns = ["object_id", "class", "mwebv", "trigger_mjd"]
    objects = pq.read_table(objects_path, columns=columns)
    folder = Path(folder)
    triggers, counts = _write_points(
        folder / "points.npy", objects, light_curves_path, encoding
    )
    names, mwebv = objects["object_id"].to_numpy(), objects["mwebv"].to_numpy()
    triggered, enough = ~np.isnan(triggers), counts >= encoding.min_points
    lengths = _lengths(counts, encoding)[enough]
    labels = _positions(objects["class"], encoding.classes)[enough]
    metadata = _fill_missing(mwebv[enough])[:, None].astype(np.float32)
    np.save(folder / "offsets.npy", np.append(0, np.cumsum(lengths)).astype(np.int64))
    np.save(folder / "metadata.npy", metadata)
    np.save(folder / "labels.npy", labels)
    np.save(folder / "object_id.npy", names[enough].astype(str))
    reasons = {
        "no trigger": ~triggered,
        f"fewer than {encoding.min_points} points in the window": triggered & ~enough,
        f"cut at N_t = {encoding.max_points} points": counts > encoding.max_points,
        NO_MWEBV: enough & np.isnan(mwebv),
    }
    dropped = [dropped_frame(names[which], why) for why, which in reasons.items()]
    return labels, pd.concat(dropped, ignore_index=True)


def _write_points(
    path: Path, objects: pa.Table, light_curves_path: str | Path, encoding: Encoding
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Write points.npy; return each object's trigger and points in the window."""
    triggers = objects["trigger_mjd"].to_numpy().copy()
    counts = np.zeros(len(objects), dtype=np.int64)
    wavelengths = {p: np.float32(w) for p, w in encoding.wavelengths.items()}
    # Reused, because fresh memory costs more than the arithmetic on it.
    space = np.empty((2, 0, len(CHANNELS)), np.float32)
    names = objects["object_id"].combine_chunks()
    with path.open("wb") as file:
        _write_header(file, 0)
        for curves in whole_light_curves(
            light_curves_path, names, wavelengths, BATCH_ROWS
        ):
            if encoding.trigger != "survey":
                triggers[curves.objects] = _triggers(curves, encoding.trigger)
            if space.shape[1] < len(curves.mjd):
                space = np.empty((2, len(curves.mjd), len(CHANNELS)), np.float32)
            counts[curves.objects], points = _points(
                curves, triggers[curves.objects], encoding, space
            )
            file.write(points.data)
        file.seek(0)
        _write_header(file, int(_lengths(counts, encoding).sum()))
    return triggers, counts


def _write_header(file: BinaryIO, n_points: int) -> None:
    """Write the header of points.npy, which takes equal space whatever the number."""
    kind = np.lib.format.dtype_to_descr(np.dtype(np.float32))
    shape = (n_points, len(CHANNELS))
    header = {"descr": kind, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)


def _triggers(curves: LightCurves, rule: str) -> NDArray[np.float64]:
    return trigger_mjd(curves.mjd, curves.detected, curves.offsets[:-1], rule)


def _points(
    curves: LightCurves,
    trigger: NDArray[np.float64],
    encoding: Encoding,
    space: NDArray[np.float32],
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the points in each window, (n,), and the input of those taken, (M, 4).

    trigger (n,) is NaN where there is none; space (2, at least N, 4) is overwritten,
    and the input is a part of it. Within a light curve, points in the window stand
    together, because they are in chronological order.
    """
    low, high = encoding.window
    since_trigger = curves.mjd - np.repeat(trigger, np.diff(curves.offsets))
    inside = np.flatnonzero((since_trigger >= low) & (since_trigger <= high))
    edges = np.searchsorted(inside, curves.offsets)
    counts = np.diff(edges)
    lengths = _lengths(counts, encoding)
    kept = lengths > 0
    rows = _ranges(inside[edges[:-1][kept]], lengths[kept])
    channels = space[0, : len(curves.mjd)]
    channels[:, 0] = curves.passband
    np.divide(since_trigger - low, high - low, out=channels[:, 1])
    np.divide(curves.flux, encoding.flux_scale, out=channels[:, 2])
    np.divide(curves.flux_err, encoding.flux_scale, out=channels[:, 3])
    points = space[1, : len(rows)]
    return counts, channels.take(rows, axis=0, out=points, mode="clip")


def _lengths(counts: NDArray[np.int64], encoding: Encoding) -> NDArray[np.int64]:
    """Points that are taken of as many in the window; none of too few."""
    enough = counts >= encoding.min_points
    return np.where(enough, np.minimum(counts, encoding.max_points), 0)


def _ranges(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return start, start + 1, ... of each start, so many as its length, in a row."""
    before = np.cumsum(lengths) - lengths
    return np.arange(lengths.sum()) + np.repeat(starts - before, lengths)


def _positions(words: pa.ChunkedArray, known: tuple[str, ...]) -> NDArray[np.int64]:
    """Return the position of each word among the known ones, -1 if it is not there."""
    return pc.index_in(words, pa.array(known)).fill_null(-1).to_numpy().astype(np.int64)


def _fill_missing(mwebv: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put the median in place of NaN; zero where no object has a value."""
    known = mwebv[~np.isnan(mwebv)]
    return np.where(np.isnan(mwebv), np.median(known) if len(known) else 0.0, mwebv)
