"""The engine as the items call it: the paper's network on a whole model input."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from transients.batches import Batches, light_curve_source
from transients.encoding import ModelInput
from transients.model import Architecture, build_backbone, build_head, with_head
from transients.training import Recipe, train

from .light_curves import N_CLASSES

ARCHITECTURE = Architecture()
CLASS_WEIGHTS = np.linspace(0.5, 1.5, N_CLASSES, dtype=np.float32)


def classifier() -> keras.Model:
    """Return the paper's network with new weights, the same every time."""
    keras.utils.set_random_seed(1)
    backbone = build_backbone(ARCHITECTURE)
    return with_head(backbone, build_head(backbone.output.shape[-1], N_CLASSES, []))


def batches(data: ModelInput, batch_size: int, shuffled: bool = True) -> Batches:
    """Return the batches of all light curves."""
    return Batches(
        light_curve_source(data),
        np.arange(len(data)),
        data.lengths,
        batch_size,
        labels=data.labels,
        weights=CLASS_WEIGHTS[data.labels],
        shuffle_seed=1 if shuffled else None,
    )


def one_epoch(data: ModelInput, batch_size: int) -> Callable[[], float]:
    """Return what trains one epoch and says how many light curves a second it took.

    One epoch is trained at once, to be over with tracing.
    """
    model = classifier()
    shown = batches(data, batch_size)
    recipe = Recipe(epochs=1, batch_size=batch_size)
    train(model, shown, None, recipe)
    return lambda: len(data) / train(model, shown, None, recipe).seconds
