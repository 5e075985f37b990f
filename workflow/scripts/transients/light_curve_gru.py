"""The GRU layer of the network: Keras' own, and a faster way on a processor.

Right-padded light curves need no mask: a causal GRU has not seen the padding at the
last observation. On a GPU, and with JAX, the states of all steps are computed as Keras
does and the last one is picked. On a processor TensorFlow spends most of its time
between the products of a step, and Keras' GRU in PyTorch takes a time that grows with
the square of the length to learn, so there recurrence.py takes over: the same numbers
within float32 rounding, and nothing spent on padding.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable("transients")
class CountPoints(layers.Layer):
    """Number of observations of each zero-padded light curve (B, T, 4), as (B,) int32.

    The wavelength of an observation is never zero, so it tells padding from data. An
    empty light curve counts as one point.
    """

    def call(self, light_curve: Any) -> Any:  # noqa: ANN401
        """Return (B,)."""
        observed = ops.cast(ops.not_equal(light_curve[:, :, 0], 0.0), "int32")
        return ops.maximum(ops.sum(observed, axis=1), 1)

    def compute_output_spec(self, light_curve: Any) -> keras.KerasTensor:  # noqa: ANN401
        """Return shape and type of the output."""
        return keras.KerasTensor(light_curve.shape[:1], "int32")


@keras.saving.register_keras_serializable("transients")
class LightCurveGRU(layers.GRU):
    """Keras' GRU, told how many points each right-padded light curve has.

    With last_only it returns the states (B, units) after the last points. Without, it
    returns all states in the form that another one takes with after_gru: (B, T, units),
    those behind a last point meaningless, or packed as (1, P, units), see packed_gru.
    """

    def __init__(
        self,
        units: int,
        after_gru: bool = False,
        last_only: bool = False,
        **options: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(units, **options | {"return_sequences": True})
        self.after_gru = after_gru
        self.last_only = last_only

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is built from."""
        ours = {"after_gru": self.after_gru, "last_only": self.last_only}
        return super().get_config() | ours

    def build(self, points_shape: Any, n_points_shape: Any) -> None:  # noqa: ANN401, ARG002
        """Create the weights."""
        super().build(points_shape)

    def compute_output_shape(self, points_shape: Any, n_points_shape: Any) -> Any:  # noqa: ANN401, ARG002
        """Return the shape of the output."""
        batch, steps, _ = points_shape
        return (batch, self.units) if self.last_only else (batch, steps, self.units)

    def call(self, points: Any, n_points: Any, training: bool = False) -> Any:  # noqa: ANN401
        """Run over points (B, T, F) of which n_points (B,) are observed."""
        if self.compute_dtype == "float32" and _packing_pays(points):
            return self._call_packed(points, n_points, training)
        states = super().call(points, training=training)
        if not self.last_only:
            return states
        return ops.take_along_axis(states, n_points[:, None, None] - 1, axis=1)[:, 0]

    def _call_packed(self, points: Any, n_points: Any, training: bool) -> Any:  # noqa: ANN401
        from transients.packed_gru import Use

        cell = self.cell
        weights = (cell.kernel, cell.recurrent_kernel, cell.bias)
        use = Use(self.after_gru, self.last_only, training)
        if keras.backend.backend() == "torch":
            from transients.packed_gru_torch import packed_gru

            return packed_gru(points, n_points, weights, use)
        from transients.packed_gru_tensorflow import packed_gru

        output = packed_gru(points, n_points, weights, use)
        output.set_shape([None] * (1 if self.last_only else 2) + [self.units])
        return output


def _packing_pays(points: Any) -> bool:  # noqa: ANN401
    """Whether TensorFlow or PyTorch computes on a processor."""
    if keras.backend.backend() == "torch":
        return points.device.type == "cpu"
    return keras.backend.backend() == "tensorflow" and not _tensorflow_has_gpu()


@cache
def _tensorflow_has_gpu() -> bool:
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
