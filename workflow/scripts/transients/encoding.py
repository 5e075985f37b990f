"""The model input of equation 1: trigger, window, scaling, and its flat files.

Light curves are stored one after the other in one flat array with offsets and opened
memory-mapped; they are padded only batch by batch, never on disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from transients.errors import DataError
from transients.tables import dropped_frame
from transients.trigger import trigger_mjd

CHANNELS = ("wavelength", "time", "flux", "flux_err")
"""Rows of the input matrix of equation 1, in order."""

NO_MWEBV = "mwebv missing: filled with the data set's median, or 0 without any"

ARRAYS = ("points", "offsets", "metadata", "labels")


@dataclass(frozen=True)
class Encoding:
    """How light curves become model input (paper, section 2.2 and equation 1).

    window is relative to the trigger [d]; flux_scale divides FLUXCAL; light curves
    with fewer than min_points in the window are dropped, longer ones than max_points
    (N_t) are cut at their end. wavelengths are medians of the passbands [micrometre].
    trigger is a rule of trigger_mjd, or "survey" for the object table's trigger_mjd.
    """

    wavelengths: Mapping[str, float]
    classes: tuple[str, ...]
    window: tuple[float, float] = (-30.0, 70.0)
    flux_scale: float = 500.0
    min_points: int = 5
    max_points: int = 656
    trigger: str = "two_detections"

    @classmethod
    def from_config(
        cls,
        dataset: Mapping[str, Any],
        wavelengths: Mapping[str, float],
        encoding: Mapping[str, Any],
    ) -> Encoding:
        """Return the encoding of a data set (its classes and trigger) as configured."""
        return cls(
            wavelengths=wavelengths,
            classes=tuple(dataset["classes"]),
            trigger=dataset["trigger"],
            **{**encoding, "window": tuple(encoding["window"])},
        )


@dataclass(frozen=True)
class ModelInput:
    """n light curves with N points in all, ready for the network.

    points (N, 4) float32, offsets (n + 1,) int64, metadata (n, 1) float32 E(B-V),
    labels (n,) int64 positions in the configured classes, object_id (n,).
    """

    points: NDArray[np.float32]
    offsets: NDArray[np.int64]
    metadata: NDArray[np.float32]
    labels: NDArray[np.int64]
    object_id: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Number of points of each light curve, (n,)."""
        return np.diff(self.offsets)

    def padded(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the light curves `rows`, right-padded with zeros to the longest."""
        lengths = self.lengths[rows]
        width = int(lengths.max(initial=1))
        inside = np.arange(width) < lengths[:, None]
        batch = np.zeros((len(rows), width, len(CHANNELS)), np.float32)
        source = (self.offsets[rows][:, None] + np.arange(width))[inside]
        batch[inside] = self.points[source]
        return batch


def encode(
    objects: pd.DataFrame, light_curves: pd.DataFrame, encoding: Encoding
) -> tuple[ModelInput, pd.DataFrame]:
    """Return the model input and the (object_id, reason) of what was left out.

    The tables follow OBJECTS and LIGHT_CURVES. Rows of the input keep the order of
    the object table.
    """
    owner = _positions(light_curves["object_id"], objects["object_id"])
    trigger = _triggers(objects, light_curves, owner, encoding.trigger)
    since_trigger = light_curves["mjd"].to_numpy() - trigger[owner]
    low, high = encoding.window
    inside = np.flatnonzero((since_trigger >= low) & (since_trigger <= high))
    counts = np.bincount(owner[inside], minlength=len(objects))
    enough = counts >= encoding.min_points
    within_n_t = _rank_within(owner[inside], counts) < encoding.max_points
    taken = inside[enough[owner[inside]] & within_n_t]
    lengths = np.minimum(counts, encoding.max_points)[enough]
    names = objects["object_id"].to_numpy(dtype=object)
    mwebv = objects["mwebv"].to_numpy(dtype=float)
    model_input = ModelInput(
        points=_channels(light_curves.iloc[taken], since_trigger[taken], encoding),
        offsets=np.append(0, np.cumsum(lengths)).astype(np.int64),
        metadata=_fill_missing(mwebv[enough])[:, None].astype(np.float32),
        labels=pd.Index(encoding.classes).get_indexer(pd.Index(objects["class"]))[
            enough
        ],
        object_id=names[enough],
    )
    triggered = ~np.isnan(trigger)
    reasons = {
        "no trigger": ~triggered,
        f"fewer than {encoding.min_points} points in the window": triggered & ~enough,
        f"cut at N_t = {encoding.max_points} points": counts > encoding.max_points,
        "mwebv missing: filled with the data set's median, or 0 without any": enough
        & np.isnan(mwebv),
    }
    dropped = [dropped_frame(names[which], why) for why, which in reasons.items()]
    return model_input, pd.concat(dropped, ignore_index=True)


def _triggers(
    objects: pd.DataFrame, points: pd.DataFrame, owner: NDArray[np.int64], rule: str
) -> NDArray[np.float64]:
    """Trigger of each object of the table, NaN also for those without points."""
    if rule == "survey":
        return objects["trigger_mjd"].to_numpy(dtype=float)
    trigger = np.full(len(objects), np.nan)
    observed, starts = np.unique(owner, return_index=True)
    trigger[observed] = trigger_mjd(
        points["mjd"].to_numpy(), points["detected"].to_numpy(), starts, rule
    )
    return trigger


def _positions(owners: pd.Series, names: pd.Series) -> NDArray[np.int64]:
    """Row of the object table that each observation belongs to."""
    owners = owners.astype("category")
    rank = pd.Index(names).get_indexer(pd.Index(owners.cat.categories))
    return rank[owners.cat.codes.to_numpy()].astype(np.int64)


def _rank_within(
    owner: NDArray[np.int64], counts: NDArray[np.int64]
) -> NDArray[np.int64]:
    starts = np.cumsum(counts) - counts
    return np.arange(len(owner)) - starts[owner]


def _channels(
    points: pd.DataFrame, since_trigger: NDArray[np.float64], encoding: Encoding
) -> NDArray[np.float32]:
    """Rows [wavelength, scaled time, flux, flux error] of equation 1."""
    low, high = encoding.window
    passbands = points["passband"].astype("category")
    wavelengths = np.array([encoding.wavelengths[p] for p in passbands.cat.categories])
    columns = [
        wavelengths[passbands.cat.codes.to_numpy()],
        (since_trigger - low) / (high - low),
        points["flux"].to_numpy() / encoding.flux_scale,
        points["flux_err"].to_numpy() / encoding.flux_scale,
    ]
    return np.column_stack(columns).astype(np.float32)


def _fill_missing(mwebv: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put the median in place of NaN; zero where no object has a value."""
    known = mwebv[~np.isnan(mwebv)]
    return np.where(np.isnan(mwebv), np.median(known) if len(known) else 0.0, mwebv)


def require_every_class(labels: NDArray[np.int64], classes: tuple[str, ...]) -> None:
    """Raise DataError if one of the classes has no object left."""
    counts = np.bincount(labels, minlength=len(classes))
    if (counts == 0).any():
        absent = [name for name, n in zip(classes, counts, strict=True) if n == 0]
        raise DataError(
            f"no object of class {absent} is left after trigger, window and minimum"
            " number of points: take the class out of the data set's classes, or add"
            " objects; the data set's data sheet shows what became of them"
        )


def save(model_input: ModelInput, folder: str | Path) -> None:
    """Write points.npy, offsets.npy, metadata.npy, labels.npy and object_id.npy."""
    for name in ARRAYS:
        np.save(Path(folder) / f"{name}.npy", getattr(model_input, name))
    np.save(Path(folder) / "object_id.npy", model_input.object_id.astype(str))


def load(folder: str | Path) -> ModelInput:
    """Open a saved model input; the points stay on disk, memory-mapped."""
    arrays = {
        name: np.load(Path(folder) / f"{name}.npy", mmap_mode="r") for name in ARRAYS
    }
    names = np.load(Path(folder) / "object_id.npy").astype(object)
    return ModelInput(**arrays, object_id=names)


def read_for_encoding(
    objects_path: str | Path, light_curves_path: str | Path
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables, repeated strings as categories (bounded memory)."""
    points = pq.read_table(
        light_curves_path, read_dictionary=["object_id", "passband"]
    ).to_pandas()
    return pd.read_parquet(objects_path), points


def count_classes(
    dataset: str, labels: NDArray[np.int64], classes: tuple[str, ...]
) -> pd.DataFrame:
    """Return `dataset, class, n`: what enters the experiment (paper, Table 1)."""
    counts = np.bincount(labels, minlength=len(classes))
    return pd.DataFrame({"dataset": dataset, "class": list(classes), "n": counts})
