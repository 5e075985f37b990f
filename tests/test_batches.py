"""Batches: every row once an epoch, decided by a seed, with little padding."""

from itertools import chain

import numpy as np
import pytest
from toys import TINY, mixed_lengths, model_input

from transients.augmentation import Augmentation
from transients.batches import (
    Batches,
    embedding_source,
    in_batches,
    light_curve_source,
)
from transients.model import build_backbone, build_head, with_head
from transients.training import Recipe, train


def rows_only(rows, _):
    return {"features": rows}


def batches_of(n, batch_size=4, seed=1, fetch=rows_only, **more):
    rows = np.arange(100, 100 + n)
    lengths = mixed_lengths(100 + n)
    return Batches(fetch, rows, lengths, batch_size, shuffle_seed=seed, **more)


def rows_of(batches, epoch=1):
    return [list(batch.inputs["features"]) for batch in batches.epoch(epoch)]


@pytest.mark.parametrize("n", [3, 10, 64, 333])
@pytest.mark.parametrize("seed", [None, 0, 1])
def test_every_row_comes_once_an_epoch(n, seed):
    batches = batches_of(n, seed=seed)
    assert len(batches) == -(-n // 4)
    for epoch in (1, 2, 3):
        rows = rows_of(batches, epoch)
        assert sorted(chain(*rows)) == list(range(100, 100 + n))
        assert len(rows) == len(batches)


def test_training_sees_every_row_once_an_epoch_each_time_in_another_order():
    given = model_input(np.array([9] * 20 + [5, 12]))
    seen = []

    def spy(rows, rng):
        seen.append(rows.tolist())
        return light_curve_source(given)(rows, rng)

    batches = Batches(
        spy, np.arange(22), given.lengths, 4, labels=given.labels, shuffle_seed=1
    )
    model = with_head(build_backbone(TINY), build_head(8, 3, []))
    train(model, batches, None, Recipe(epochs=3))
    last = seen[-18:]  # before them a batch is traced
    epochs = [list(chain(*last[i : i + 6])) for i in (0, 6, 12)]
    assert all(sorted(epoch) == list(range(22)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 3


def test_a_batch_depends_on_seed_epoch_and_number_alone():
    def draws(rows, rng):
        return {"features": rows, "draw": rng.random(2)}

    def items(batches, epoch):
        return [tuple(batch.inputs["draw"]) for batch in batches.epoch(epoch)]

    first, second = batches_of(20, fetch=draws), batches_of(20, fetch=draws)
    later = items(first, 2)
    assert items(second, 1) == items(first, 1)
    assert items(second, 2) == later
    other = items(batches_of(20, seed=2, fetch=draws), 1)
    everything = [*items(first, 1), *later, *other]
    assert len(set(everything)) == len(everything)


def test_labels_and_weights_go_with_their_rows():
    labels, weights = np.arange(200), np.arange(200) / 2
    for batch in batches_of(10, labels=labels, weights=weights).epoch(1):
        np.testing.assert_array_equal(batch.labels, batch.inputs["features"])
        np.testing.assert_array_equal(batch.weights, batch.inputs["features"] / 2)
    bare = next(batches_of(10).epoch(1))
    assert bare.labels is None
    assert bare.weights is None


def test_light_curves_and_metadata_are_those_of_the_rows():
    given = model_input([2, 5, 3])
    rows = np.array([2, 0])
    inputs = light_curve_source(given)(rows, np.random.default_rng(0))
    np.testing.assert_array_equal(inputs["light_curve"], given.padded(rows))
    np.testing.assert_array_equal(inputs["metadata"], given.metadata[rows])
    embeddings = np.arange(12.0).reshape(3, 4)
    cached = embedding_source(embeddings)(rows, np.random.default_rng(0))
    np.testing.assert_array_equal(cached["features"], embeddings[[2, 0]])


def test_augmentation_is_drawn_anew_each_epoch():
    given = model_input(mixed_lengths(8))
    fetch = light_curve_source(given, Augmentation(noise=1.0))
    batches = Batches(fetch, np.arange(8), given.lengths, 8, shuffle_seed=1)
    first, again, later = (
        next(batches.epoch(epoch)).inputs["light_curve"] for epoch in (1, 1, 2)
    )
    np.testing.assert_array_equal(again, first)
    assert not np.array_equal(np.sort(later), np.sort(first))


def padded_share(batches, lengths):
    padded = sum(lengths[rows].max() * len(rows) for rows in batches)
    return 1 - lengths.sum() / padded


def test_long_lists_are_padded_less_than_in_random_order():
    lengths = np.random.default_rng(0).lognormal(4, 0.6, 5000).astype(int) + 1
    rows = np.arange(5000)
    shuffled = np.array_split(np.random.default_rng(1).permutation(rows), 5000 // 128)
    ours = in_batches(rows, lengths, 128, np.random.default_rng(1))
    assert padded_share(shuffled, lengths) > 0.6
    assert padded_share(ours, lengths) < 0.25
    sizes = [len(batch) for batch in ours]
    assert (max(sizes), sum(sizes)) == (128, 5000)
    spread = [np.ptp(np.flatnonzero(np.isin(rows, b))) for b in ours]
    assert np.median(spread) > 4000  # batches stay mixed in everything else


def test_short_lists_are_sorted_by_halves_only():
    """Sorting all of a few batches would put light curves of one class together."""
    lengths = np.arange(1, 81)
    batches = in_batches(np.arange(80), lengths, 10, np.random.default_rng(0))
    means = np.sort([batch.mean() for batch in batches])
    halves = means.reshape(4, 2)  # two batches of each quarter of the lengths
    assert np.all(np.diff(halves.mean(axis=1)) > 10)
    assert np.all(np.ptp(halves, axis=1) < 10)
    two = in_batches(np.arange(80), lengths, 40, np.random.default_rng(0))
    assert all(np.ptp(batch) > 60 for batch in two)


def test_without_a_seed_rows_come_sorted_by_length():
    batches = batches_of(50, seed=None)
    lengths = mixed_lengths(150)[np.concatenate(batches.order(1))]
    assert np.all(np.diff(lengths) >= 0)
