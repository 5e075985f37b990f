"""Paired differences against numbers computed by hand."""

import numpy as np
import pandas as pd
import pytest
from claims_toys import T2, performance

from transients.paired import PAIRED_COLUMNS, paired_table, side_by_side

BEST, FOREST = np.array([0.8, 0.9, 0.7]), np.array([0.5, 0.7, 0.3])
"""Both scatter by .1 and more; their differences .3, .2, .4 by .1 alone."""


@pytest.fixture
def paired():
    return table_of({("best", "macro"): BEST, ("features", "macro"): FOREST})


def table_of(curves):
    return paired_table(performance({name: {100: x} for name, x in curves.items()}))


def test_differences_are_taken_seed_by_seed(paired):
    assert list(paired.columns) == PAIRED_COLUMNS
    row, mirror = paired.itertuples()
    assert (row.strategy, row.other) == ("best", "features")
    assert row.difference == pytest.approx(0.3)
    assert row.standard_error == pytest.approx(0.1 / 3**0.5)
    assert row.standard_errors == pytest.approx(3 * 3**0.5)
    assert row.t_hi - row.difference == pytest.approx(T2 * 0.1 / 3**0.5)
    assert (row.lo, row.hi) == pytest.approx((0.2, 0.4), abs=1e-3)
    assert row.n_runs == 3
    assert (mirror.strategy, mirror.other) == ("features", "best")
    assert (mirror.lo, mirror.hi) == pytest.approx((-row.hi, -row.lo), abs=1e-3)


def test_seeds_without_both_are_left_out():
    missing = np.where(np.arange(3) == 1, np.nan, FOREST)
    row = table_of({("best", "TDE"): BEST, ("features", "TDE"): missing}).iloc[0]
    assert row["n_runs"] == 2
    assert row["difference"] == pytest.approx(0.35)


@pytest.mark.parametrize("values", [[0.7], [0.7, 0.7, 0.7], [np.nan] * 3])
def test_runs_that_cannot_scatter_have_no_standard_error(values):
    table = table_of({("a", "macro"): np.array(values), ("b", "macro"): [0.5] * 3})
    assert table["standard_error"].isna().all()
    assert table["standard_errors"].isna().all()
    (first, _) = side_by_side(table)["minus b"]
    assert first == ("+nan" if np.isnan(values).all() else "+0.200")


def test_strategies_are_compared_where_both_ran():
    curves = {
        ("best", "macro"): {0: BEST, 100: BEST},
        ("features", "macro"): {100: FOREST},
    }
    assert set(paired_table(performance(curves))["n_train"]) == {100}


def test_pairs_of_which_one_is_marked_are_marked():
    table = performance({(name, "macro"): {100: BEST} for name in ("a", "b", "c")})
    table["few_tested"] = (table["strategy"] == "b") & (table["seed"] == 1)
    paired = paired_table(table)
    marked = paired[paired["few_tested"]][["strategy", "other"]]
    assert set(map(frozenset, marked.to_numpy())) == {frozenset("ab"), frozenset("bc")}
    page = side_by_side(paired).set_index("strategy")
    assert page.loc["a", "minus b"].endswith(" †")
    assert "†" not in page.loc["a", "minus c"]


def test_the_page_shows_averages_in_words_and_students_interval_of_few_runs(paired):
    page = side_by_side(paired)
    assert page.loc[0, "minus features"] == "+0.300 [+0.052, +0.548] +5.2 SE"
    enough = side_by_side(paired.assign(n_runs=5))
    assert enough.loc[0, "minus features"] == "+0.300 [+0.200, +0.400] +5.2 SE"
    assert pd.isna(page.loc[0, "minus best"])
    assert side_by_side(table_of({("a", "TDE"): BEST, ("b", "TDE"): BEST})).empty


def test_a_single_strategy_has_nothing_to_be_compared_with():
    paired = table_of({("a", "macro"): BEST})
    assert paired.empty
    assert side_by_side(paired).empty
