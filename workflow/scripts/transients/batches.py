"""Batches of light curves of similar length, in an order decided by a seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
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
    batches, so that little is padded and batches stay mixed in class; the order of
    the batches is shuffled again. At most half a pool of rows stays in random order.
    Without a generator, rows are sorted by length throughout.
    """
    order = np.arange(len(rows)) if rng is None else rng.permutation(len(rows))
    pool = len(rows) if rng is None else POOL * batch_size
    batches = []
    for start in range(0, len(rows), pool):
        some = order[start : start + pool]
        if rng is None or len(rows) > pool // 2:
            some = some[np.argsort(lengths[some], kind="stable")]
        batches += [
            rows[some[i : i + batch_size]] for i in range(0, len(some), batch_size)
        ]
    if rng is not None:
        batches = [batches[i] for i in rng.permutation(len(batches))]
    return batches


class Batches(keras.utils.PyDataset):
    """What Keras trains on: each epoch a new order, drawn from (seed, epoch).

    Items are (inputs, labels, weights); without weights (inputs, labels), without
    labels (inputs,). A batch depends on (seed, epoch, its number) alone, however
    often and early Keras asks for it.
    """

    def __init__(
        self,
        fetch: Fetch,
        rows: Rows,
        lengths: Rows,
        batch_size: int,
        *,
        labels: NDArray[np.int64] | None = None,
        weights: NDArray[np.float32] | None = None,
        shuffle_seed: int | None = None,
    ) -> None:
        super().__init__()
        self.fetch = fetch
        self.rows = rows
        self.row_lengths = np.asarray(lengths[rows])
        self.batch_size = batch_size
        self.labels = labels
        self.weights = weights
        self.seed = shuffle_seed
        self.epoch = 1
        self._arrange()

    def _arrange(self) -> None:
        rng = None if self.seed is None else np.random.default_rng(self._state())
        self.order = in_batches(self.rows, self.row_lengths, self.batch_size, rng)

    def _state(self, *more: int) -> list[int]:
        return [self.seed or 0, self.epoch, *more]

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        rows = self.order[index]
        inputs = self.fetch(rows, np.random.default_rng(self._state(index + 1)))
        if index < 2:
            inputs = _of_length(inputs, even=index == 0)
        item: tuple[Any, ...] = (inputs,)
        if self.labels is not None:
            item += (self.labels[rows],)
        if self.weights is not None:
            item += (self.weights[rows],)
        return item

    def on_epoch_end(self) -> None:
        """Draw the next epoch's order."""
        self.epoch += 1
        if self.seed is not None:
            self._arrange()


def _of_length(inputs: Inputs, *, even: bool) -> Inputs:
    """Pad light curves to an even, or else an odd, number of steps.

    Keras reads off its first two batches which axes vary; if both happened to have
    the same length, every later batch of another length would be refused. So the
    first is even, the second odd.
    """
    if "light_curve" not in inputs:
        return inputs
    light_curves = inputs["light_curve"]
    more = light_curves.shape[1] % 2 if even else 1 - light_curves.shape[1] % 2
    longer = np.pad(light_curves, ((0, 0), (0, more), (0, 0)))
    return {**inputs, "light_curve": longer}
