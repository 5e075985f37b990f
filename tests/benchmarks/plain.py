"""The plain way: Keras as its users write it, on arrays padded to N_t with a mask.

Layer sizes, optimiser, batch size, class weights and stopping are the engine's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from transients.encoding import CHANNELS, ModelInput
from transients.model import Architecture

from .light_curves import N_T

PREDICTION_BATCH = 512
"""The engine's; at Keras' own default of 32 the plain way takes half as long again."""


def padded(model_input: ModelInput) -> dict[str, NDArray[np.float32]]:
    """Return all light curves (n, N_T, 4) and their metadata (n, 1)."""
    light_curves = np.zeros((len(model_input), N_T, len(CHANNELS)), np.float32)
    starts = model_input.offsets
    for i in range(len(model_input)):
        points = model_input.points[starts[i] : starts[i + 1]]
        light_curves[i, : len(points)] = points
    return {"light_curve": light_curves, "metadata": np.array(model_input.metadata)}


def classifier(architecture: Architecture, n_classes: int) -> keras.Model:
    """Return the paper's network with a mask; layers have the engine's names."""
    light_curve = keras.Input((N_T, len(CHANNELS)), name="light_curve")
    metadata = keras.Input((1,), name="metadata")
    x = layers.Masking(0.0)(light_curve)
    *first, last = architecture.gru_units
    for i, units in enumerate(first, start=1):
        x = layers.GRU(units, return_sequences=True, name=f"gru_{i}")(x)
    x = layers.GRU(last, name=f"gru_{len(first) + 1}")(x)
    x = layers.Dense(
        architecture.light_curve_units, activation="tanh", name="dense_light_curve"
    )(x)
    beside = layers.Dense(architecture.metadata_units, name="dense_metadata")(metadata)
    x = layers.Concatenate()([x, beside])
    *first, last = architecture.merged_units
    for i, units in enumerate(first, start=1):
        x = layers.Dense(units, activation="relu", name=f"dense_merged_{i}")(x)
    x = layers.Dense(last, activation="relu", name="latent")(x)
    x = layers.Dense(n_classes, activation="softmax", name="head")(x)
    return keras.Model({"light_curve": light_curve, "metadata": metadata}, x)


def with_weights_of(
    engine: keras.Model, architecture: Architecture, n_classes: int
) -> keras.Model:
    """Return the plain classifier with the weights of the engine's."""
    model = classifier(architecture, n_classes)
    for layer in model.layers:
        if layer.weights:
            layer.set_weights(engine.get_layer(layer.name).get_weights())
    return model


def transferred(pretrained: keras.Model, n_classes: int) -> keras.Model:
    """Return a pretrained classifier, all of it frozen, under a new head."""
    pretrained.trainable = False
    latent = pretrained.get_layer("latent").output
    head = layers.Dense(n_classes, activation="softmax", name="new_head")
    return keras.Model(pretrained.input, head(latent))


def compile_for(model: keras.Model, learning_rate: float) -> None:
    """Make a model ready to train."""
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
    )


def class_weight(labels: NDArray[np.int64]) -> dict[int, float]:
    """Return weights that make every class count alike (paper, section 3.1)."""
    names, counts = np.unique(labels, return_counts=True)
    weights = len(labels) / (len(names) * counts)
    return dict(zip(names.tolist(), weights.tolist(), strict=True))


def some(data: Mapping[str, Any], rows: NDArray[np.int64]) -> dict[str, Any]:
    """Return the given rows of every array."""
    return {name: array[rows] for name, array in data.items()}
