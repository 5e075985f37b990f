"""The simulator's front door: so many objects of one class as one survey sees them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import DTypeLike, NDArray

from .arrays import IntArray
from .bts import SUBCLASS_COUNTS
from .classes import CLASSES
from .observing import Batch, Points, observe_batch
from .shapes import name_key
from .surveys import BY_NAME, SURVEYS, Survey

BATCH_SIZE = 400  # candidates; part of what a seed means
# Give up when this many candidates in a row yield nothing.
PATIENCE = 40_000
PORTION = 10_000
"""Objects of a class in memory at once."""


@dataclass(frozen=True)
class SimulatedClass:
    """n simulated objects of one class, N points in all.

    objects: object_id, class, ra and dec (deg), mwebv (mag), redshift.
    light_curves: object_id, mjd, passband, flux and flux_err (zero point 27.5),
    detected; sorted by object and time.
    """

    objects: pd.DataFrame
    light_curves: pd.DataFrame


def simulate_class(
    survey: str, class_name: str, n_objects: int, seed: int
) -> SimulatedClass:
    """Simulate exactly ``n_objects`` objects that pass the survey's trigger.

    survey: one of ``SURVEYS``; class_name: one of ``CLASSES``, for "bts" one of the
    five merged classes; seed: not negative. The first k of n objects are the same for
    every n. Detections only for "bts", forced photometry of a whole season for the
    others. object_ids repeat from seed to seed.
    """
    (simulated,) = simulate_portions(
        survey, class_name, n_objects, seed, max(n_objects, 1)
    )
    return simulated


def simulate_portions(
    survey: str, class_name: str, n_objects: int, seed: int, size: int = PORTION
) -> Iterator[SimulatedClass]:
    """Simulate what ``simulate_class`` does, but yield ``size`` objects at a time.

    No objects are one portion without any.
    """
    mix = _mix_of(survey, class_name)
    if n_objects < 0:
        raise ValueError(f"n_objects must not be negative, but is {n_objects}")
    if seed < 0:
        raise ValueError(f"seed must not be negative, but is {seed}")
    root = (name_key(survey), name_key(class_name), seed)
    shares = np.cumsum(list(mix.values())) / sum(mix.values())
    which = np.searchsorted(shares, np.random.default_rng(root).random(n_objects))
    names = _object_ids(survey, class_name, n_objects)
    starts = range(0, max(n_objects, 1), size)
    portions = [which[start : start + size] for start in starts]
    accepted = []
    for number, kind in enumerate(mix):
        batches = _collect(BY_NAME[survey], kind, int(np.sum(which == number)), root)
        positions = [np.flatnonzero(portion == number) for portion in portions]
        accepted.append(_dealt(batches, positions))
    for start, *placed in zip(starts, *accepted, strict=True):
        ours = names[start : start + size]
        yield _as_tables(BY_NAME[survey], class_name, ours, [*chain(*placed)])


def classes_of(survey: str) -> tuple[str, ...]:
    """Names of the classes that a survey distinguishes."""
    return tuple(SUBCLASS_COUNTS) if survey == "bts" else CLASSES


def _mix_of(survey: str, class_name: str) -> Mapping[str, float]:
    """Share of each subclass in a class; the simulated surveys' have but one."""
    if survey not in BY_NAME:
        raise ValueError(f"no survey {survey!r}: choose one of {', '.join(SURVEYS)}")
    if class_name not in classes_of(survey):
        known = ", ".join(classes_of(survey))
        raise ValueError(f"{survey} has no class {class_name!r}: choose one of {known}")
    return SUBCLASS_COUNTS[class_name] if survey == "bts" else {class_name: 1}


def _collect(
    survey: Survey, kind: str, n: int, root: tuple[int, int, int]
) -> Iterator[Batch]:
    """Batches of accepted objects of a kind, until there are n."""
    filled, barren, number = 0, 0, 0
    while filled < n:
        rng = np.random.default_rng([*root, name_key(kind), number])
        batch = observe_batch(survey, kind, rng, BATCH_SIZE)
        barren = 0 if len(batch) else barren + BATCH_SIZE
        if barren >= PATIENCE:
            raise RuntimeError(
                f"{survey.name} accepts none of {barren} {kind} candidates in a row; "
                f"{n - filled} of {n} objects are missing"
            )
        yield batch
        filled, number = filled + len(batch), number + 1


def _dealt(
    batches: Iterator[Batch], portions: Iterable[IntArray]
) -> Iterator[list[tuple[IntArray, Batch]]]:
    """Batches for the positions of each portion, each with those of its objects."""
    rest = None
    for positions in portions:
        dealt = []
        while len(positions):
            batch, rest = (rest or next(batches)).cut(len(positions))
            dealt.append((positions[: len(batch)], batch))
            positions = positions[len(batch) :]
        yield dealt


def _object_ids(survey: str, class_name: str, n: int) -> NDArray[np.object_]:
    """Names such as ztf-SNIa-000012, without spaces or slashes."""
    plain = class_name.replace(" ", "").replace("/", "")
    names = [f"{survey}-{plain}-{number:06d}" for number in range(n)]
    return np.array(names, dtype=object)


def _as_tables(
    survey: Survey,
    class_name: str,
    names: NDArray[np.object_],
    placed: list[tuple[IntArray, Batch]],
) -> SimulatedClass:
    """The two tables, in the order of the objects' positions among ``names``."""
    batches = [batch for _, batch in placed]
    order = np.argsort(_join([positions for positions, _ in placed], np.int64))
    sky = {
        column: _join([getattr(b, column) for b in batches], np.float64)[order]
        for column in ("ra", "dec", "mwebv", "redshift")
    }
    labels = {"object_id": names, "class": np.full(len(names), class_name)}
    text = {"object_id": "str", "class": "str"}  # the type of no names as well
    objects = pd.DataFrame({**labels, **sky}).astype(text)
    row = _join([where[b.points.row] for where, b in placed], np.int64)
    points = _points_table([b.points for b in batches], survey.passbands.names)
    by_object = np.argsort(row, kind="stable")
    points = points.iloc[by_object].reset_index(drop=True)
    points.insert(0, "object_id", objects["object_id"].array.take(row[by_object]))
    return SimulatedClass(objects, points)


def _points_table(parts: list[Points], passbands: tuple[str, ...]) -> pd.DataFrame:
    """Points one after the other, in the columns of the light curves."""
    band = _join([part.passband for part in parts], np.int8)
    return pd.DataFrame(
        {
            "mjd": _join([part.mjd for part in parts], np.float64),
            "passband": pd.Categorical.from_codes(band, pd.Index(passbands)),
            "flux": _join([part.flux for part in parts], np.float32),
            "flux_err": _join([part.flux_err for part in parts], np.float32),
            "detected": _join([part.detected for part in parts], np.bool_),
        }
    )


def _join(arrays: list[NDArray[Any]], kind: DTypeLike) -> NDArray[Any]:
    """One array of all, of the right type even if there are none."""
    return np.concatenate([np.empty(0, kind), *arrays]).astype(kind)
