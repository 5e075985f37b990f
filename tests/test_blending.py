"""Blends: the weighted geometric mean of other strategies' probabilities."""

import copy

import numpy as np
import pytest
from configurations import DEFAULT

from transients.blending import FLOOR, run_blend
from transients.configuration import seeds_at, strategies_at
from transients.strategies import BlendStrategy, strategy_from_config
from transients.units import Outcome, no_history

ONE = np.array([[0.7, 0.2, 0.1], [0.0, 0.0, 1.0], [0.1, 0.1, 0.8]])
TWO = np.array([[0.1, 0.8, 0.1], [0.5, 0.5, 0.0], [np.nan] * 3])


def blend(**weights):
    others = {"one": ONE, "two": TWO}
    outcomes = {n: Outcome(p, {}, no_history()) for n, p in others.items()}
    return run_blend(BlendStrategy(weights), outcomes).probabilities


def test_a_blend_is_the_weighted_geometric_mean():
    cubed = (ONE + FLOOR) ** 3 * (TWO + FLOOR)
    expected = cubed ** (1 / 4)
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(blend(one=3, two=1), expected)


def test_only_the_ratio_of_weights_counts():
    np.testing.assert_allclose(blend(one=0.3, two=0.1), blend(one=3, two=1))


def test_what_one_of_them_was_not_asked_the_blend_does_not_know():
    found = blend(one=1, two=1)
    np.testing.assert_array_equal(np.isnan(found).any(axis=1), [False, False, True])
    np.testing.assert_allclose(found[:2].sum(axis=1), 1)


def test_a_blend_of_one_keeps_its_order():
    found = blend(one=2)
    floored = ONE + FLOOR
    np.testing.assert_allclose(found, floored / floored.sum(axis=1, keepdims=True))


# Which strategies run at a size.


@pytest.fixture
def bts():
    return copy.deepcopy(DEFAULT["experiments"]["bts"])


def test_without_labels_only_what_needs_none_runs(bts):
    chosen = strategies_at(bts, 0)
    assert set(chosen) == {"zero_shot", "zero_shot_mix", "zero_shot_trees", "best"}
    assert chosen["best"]["of"] == {"zero_shot_mix": 1, "zero_shot_trees": 1}
    blended = strategy_from_config(chosen["best"])
    assert set(blended.refers_to) <= set(chosen)


def test_a_blend_leaves_out_what_does_not_run_at_a_size(bts):
    bts["strategies"]["zero_shot_trees"]["n_train"] = [0, 100]
    assert "zero_shot_trees" in strategies_at(bts, 100)["best"]["of"]
    at_200 = strategies_at(bts, 200)["best"]["of"]
    assert at_200 == {"zero_shot_mix": 1, "features_and_scores": 2}
    said = bts["strategies"]["best"]["of"]
    assert said == DEFAULT["experiments"]["bts"]["strategies"]["best"]["of"]


def test_a_blend_of_nothing_does_not_run(bts):
    bts["strategies"]["best"]["of"] = {"features": 1, "transfer": 1}
    assert "best" not in strategies_at(bts, 0)
    assert "best" in strategies_at(bts, 100)


def test_without_labels_there_is_one_run(bts):
    assert list(seeds_at(bts, 0)) == [0]
    assert list(seeds_at(bts, 50)) == list(range(bts["seeds"]))
