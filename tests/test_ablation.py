"""What an ingredient is worth, from differences on the same splits, sign and all."""

import numpy as np
import pytest
from claims_toys import performance

from transients.ablation import ABLATION_COLUMNS, ablation_table
from transients.paired import paired_table

WITH, WITHOUT = np.array([0.8, 0.9, 0.7]), np.array([0.5, 0.7, 0.3])
ABLATION = {
    "ingredient": "class mix",
    "change": "unknown",
    "strategy": "zero_shot_mix",
    "without": "zero_shot",
}


@pytest.fixture
def paired():
    strategies = {"zero_shot_mix": WITH, "zero_shot": WITHOUT, "scratch": WITHOUT}
    curves = {(name, "macro"): {100: auroc} for name, auroc in strategies.items()}
    return paired_table(performance(curves))


def test_what_is_lost_without_an_ingredient_is_negative(paired):
    table = ablation_table(paired, {"bts": [ABLATION]})
    assert list(table.columns) == ABLATION_COLUMNS
    (row,) = table.itertuples()
    assert (row.target, row.n_train, row.average) == ("bts", 100, "macro")
    assert (row.ingredient, row.change) == ("class mix", "unknown")
    assert row.difference == pytest.approx(-0.3)
    assert row.standard_error == pytest.approx(0.1 / 3**0.5)
    assert row.lo < row.difference < row.hi


def test_intervals_of_few_runs_are_students(paired):
    (row,) = ablation_table(paired, {"bts": [ABLATION]}).itertuples()
    both = (paired["strategy"] == "zero_shot") & (paired["other"] == "zero_shot_mix")
    (same,) = paired[both].itertuples()
    assert (row.lo, row.hi) == (same.t_lo, same.t_hi) != (same.lo, same.hi)


def test_ablations_stand_in_the_order_of_the_configuration(paired):
    other = {**ABLATION, "ingredient": "labels", "without": "scratch"}
    table = ablation_table(paired, {"bts": [other, ABLATION]})
    assert list(table["ingredient"]) == ["labels", "class mix"]
