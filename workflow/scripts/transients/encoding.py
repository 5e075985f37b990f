"""The model input of equation 1: how it is made, and its flat files.

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
from numpy.typing import NDArray

from transients.errors import DataError

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

    @property
    def largest_flux(self) -> NDArray[np.float32]:
        """Largest |flux| of each light curve, scaled as in the input, (n,)."""
        return np.maximum.reduceat(np.abs(self.points[:, 2]), self.offsets[:-1])

    def padded(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the light curves `rows`, right-padded with zeros to the longest."""
        starts = self.offsets[rows]
        lengths = self.offsets[rows + 1] - starts  # not self.lengths, which takes all
        width = int(lengths.max(initial=1))
        inside = np.arange(width) < lengths[:, None]
        batch = np.zeros((len(rows), width, len(CHANNELS)), np.float32)
        source = (starts[:, None] + np.arange(width))[inside]
        batch[inside] = self.points[source]
        return batch


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


def load(folder: str | Path) -> ModelInput:
    """Open a saved model input; the points stay on disk, memory-mapped.

    Raises DataError for a file that holds anything but numbers, or names.
    """
    arrays = {name: _opened(Path(folder) / f"{name}.npy") for name in ARRAYS}
    names = _opened(Path(folder) / "object_id.npy").astype(object)
    return ModelInput(**arrays, object_id=names)


def _opened(path: Path) -> NDArray[Any]:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise DataError(
            f"{path}: not an array ({error}); delete it, and it is made again"
        ) from error
    if not isinstance(array, np.ndarray):
        raise DataError(f"{path}: more than one array; delete it, and it is made again")
    return array


def count_classes(
    dataset: str, labels: NDArray[np.int64], classes: tuple[str, ...]
) -> pd.DataFrame:
    """Return `dataset, class, n`: what enters the experiment (paper, Table 1)."""
    counts = np.bincount(labels, minlength=len(classes))
    return pd.DataFrame({"dataset": dataset, "class": list(classes), "n": counts})


def read_rows_of(object_id: NDArray[np.object_], path: Path) -> pd.DataFrame:
    """Return a table that has a row for each of these objects, in their order.

    Raises DataError if it is of other objects.
    """
    table = pd.read_parquet(path)
    if not np.array_equal(table["object_id"].to_numpy(dtype=object), object_id):
        raise DataError(
            f"{path}: its objects are not those of the target: delete it, and it is"
            " made again"
        )
    return table
