"""The strategies of an exported model, loaded, and what they say of light curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.batches import light_curve_source
from transients.blending import blend
from transients.encoding import Encoding, ModelInput
from transients.errors import DataError
from transients.exported_model import DESCRIPTION, ExportedStrategy
from transients.features import extract
from transients.network_training import geometric_mean
from transients.saved_networks import load_classifier
from transients.saved_trees import load_trees
from transients.training import predict
from transients.tree_training import by_class_mix, with_scores

Probabilities = NDArray[np.float64]


@dataclass
class Shown:
    """n light curves, and what strategies have said of them: (n, n_classes) by name."""

    model_input: ModelInput
    encoding: Encoding
    answers: dict[str, Probabilities] = field(default_factory=dict)

    @cached_property
    def features(self) -> pd.DataFrame:
        """Their features, which are measured when they are first asked for."""
        return extract(self.model_input, self.encoding)


class LoadedStrategy(Protocol):
    """A strategy that answers, after those that it refers to."""

    name: str

    def answer(self, shown: Shown) -> Probabilities:
        """Return the probabilities (n, n_classes) of n light curves."""


def load_strategy(
    described: ExportedStrategy, classes: Sequence[str]
) -> LoadedStrategy:
    """Return a strategy, its files read; raises DataError if they are not its own."""
    if described.kind == "network":
        return _Networks(described, classes)
    if described.kind == "trees":
        return _Trees(described, classes)
    return _Blend(described)


class _Networks:
    def __init__(self, described: ExportedStrategy, classes: Sequence[str]) -> None:
        self.name = described.name
        self._networks = [load_classifier(path) for path in described.files]
        for path, network in zip(described.files, self._networks, strict=True):
            if network.output.shape[-1] != len(classes):
                raise DataError(f"{path}: its classes are not those of {DESCRIPTION}")

    def answer(self, shown: Shown) -> Probabilities:
        given = shown.model_input
        rows, fetch = np.arange(len(given)), light_curve_source(given)
        said = [predict(n, fetch, rows, given.lengths) for n in self._networks]
        return said[0].astype(float) if len(said) == 1 else geometric_mean(said)


class _Trees:
    def __init__(self, described: ExportedStrategy, classes: Sequence[str]) -> None:
        self.name, self._described = described.name, described
        (path,) = described.files
        self._trees = load_trees(path, classes)
        self._classes = classes

    def answer(self, shown: Shown) -> Probabilities:
        scores = {name: shown.answers[name] for name in self._described.scores_of}
        table = with_scores(shown.features, self._classes, scores)
        probabilities = self._trees.predict(table)
        if self._described.shares is None:
            return probabilities
        return by_class_mix(probabilities, np.array(self._described.shares))


class _Blend:
    def __init__(self, described: ExportedStrategy) -> None:
        self.name, self._of = described.name, described.of

    def answer(self, shown: Shown) -> Probabilities:
        return blend(self._of, shown.answers)
