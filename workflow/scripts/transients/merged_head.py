"""A head for the target's classes, made from the source's by adding up its classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from transients.model import backbone_of


@keras.saving.register_keras_serializable("transients")
class MergeClasses(keras.Layer):
    """Probabilities of merged classes from logits of finer ones.

    members holds, for each merged class, the positions of its logits. The probability
    of a merged class is the sum over its members, that is the softmax of the
    log-sum-exp of their logits; logits that belong to no merged class are dropped.
    shares, one for each merged class, weight these sums: Bayes' theorem, where the
    finer classes were equally likely to begin with.
    """

    def __init__(
        self,
        members: Sequence[Sequence[int]],
        shares: Iterable[float] | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(**kwargs)
        self.members = [list(places) for places in members]
        self.shares = None if shares is None else [float(share) for share in shares]
        self.bias = [0.0] * len(self.members)
        if self.shares is not None:
            sizes = [len(places) for places in self.members]
            self.bias = list(np.log(self.shares) - np.log(sizes))

    def call(self, logits: keras.KerasTensor) -> keras.KerasTensor:
        """Return probabilities (B, merged classes) of logits (B, finer classes)."""
        logits = ops.cast(logits, "float32")
        merged = [
            ops.logsumexp(ops.take(logits, places, axis=-1), axis=-1) + bias
            for places, bias in zip(self.members, self.bias, strict=True)
        ]
        return ops.softmax(ops.stack(merged, axis=-1))

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is rebuilt from."""
        own = {"members": self.members, "shares": self.shares}
        return {**super().get_config(), **own}


def with_merged_head(
    pretrained: keras.Model,
    members: Sequence[Sequence[int]],
    shares: Iterable[float] | None = None,
) -> keras.Model:
    """Return the classifier of merged classes, which starts as the source model is.

    members and shares are those of MergeClasses. Its layer "source_logits", trainable,
    has the weights of the source's softmax.
    """
    backbone = backbone_of(pretrained)
    kernel, bias = pretrained.get_layer("head").get_weights()
    logits = layers.Dense(kernel.shape[1], dtype="float32", name="source_logits")
    x = logits(backbone.output)
    logits.set_weights([kernel, bias])
    merged = MergeClasses(members, shares, dtype="float32", name="head")(x)
    return keras.Model(backbone.input, merged, name="classifier")
