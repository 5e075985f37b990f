"""The network of a strategy: which layers are new, kept, merged, frozen, trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import keras

from transients.errors import ConfigurationError
from transients.merged_head import with_merged_head
from transients.model import (
    Architecture,
    backbone_of,
    build_backbone,
    build_head,
    freeze_except,
    with_head,
)
from transients.saved_networks import load_classifier
from transients.strategies import NetworkStrategy
from transients.target_classes import TargetClasses


@dataclass(frozen=True)
class Source:
    """A saved source model and the classes that its head knows."""

    path: Path
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """The whole classifier, the part of it that training sees, and the rest.

    Where the backbone is frozen as a whole, `trained` is the head alone, which shares
    its weights with `whole`, and is fed with the outputs of `frozen_backbone`.
    """

    whole: keras.Model
    trained: keras.Model
    frozen_backbone: keras.Model | None = None


def build_network(
    strategy: NetworkStrategy,
    architecture: Architecture,
    classes: TargetClasses,
    source: Source | None,
) -> Network:
    """Return a network of a strategy, its layers frozen as the strategy says.

    Raises ConfigurationError where a source is needed and missing, has other classes
    than a kept or merged head needs, or lacks a layer named in trainable.
    """
    whole = _classifier(strategy, architecture, classes, source)
    if not strategy.frozen_backbone:
        return Network(whole, whole)
    return Network(whole, _head_of(whole), backbone_of(whole))


def _classifier(
    strategy: NetworkStrategy,
    architecture: Architecture,
    classes: TargetClasses,
    source: Source | None,
) -> keras.Model:
    if not strategy.sources:
        flux = strategy.flux or architecture.flux
        backbone = build_backbone(replace(architecture, flux=flux))
        return _with_new_head(backbone, len(classes.names), strategy.new_layers)
    if source is None:
        raise ConfigurationError("a strategy starts from a source, but none is given")
    pretrained = load_classifier(source.path)
    if strategy.head == "kept":
        return _with_kept_head(pretrained, classes.names, strategy.trainable, source)
    if strategy.head == "merged":
        members = classes.of_source(source.classes)
        freeze_except(pretrained, strategy.trainable)
        shares = classes.shares if strategy.class_mix else None
        return with_merged_head(pretrained, members, shares)
    backbone = backbone_of(pretrained)
    freeze_except(backbone, strategy.trainable)
    return _with_new_head(backbone, len(classes.names), strategy.new_layers)


def _with_new_head(
    backbone: keras.Model, n_classes: int, new_layers: Sequence[int]
) -> keras.Model:
    head = build_head(backbone.output.shape[-1], n_classes, new_layers)
    return with_head(backbone, head)


def _with_kept_head(
    pretrained: keras.Model,
    classes: Sequence[str],
    trainable: Sequence[str] | str,
    source: Source,
) -> keras.Model:
    if tuple(source.classes) != tuple(classes):
        raise ConfigurationError(
            "the head can only be kept where source and target have the same classes"
            f" in the same order: the source has {list(source.classes)}, the target"
            f" {list(classes)}"
        )
    freeze_except(pretrained, trainable)
    pretrained.get_layer("head").trainable = True
    return pretrained


def _head_of(classifier: keras.Model) -> keras.Model:
    """Return the layers behind "latent" as a model of their own, sharing weights."""
    names = [layer.name for layer in classifier.layers]
    latent = classifier.get_layer("latent").output
    features = keras.Input(latent.shape[1:], name="features")
    x = features
    for layer in classifier.layers[names.index("latent") + 1 :]:
        if not isinstance(layer, keras.layers.InputLayer):  # metadata that nothing uses
            x = layer(x)
    return keras.Model({"features": features}, x, name="head_alone")
