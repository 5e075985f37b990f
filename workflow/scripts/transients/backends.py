"""Which of Keras' backends computes, and how precisely."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from transients.errors import ConfigurationError

PRECISIONS = ("float32", "tf32", "bfloat16")


def choose_backend(compute: Mapping[str, str]) -> None:
    """Let Keras, not yet imported, compute as the section `compute` says.

    Its precision is that of matrix products: "float32" with all bits, also on GPUs that
    would round unasked; "tf32" with factors of 10 bits, where a GPU has that;
    "bfloat16" with inputs and activations of 8 bits, weights still of float32 (Keras'
    mixed_bfloat16).
    Raises ConfigurationError for a backend that is not installed, and for one of other
    names than BACKENDS, which is not looked for: of a dotted name Python would run what
    stands before the dot. So it does for a precision that is none of PRECISIONS.
    """
    backend, precision = compute["backend"], compute["precision"]
    for key, known in (("backend", BACKENDS), ("precision", PRECISIONS)):
        if compute[key] not in known:
            raise ConfigurationError(
                f"compute.{key} is {compute[key]!r}, not one of {', '.join(known)}"
            )
    if find_spec(backend) is None:
        raise ConfigurationError(
            f"compute.backend is {backend}, which is not installed: install it beside"
            f" TensorFlow, `.venv/bin/python -m pip install {backend}`, or set"
            " compute.backend to tensorflow"
        )
    os.environ["KERAS_BACKEND"] = backend
    import keras

    policy = "mixed_bfloat16" if precision == "bfloat16" else "float32"
    keras.config.set_dtype_policy(policy)
    _ROUND[backend](importlib.import_module(backend), precision == "tf32")


def computed_with(compute: Mapping[str, str]) -> str:
    """Backend and precision in words, for tables."""
    return f"{compute['backend']}, {compute['precision']}"


def _tensorflow(tf: Any, allowed: bool) -> None:  # noqa: ANN401
    tf.config.experimental.enable_tensor_float_32_execution(allowed)


def _jax(jax: Any, allowed: bool) -> None:  # noqa: ANN401
    precision = "tensorfloat32" if allowed else "float32"
    jax.config.update("jax_default_matmul_precision", precision)


def _torch(torch: Any, allowed: bool) -> None:  # noqa: ANN401
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


_ROUND = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
"""What allows or forbids TF32 in each backend."""

BACKENDS = tuple(_ROUND)
