"""The network of a strategy: which layers are new, kept, merged, frozen, trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

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
from transients.pretraining import load_classifier
from transients.strategies import NetworkStrategy


@dataclass(frozen=True)
class Source:
    """A saved source model and the classes that its head knows."""

    path: Path
    classes: tuple[str, ...]


@dataclass(frozen=True)
class TargetClasses:
    """The classes of a target, and how a source's are brought to them.

    class_map: source class -> target class; a class of the target's own name needs no
    entry.
    class_mix: how often each target class is known to occur, in any unit.
    """

    names: tuple[str, ...]
    class_map: Mapping[str, str] | None = None
    class_mix: Mapping[str, float] | None = None

    @property
    def shares(self) -> NDArray[np.float64]:
        """The known share of each class, (n_classes,), which sum to 1.

        Raises ConfigurationError where the class mix is not known.
        """
        if self.class_mix is None:
            raise ConfigurationError(
                "a strategy asks for the class mix: give the experiment's class_mix"
            )
        numbers = np.array([self.class_mix[name] for name in self.names], dtype=float)
        return numbers / numbers.sum()

    @property
    def with_own_names(self) -> dict[str, str]:
        """The class map with the target's own classes in it."""
        return {name: name for name in self.names} | dict(self.class_map or {})

    def of_source(self, source_classes: Sequence[str]) -> list[list[int]]:
        """Positions of the source classes that make up each target class.

        Raises ConfigurationError for a target class that the source does not know.
        """
        mapped = [self.with_own_names.get(name) for name in source_classes]
        members = [[i for i, to in enumerate(mapped) if to == n] for n in self.names]
        for name, places in zip(self.names, members, strict=True):
            if not places:
                raise ConfigurationError(
                    f"class {name!r} has no counterpart among the source's classes"
                    f" {list(source_classes)}: name one in the experiment's class_map,"
                    " or take a new head"
                )
        return members


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
        backbone = build_backbone(architecture)
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
        x = layer(x)
    return keras.Model({"features": features}, x, name="head_alone")
