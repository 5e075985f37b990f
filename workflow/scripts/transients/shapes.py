"""Few shapes of batches, for XLA, which compiles a network anew for every shape.

With the paper's network on one core a training step takes JAX 3 s to compile, as long
as ten steps of 128 light curves of 96 points. So light curves are padded to one of a
few lengths, and a short batch is filled up.
"""

from __future__ import annotations

import keras
import numpy as np

from transients.batches import Batch, Inputs

SHORTEST = 16
"""Points to which shorter light curves are padded."""


def uses_xla() -> bool:
    """Whether training compiles a network with XLA: on JAX, which is slow without.

    On a processor XLA slows TensorFlow down, and on a GPU it shuts cuDNN's GRU out.
    """
    return keras.backend.backend() == "jax"


def rounded_up(length: int) -> int:
    """Return the next of 16, 24, 32, 48, 64, 96, ...: 12 lengths up to 768 points."""
    power = 1 << (length - 1).bit_length()
    shorter = power * 3 // 4
    return max(SHORTEST, shorter if length <= shorter else power)


def fill_inputs(inputs: Inputs, size: int) -> Inputs:
    """Return inputs of n rows with size rows, the first ones again behind the last.

    Light curves get zeros behind them up to a length that rounded_up gives.
    """
    filled = {name: array[_again(len(array), size)] for name, array in inputs.items()}
    if "light_curve" in filled:
        length = filled["light_curve"].shape[1]
        missing = rounded_up(length) - length
        padding = ((0, 0), (0, missing), (0, 0))
        filled["light_curve"] = np.pad(filled["light_curve"], padding)
    return filled


def fill_batch(batch: Batch, size: int) -> Batch:
    """Return a batch with size rows and the same loss, those added of weight 0.

    Keras divides the sum of weighted losses by the number of rows, not by the sum of
    weights, so the weights grow as the rows do.
    """
    n = batch.size
    weights = np.zeros(size, np.float32)
    weights[:n] = 1 if batch.weights is None else batch.weights
    labels = None if batch.labels is None else batch.labels[_again(n, size)]
    return Batch(fill_inputs(batch.inputs, size), labels, weights * (size / n))


def _again(n: int, size: int) -> np.ndarray:
    return np.arange(size) % n
