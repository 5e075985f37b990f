"""Labels that mean nothing are told apart no better than by chance."""

from dataclasses import replace

import numpy as np
import pytest
from unit_toys import TRANSFER, ZERO_SHOT, the_unit

from transients.fine_tuning import run_unit
from transients.strategies import BlendStrategy, TreeStrategy
from transients.trees import TreeRecipe

SEEDS, LABELLED, OBJECTS = 6, 40, 120
FOREST = TreeRecipe(n_estimators=30)
STRATEGIES = {
    "transfer": TRANSFER,
    "zero_shot": ZERO_SHOT,
    "features": TreeStrategy(FOREST),
    "features_and_scores": TreeStrategy(FOREST, scores_of=["zero_shot"]),
    "best": BlendStrategy({"features_and_scores": 2, "zero_shot": 1}),
}
SIGMA = 4
"""Standard deviations allowed; of 15 numbers one is beyond in 0.1 % of the cases."""


def permuted(unit, seed):
    """The unit with the labels of all its objects permuted."""
    given = unit.target.model_input
    labels = np.random.default_rng([99, seed]).permutation(given.labels)
    target = replace(unit.target, model_input=replace(given, labels=labels))
    return replace(unit, target=target)


def spread_by_chance(scores):
    """Standard deviation of a class's AUROC where all orders are equally likely.

    That of the Mann-Whitney U statistic over the number of pairs: (p + n + 1) / 12 p n
    for p objects of the class and n others; ties make it smaller.
    """
    positive = scores["n_test_class"]
    negative = scores["n_test"] - positive
    return np.sqrt((positive + negative + 1) / (12 * positive * negative))


@pytest.fixture(scope="module")
def units(source):
    return [the_unit(source, OBJECTS, LABELLED, seed) for seed in range(SEEDS)]


def deviations(units):
    """AUROC - .5 by strategy and class, mean over units, in standard deviations."""
    tables = [run_unit(unit, STRATEGIES)["scores"] for unit in units]
    keys = ["strategy", "class"]
    several = [
        table[table["class"].isin(units[0].target.classes.names)].set_index(keys)
        for table in tables
    ]
    mean = sum(table["auroc"] - 0.5 for table in several) / len(units)
    error = np.sqrt(sum(spread_by_chance(table) ** 2 for table in several)) / len(units)
    return mean / error


def test_permuted_labels_give_one_half_within_error(units):
    found = deviations([permuted(unit, seed) for seed, unit in enumerate(units)])
    assert len(found) == 3 * len(STRATEGIES)
    assert found.abs().max() < SIGMA, found


def test_true_labels_do_not(units):
    """Else the test above could not fail."""
    found = deviations(units[:1])
    assert (found["features"] > SIGMA).all()
    assert (found["best"] > SIGMA).all()
