"""Which objects are labelled, which validate, which test: decided by seeds alone."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transients.errors import DataError


@dataclass(frozen=True)
class Sample:
    """Rows of the model input: the n labelled objects, their split, and the test set.

    labelled is the union of train and validation, in the order of the permutation.
    """

    labelled: NDArray[np.int64]
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]


def seed_of(*parts: str | int) -> int:
    """Return a 32-bit seed that depends on the parts alone, on every machine."""
    return zlib.crc32("/".join(map(str, parts)).encode())


def draw_sample(
    n_objects: int,
    n_train: int,
    unit: tuple[str, int],
    *,
    validation_fraction: float,
    test_fraction: float | None = None,
    max_test: int | None = None,
) -> Sample:
    """Draw the sample of the unit (target, n_train, seed); unit = (target, seed).

    The labelled objects are the first n_train of a permutation drawn from (target,
    seed), so samples of growing n are nested; the split into train and validation is
    drawn from (target, n_train, seed). Everything else is the test set (paper, section
    3.3); max_test keeps the last so many of the permutation. With test_fraction the
    test set is that share of the objects, drawn from the target alone (as the
    authors' code does). n_train 0 labels nothing.
    """
    target, seed = unit
    pool = np.arange(n_objects)
    held_out = np.empty(0, dtype=np.int64)
    if test_fraction is not None:
        shuffled = np.random.default_rng(seed_of(target, "test")).permutation(pool)
        n_test = max(1, round(test_fraction * n_objects))
        held_out, pool = shuffled[:n_test], np.sort(shuffled[n_test:])
    most = len(pool) - (1 if test_fraction is None else 0)
    if n_train != 0 and not 2 <= n_train <= most:
        raise DataError(
            f"{n_train} labelled light curves of target {target!r} are asked for, but"
            f" the data set offers between 2 and {most}: change n_train in"
            f" experiments.{target}"
        )
    order = np.random.default_rng(seed_of(target, seed)).permutation(pool)
    labelled = order[:n_train]
    test = order[n_train:] if test_fraction is None else held_out
    if max_test is not None:
        test = test[-max_test:]
    shuffled = np.random.default_rng(seed_of(target, n_train, seed)).permutation(
        labelled
    )
    n_validation = min(max(1, round(validation_fraction * n_train)), n_train - 1)
    n_validation = max(0, n_validation)  # of no labels, none
    return Sample(
        labelled, shuffled[n_validation:], shuffled[:n_validation], np.sort(test)
    )
