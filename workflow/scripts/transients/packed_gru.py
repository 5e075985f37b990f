"""The packed GRU of recurrence.py as a layer needs it, in NumPy as well."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from transients.recurrence import Array, Packing, Weights, backward, forward, pack

threadpool_limits(1, "blas")  # a step is too short for two to share


class Use(NamedTuple):
    """What a GRU is given and what for.

    after_gru: its input is the output of another one, packed, (1, P, F), instead of
    padded, (B, T, F). last_only: the states (B, u) after the last points are asked for,
    instead of all, packed, (1, P, u). learn: the gradient will be asked for.
    """

    after_gru: bool
    last_only: bool
    learn: bool


def run_ahead(
    use: Use, n_points: NDArray[np.int32], points: Array, *weights: Array
) -> list[Array]:
    """Return a GRU's output and, to learn, its states and factors for run_back."""
    packing = pack(n_points)
    packed = points[0] if use.after_gru else _packed(points, packing)
    last, states, factors = forward(
        packed, packing, Weights(*weights), not use.last_only, use.learn
    )
    output = last[packing.rank] if use.last_only else states[None]
    return [output, states, factors] if use.learn else [output]


def run_back(
    use: Use,
    of_output: Array,
    n_points: NDArray[np.int32],
    points: Array,
    *rest: Array,
) -> list[Array]:
    """Return the gradients of the points, in their form, and of the weights.

    of_output is the gradient of the output; rest are kernel, recurrent kernel and bias,
    then the states and factors of run_ahead.
    """
    weights, states, factors = Weights(*rest[:3]), *rest[3:]
    packing = pack(n_points)
    if use.last_only:
        gradient = np.zeros_like(states)
        gradient[packing.last] = of_output
    else:
        gradient = of_output[0]
    packed = points[0] if use.after_gru else _packed(points, packing)
    of_packed, of_weights = backward(
        gradient, packed, packing, weights, states, factors
    )
    if use.after_gru:
        return [of_packed[None], *of_weights]
    of_points = np.zeros_like(points)
    of_points[packing.rows, packing.steps] = of_packed
    return [of_points, *of_weights]


def _packed(padded: Array, packing: Packing) -> Array:
    """(B, T, F) to (P, F)."""
    places = packing.rows * padded.shape[1] + packing.steps
    return padded.reshape(-1, padded.shape[2])[places]
