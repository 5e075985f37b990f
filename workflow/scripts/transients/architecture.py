"""The network and the transfer set-up in words, for the schematic of Figure 2."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras

from transients.configuration import source_classes
from transients.model import (
    Architecture,
    build_backbone,
    build_head,
    describe,
    freeze_except,
    with_head,
)
from transients.published_weights import ARCHITECTURE


def describe_setup(architecture: Architecture, params: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the source networks' layers and, for each target, its transfer's.

    params holds the configuration's experiments (those that run), datasets and
    sources. Layers are described as by model.describe; those of a target also tell
    their state: "frozen", "fine-tuned" or "new". Each target has the name of its source
    model; the layers beside the targets are those of the first of these names.
    """
    names = sorted({e["source"] for e in params.experiments.values()})
    sources = {name: _describe_source(name, architecture, params) for name in names}
    targets = {}
    for name, experiment in params.experiments.items():
        if "transfer" in experiment["strategies"]:
            strategy = experiment["strategies"]["transfer"]
            n_classes = len(params.datasets[experiment["dataset"]]["classes"])
            own = _architecture_of(params.sources[experiment["source"]], architecture)
            layers = describe_transfer(own, strategy, n_classes)
            targets[name] = {
                "strategy": "transfer",
                "source": experiment["source"],
                "layers": layers,
            }
    drawn = sources[names[0]]
    return {
        "layers": drawn["layers"],
        "source": drawn["datasets"],
        "sources": {
            name: {"datasets": of["datasets"], "alike": of["layers"] == drawn["layers"]}
            for name, of in sources.items()
        },
        "targets": targets,
    }


def _describe_source(name: str, architecture: Architecture, params: Any) -> Any:  # noqa: ANN401
    """Return the data sets and layers of a source model."""
    section = params.sources[name]
    config = {"sources": params.sources, "datasets": params.datasets}
    n_classes = len(source_classes(config, name))
    own = _architecture_of(section, architecture)
    return {
        "datasets": " + ".join(section.get("datasets", [name])),
        "layers": describe(_untrained(own, n_classes, [])),
    }


def _architecture_of(
    source: dict[str, Any], architecture: Architecture
) -> Architecture:
    """Return the architecture of a source model, given that of the configuration."""
    if "weights" in source:
        return ARCHITECTURE
    return replace(architecture, flux=source["flux"])


def describe_transfer(
    architecture: Architecture, strategy: dict[str, Any], n_classes: int
) -> list[dict[str, Any]]:
    """Return the layers of a transfer strategy with the state of each."""
    model = _untrained(architecture, n_classes, strategy["new_layers"])
    old = {layer.name for layer in build_backbone(architecture).layers}
    if strategy["head"] == "kept":
        old.add("head")
    freeze_except(model, strategy["trainable"])
    model.get_layer("head").trainable = True
    return [
        {**layer, "state": _state(layer["name"], model, old)}
        for layer in describe(model)
    ]


def _untrained(
    architecture: Architecture, n_classes: int, new_layers: list[int]
) -> keras.Model:
    backbone = build_backbone(architecture)
    return with_head(
        backbone, build_head(backbone.output.shape[-1], n_classes, new_layers)
    )


def _state(name: str, model: keras.Model, old: set[str]) -> str:
    if name not in old:
        return "new"
    return "fine-tuned" if model.get_layer(name).trainable else "frozen"
