"""Tracing and compiling of a network's steps, before the clock of training runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from transients.batches import Batch, Batches
from transients.shapes import fill_batch, rounded_up

_ANY_SHAPE = {(1, 2), (2, 3)}
"""Batch sizes and lengths that make TensorFlow take both as variable."""


def trace(
    model: keras.Model,
    step: Callable[..., Any],
    batches: Batches,
    epochs: int,
    traced: set[tuple[str, int, int]],
) -> None:
    """Let the backend trace a step before the clock runs, unless it has.

    The weights are put back, the optimiser is not.
    """
    name = step.__name__
    shapes = _shapes(batches, epochs) if model.jit_compile else _ANY_SHAPE
    new = [shape for shape in sorted(shapes) if (name, *shape) not in traced]
    if not new:
        return
    before = [np.array(variable) for variable in model.variables]
    batch = next(batches.epoch(1))
    if model.jit_compile:
        batch = fill_batch(batch, batches.largest)
    for size, length in new:
        inputs, labels, weights = _of_shape(batch, size, length)
        step(inputs, labels, sample_weight=weights)
        traced.add((name, size, length))
    assign(model.variables, before)


def _shapes(batches: Batches, epochs: int) -> set[tuple[int, int]]:
    """Return batch size and length of all filled batches of so many epochs."""
    orders = (batches.order(epoch) for epoch in range(1, epochs + 1))
    longest = {int(batches.lengths[rows].max()) for order in orders for rows in order}
    return {(batches.largest, rounded_up(length)) for length in longest}


def _of_shape(batch: Batch, size: int, length: int) -> Batch:
    """Return the first row of a batch size times, its first point length times."""
    inputs = {name: array[:1] for name, array in batch.inputs.items()}
    if "light_curve" in inputs:
        first = inputs["light_curve"][:, :1]
        inputs["light_curve"] = np.repeat(first, length, axis=1)
    rows = np.zeros(size, np.int64)
    return Batch(
        {name: array[rows] for name, array in inputs.items()},
        None if batch.labels is None else batch.labels[rows],
        None if batch.weights is None else batch.weights[rows],
    )


def assign(
    variables: Sequence[keras.Variable], values: Sequence[NDArray[np.float32]]
) -> None:
    """Give variables their values."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
