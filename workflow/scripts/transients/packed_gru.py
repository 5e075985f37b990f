"""The packed GRU of recurrence.py over padded light curves, in NumPy as well."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from transients.recurrence import (
    Array,
    Packing,
    Weights,
    backward,
    forward,
    pack,
)

threadpool_limits(1, "blas")  # a step is too short for two to share


def run_ahead(
    last_only: bool,
    learn: bool,
    n_points: NDArray[np.int32],
    points: Array,
    *weights: Array,
) -> list[Array]:
    """Return a GRU's output for padded points (B, T, F), and what its gradient needs.

    The output is the state (B, u) after each last point, or the states (B, T, u), zero
    behind the last point; the rest, states and factors, packed, comes with learn alone.
    """
    packing = pack(n_points, points.shape[1])
    last, *kept = forward(
        _packed(points, packing), packing, Weights(*weights), not last_only, learn
    )
    if last_only:
        output = last[packing.rank]
    else:
        output = _padded(kept[0], packing, points.shape)
    return [output, *kept] if learn else [output]


def run_back(
    last_only: bool,
    of_output: Array,
    n_points: NDArray[np.int32],
    points: Array,
    *rest: Array,
) -> list[Array]:
    """Return the gradients of the padded points and of the weights.

    of_output is the gradient of the output; rest are kernel, recurrent kernel and bias,
    then what run_ahead returned behind the output.
    """
    weights, states, factors = Weights(*rest[:3]), *rest[3:]
    packing = pack(n_points, points.shape[1])
    if last_only:
        gradient = np.zeros_like(states)
        gradient[packing.last] = of_output
    else:
        gradient = _packed(of_output, packing)
    packed = _packed(points, packing)
    of_points, of_weights = backward(
        gradient, packed, packing, weights, states, factors
    )
    return [_padded(of_points, packing, points.shape), *of_weights]


def _packed(padded: Array, packing: Packing) -> Array:
    """(B, T, F) to (P, F)."""
    return padded.reshape(-1, padded.shape[2])[packing.places]


def _padded(packed: Array, packing: Packing, shape: Sequence[int]) -> Array:
    """(P, F) to (B, T, F), zero where nothing is observed; shape begins with B, T."""
    padded = np.zeros((shape[0] * shape[1], packed.shape[1]), np.float32)
    padded[packing.places] = packed
    return padded.reshape(*shape[:2], -1)
