"""Several surveys, learnt from at once: wavelength is an input, so they mix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from transients.encoding import ModelInput


@dataclass(frozen=True)
class Surveys:
    """Light curves of one survey or several.

    The labels of model_input are positions in classes, which are those of all surveys
    in the order of their first appearance; survey (n,) numbers each object's survey.
    """

    model_input: ModelInput
    classes: tuple[str, ...]
    survey: NDArray[np.int64]

    def strata(self, labels: NDArray[np.int64], n_classes: int) -> NDArray[np.int64]:
        """Number the pairs of survey and class, (n,), given the class of each object.

        Class weights by stratum let no survey drown another: each class of each survey
        weighs as much, however many of its light curves there are.
        """
        return self.survey * n_classes + labels


def join_surveys(surveys: Sequence[tuple[ModelInput, Sequence[str]]]) -> Surveys:
    """Return surveys, each a model input and the classes of its labels, as one.

    Several are copied into memory; one stays as it is, memory-mapped or not.
    """
    classes = tuple(dict.fromkeys(name for _, names in surveys for name in names))
    parts = [
        replace(part, labels=np.array([classes.index(c) for c in names])[part.labels])
        for part, names in surveys
    ]
    survey = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return Surveys(_concatenated(parts), classes, survey)


def _concatenated(parts: Sequence[ModelInput]) -> ModelInput:
    if len(parts) == 1:
        return parts[0]

    def together(arrays: Iterable[NDArray]) -> NDArray:
        return np.concatenate(list(arrays))

    lengths = together(part.lengths for part in parts)
    return ModelInput(
        points=together(part.points for part in parts),
        offsets=np.append(0, np.cumsum(lengths)).astype(np.int64),
        metadata=together(part.metadata for part in parts),
        labels=together(part.labels for part in parts),
        object_id=together(part.object_id for part in parts),
    )
