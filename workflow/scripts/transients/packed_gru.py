"""The packed GRU of recurrence.py as a differentiable TensorFlow function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from transients.recurrence import (
    Array,
    Forward,
    Packing,
    Weights,
    backward,
    forward,
    pack,
)

threadpool_limits(1, "blas")  # a step is too short for two to share


def packed_gru(
    points: tf.Tensor,
    n_points: tf.Tensor,
    weights: Sequence[Any],
    last_only: bool,
    learn: bool,
) -> tf.Tensor:
    """Run a GRU over light curves (B, T, F) with n_points (B,) observations each.

    weights are kernel, recurrent kernel and bias as Keras has them. Returns the state
    (B, u) after each last point, or the states (B, T, u), zero behind the last point.
    Gradients can be asked for with learn alone; without, less is computed.
    """

    @tf.custom_gradient
    def run(points: tf.Tensor, *weights: tf.Tensor) -> tuple[tf.Tensor, Any]:
        def ahead(*given: Any) -> list[Array]:  # noqa: ANN401
            return _ahead(last_only, learn, *given)

        def back(*given: Any) -> list[Array]:  # noqa: ANN401
            return _back(last_only, *given)

        kinds = [tf.float32] * (3 if learn else 1)
        made = tf.numpy_function(ahead, [n_points, points, *weights], kinds)
        output, *kept = tf.nest.flatten(made)  # one tensor, not a list, if it is alone

        def gradients(of_output: tf.Tensor) -> list[tf.Tensor]:
            given = [of_output, n_points, points, *weights, *kept]
            found = tf.numpy_function(back, given, [tf.float32] * 4)
            for gradient, of in zip(found, (points, *weights), strict=True):
                gradient.set_shape(of.shape)
            return found

        return output, gradients

    return run(points, *(tf.convert_to_tensor(weight) for weight in weights))


def _ahead(
    last_only: bool,
    learn: bool,
    n_points: NDArray[np.int32],
    points: Array,
    *weights: Array,
) -> list[Array]:
    """Return the layer's output and what its gradient needs, packed."""
    packing = pack(n_points, points.shape[1])
    states, factors = forward(
        _packed(points, packing), packing, Weights(*weights), learn
    )
    if last_only:
        output = states[packing.last]
    else:
        output = _padded(states, packing, points.shape)
    return [output] if factors is None else [output, states, factors]


def _back(
    last_only: bool,
    of_output: Array,
    n_points: NDArray[np.int32],
    points: Array,
    *rest: Array,
) -> list[Array]:
    """Return the gradients of the padded points and of the weights."""
    weights, done = Weights(*rest[:3]), Forward(*rest[3:])
    packing = pack(n_points, points.shape[1])
    if last_only:
        gradient = np.zeros_like(done.states)
        gradient[packing.last] = of_output
    else:
        gradient = _packed(of_output, packing)
    packed = _packed(points, packing)
    of_points, of_weights = backward(gradient, packed, packing, weights, done)
    return [_padded(of_points, packing, points.shape), *of_weights]


def _packed(padded: Array, packing: Packing) -> Array:
    """(B, T, F) to (P, F)."""
    return padded.reshape(-1, padded.shape[2])[packing.places]


def _padded(packed: Array, packing: Packing, shape: Sequence[int]) -> Array:
    """(P, F) to (B, T, F), zero where nothing is observed; shape begins with B, T."""
    padded = np.zeros((shape[0] * shape[1], packed.shape[1]), np.float32)
    padded[packing.places] = packed
    return padded.reshape(*shape[:2], -1)
