"""The packed GRU of recurrence.py as a differentiable TensorFlow function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from transients.packed_gru import Use, run_ahead, run_back
from transients.recurrence import Array


def packed_gru(
    points: tf.Tensor,
    n_points: tf.Tensor,
    weights: Sequence[Any],
    use: Use,
) -> tf.Tensor:
    """Run a GRU over light curves with n_points (B,) observations each.

    points, the output and its gradient have the form that use tells; weights are
    kernel, recurrent kernel and bias as Keras has them.
    """

    @tf.custom_gradient
    def run(points: tf.Tensor, *weights: tf.Tensor) -> tuple[tf.Tensor, Any]:
        def ahead(*given: Any) -> list[Array]:  # noqa: ANN401
            return run_ahead(use, *given)

        def back(*given: Any) -> list[Array]:  # noqa: ANN401
            return run_back(use, *given)

        kinds = [tf.float32] * (3 if use.learn else 1)
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
