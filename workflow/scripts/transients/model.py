"""The network: a GRU backbone over light curves with a softmax head (paper, 3.1).

Light curves come right-padded with zeros; the state after the last observation is what
the GRUs hand on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers, ops

from transients.encoding import CHANNELS
from transients.errors import ConfigurationError
from transients.input_layers import AsinhInput
from transients.light_curve_gru import CountPoints, LightCurveGRU

ALL = "all"
"""In place of a list of layer names: every layer is trainable."""


@dataclass(frozen=True)
class Architecture:
    """Layer sizes of the backbone; metadata_units None leaves the metadata out.

    flux is how the network sees it: "linear" (paper) or "asinh", see AsinhInput.
    """

    gru_units: Sequence[int] = (100, 100)
    light_curve_units: int = 100
    metadata_units: int | None = 10
    merged_units: Sequence[int] = (100, 100)
    flux: str = "linear"


def build_backbone(
    architecture: Architecture, convert: keras.Layer | None = None
) -> keras.Model:
    """Return the untrained network up to its last dense layer, called "latent".

    convert is a layer that the light curve goes through before all others.
    """
    light_curve = keras.Input((None, len(CHANNELS)), name="light_curve")
    metadata = keras.Input((1,), name="metadata")
    n_points = CountPoints(name="n_points")(light_curve)
    x = light_curve if convert is None else convert(light_curve)
    if architecture.flux == "asinh":
        x = AsinhInput(name="asinh_input")(x)
    last = len(architecture.gru_units)
    for i, units in enumerate(architecture.gru_units, start=1):
        gru = LightCurveGRU(units, i > 1, last_only=i == last, name=f"gru_{i}")
        x = gru(x, n_points)
    x = layers.Dense(
        architecture.light_curve_units, activation="tanh", name="dense_light_curve"
    )(x)
    if architecture.metadata_units is not None:
        beside = layers.Dense(architecture.metadata_units, name="dense_metadata")
        x = layers.Concatenate(name="merged")([x, beside(metadata)])
    *first, last = architecture.merged_units
    for i, units in enumerate(first, start=1):
        x = layers.Dense(units, activation="relu", name=f"dense_merged_{i}")(x)
    latent = layers.Dense(last, activation="relu", name="latent")(x)
    inputs = {"light_curve": light_curve, "metadata": metadata}
    return keras.Model(inputs, latent, name="backbone")


def build_head(
    n_features: int, n_classes: int, new_layers: Sequence[int]
) -> keras.Model:
    """Return new dense ReLU layers and a softmax over n_classes, as one model."""
    features = keras.Input((n_features,), name="features")
    x = features
    for i, units in enumerate(new_layers, start=1):
        x = layers.Dense(units, activation="relu", name=f"mlp_{i}")(x)
    scores = layers.Dense(
        n_classes, activation="softmax", dtype="float32", name="head"
    )(x)
    return keras.Model({"features": features}, scores, name="new_layers")


def with_head(backbone: keras.Model, head: keras.Model) -> keras.Model:
    """Return the classifier: the backbone followed by the layers of the head."""
    x = backbone.output
    for layer in head.layers[1:]:
        x = layer(x)
    return keras.Model(backbone.input, x, name="classifier")


def freeze_except(model: keras.Model, trainable: Collection[str] | str) -> None:
    """Leave only the named layers of a model trainable ("all": every layer).

    Raises ConfigurationError if the model has no layer of a given name.
    """
    names = [layer.name for layer in model.layers]
    chosen = set(names) if trainable == ALL else set(trainable)
    if unknown := chosen - set(names):
        raise ConfigurationError(
            f"trainable: no layer named {sorted(unknown)}; the network has {names}"
        )
    for layer in model.layers:
        layer.trainable = layer.name in chosen


def backbone_of(classifier: keras.Model) -> keras.Model:
    """Return a classifier without its head: its layers up to "latent"."""
    latent = classifier.get_layer("latent").output
    return keras.Model(classifier.input, latent, name="backbone")


def count_trainable(model: keras.Model) -> int:
    """Number of trainable parameters."""
    return sum(int(ops.size(weight)) for weight in model.trainable_weights)


def describe(model: keras.Model) -> list[dict[str, Any]]:
    """Return each layer's name, type, units, activation, parameters and inputs.

    What only tells other layers where a light curve ends is left out.
    """
    shown = [layer for layer in model.layers if not isinstance(layer, CountPoints)]
    names = {layer.name for layer in shown}
    return [_describe_layer(layer, names) for layer in shown]


def _describe_layer(layer: Any, shown: Collection[str]) -> dict[str, Any]:  # noqa: ANN401
    activation = getattr(layer, "activation", None)
    parents = [
        tensor._keras_history.operation.name
        for node in layer._inbound_nodes[-1:]
        for tensor in node.input_tensors
    ]
    kind = "GRU" if isinstance(layer, LightCurveGRU) else type(layer).__name__
    return {
        "name": layer.name,
        "type": kind,
        "units": getattr(layer, "units", layer.output.shape[-1]),
        "activation": getattr(activation, "__name__", None),
        "parameters": int(layer.count_params()),
        "inputs": [name for name in parents if name in shown],
    }
