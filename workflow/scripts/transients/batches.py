"""Batches of light curves of similar length, in an order decided by a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transients.augmentation import Augmentation, augment
from transients.encoding import ModelInput

POOL = 16
"""Batches whose light curves are sorted by length together, out of a shuffled pool."""

Rows = NDArray[np.int64]
Inputs = dict[str, NDArray[np.float32]]
Fetch = Callable[[Rows, np.random.Generator], Inputs]


def light_curve_source(
    model_input: ModelInput, augmentation: Augmentation | None = None
) -> Fetch:
    """Return what fetches light_curve (B, T, 4) and metadata (B, 1) of given rows."""

    def fetch(rows: Rows, rng: np.random.Generator) -> Inputs:
        light_curves = model_input.padded(rows)
        if augmentation is not None:
            light_curves = augment(light_curves, augmentation, rng)
        return {
            "light_curve": light_curves,
            "metadata": np.asarray(model_input.metadata[rows]),
        }

    return fetch


def embedding_source(embeddings: NDArray[np.float32]) -> Fetch:
    """Return what fetches features (B, units), the cached embeddings of given rows."""
    return lambda rows, _: {"features": embeddings[rows]}


def in_batches(
    rows: Rows, lengths: Rows, batch_size: int, rng: np.random.Generator | None
) -> list[Rows]:
    """Split rows into batches; lengths (n,) are those of the same rows.

    With a generator, rows are shuffled and sorted by length inside pools of POOL
    batches, or half of all batches if those are fewer: little is padded, and batches
    stay mixed in class, which length tells something of. The order of the batches is
    shuffled again. Without a generator, rows are sorted by length throughout.
    """
    order = np.arange(len(rows)) if rng is None else rng.permutation(len(rows))
    half = -(-len(rows) // batch_size) // 2
    pool = len(rows) if rng is None else max(1, min(POOL, half)) * batch_size
    batches = []
    for start in range(0, len(rows), pool):
        some = order[start : start + pool]
        some = some[np.argsort(lengths[some], kind="stable")]
        batches += [
            rows[some[i : i + batch_size]] for i in range(0, len(some), batch_size)
        ]
    if rng is not None:
        batches = [batches[i] for i in rng.permutation(len(batches))]
    return batches


class Batch(NamedTuple):
    """What a network is shown at once: arrays of the same first axis."""

    inputs: Inputs
    labels: NDArray[np.int64] | None
    weights: NDArray[np.float32] | None

    @property
    def size(self) -> int:
        """Length of the first axis."""
        return len(next(iter(self.inputs.values())))


@dataclass(frozen=True)
class Batches:
    """The batches of every epoch; labels, weights and lengths are those of all rows.

    With a shuffle_seed each epoch has a new order, and a batch depends on (seed, epoch,
    its number) alone. Without, batches come sorted by length.
    """

    fetch: Fetch
    rows: Rows
    lengths: Rows
    batch_size: int
    labels: NDArray[np.int64] | None = None
    weights: NDArray[np.float32] | None = None
    shuffle_seed: int | None = None

    def __len__(self) -> int:
        return -(-len(self.rows) // self.batch_size)

    @property
    def largest(self) -> int:
        """Rows of the largest batch."""
        return min(self.batch_size, len(self.rows))

    def order(self, epoch: int) -> list[Rows]:
        """Return the rows of each batch of an epoch (from 1)."""
        lengths = np.asarray(self.lengths[self.rows])
        shuffled = self.shuffle_seed is not None
        rng = np.random.default_rng(self._state(epoch)) if shuffled else None
        return in_batches(self.rows, lengths, self.batch_size, rng)

    def epoch(self, epoch: int) -> Iterator[Batch]:
        """Yield the batches of an epoch (from 1)."""
        for number, rows in enumerate(self.order(epoch), start=1):
            inputs = self.fetch(rows, np.random.default_rng(self._state(epoch, number)))
            yield Batch(inputs, _of(rows, self.labels), _of(rows, self.weights))

    def _state(self, *parts: int) -> list[int]:
        return [self.shuffle_seed or 0, *parts]


def _of(rows: Rows, values: NDArray[Any] | None) -> NDArray[Any] | None:
    return None if values is None else values[rows]
