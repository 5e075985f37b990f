"""How many labels are needed, where the answer is known."""

import numpy as np
import pytest
from claims_toys import performance
from sklearn.isotonic import IsotonicRegression

from transients.label_efficiency import (
    LABEL_EFFICIENCY_COLUMNS,
    isotonic,
    label_efficiency_table,
    labels_needed,
    side_by_side,
)

SIZES = (100, 200, 400, 800)
CURVE = {n: 0.5 + 0.1 * i for i, n in enumerate(SIZES)}
"""AUROC from scratch: .1 for each factor of two."""


def needed(transfer, curve=CURVE, noise=0.0, label="macro"):
    """Labels for the AUROC of transfer at n = 100 and 0."""
    runs = noise * np.array([-2, -1, 0, 1, 2])
    table = performance(
        {
            ("transfer", label): {0: transfer + 0 * runs, 100: transfer + 0 * runs},
            ("scratch", label): {n: value + runs for n, value in curve.items()},
        }
    )
    rows = label_efficiency_table(table).set_index(["strategy", "n_train"])
    return rows.loc["transfer"].loc[[0, 100]]


@pytest.mark.parametrize(
    ("auroc", "labels"), [(0.55, 100 * 2**0.5), (0.6, 200), (0.775, 400 * 2**0.75)]
)
def test_between_sizes_labels_grow_by_factors(auroc, labels):
    none, hundred = needed(auroc).itertuples()
    assert hundred.labels == none.labels == pytest.approx(labels)
    assert hundred.ratio == pytest.approx(labels / 100)
    assert np.isnan(none.ratio)
    assert (hundred.bound, hundred.other, hundred.n_runs) == ("", "scratch", 5)
    assert (hundred.lo, hundred.hi) == pytest.approx((labels, labels))


@pytest.mark.parametrize(
    ("auroc", "bound", "labels", "end"),
    [
        (0.4, "at most", 100, 0),
        (0.5, "at most", 100, 0),
        (0.9, "more than", 800, np.inf),
    ],
)
def test_beyond_the_sizes_that_ran_there_is_a_bound(auroc, bound, labels, end):
    row = needed(auroc).loc[100]
    assert (row["bound"], row["labels"]) == (bound, labels)
    assert row["lo"] == row["hi"] == end


def test_the_interval_is_that_of_resampled_runs():
    """All of a seed's sizes move together by up to .02, a fifth of a factor of two."""
    row = needed(0.6, noise=0.01).loc[100]
    assert row["labels"] == pytest.approx(200)
    assert 200 * 2**-0.2 <= row["lo"] < 200 * 2**-0.1
    assert 200 * 2**0.1 < row["hi"] <= 200 * 2**0.2


def test_an_interval_may_be_open_at_one_end():
    row = needed(0.8, noise=0.01).loc[100]
    assert row["labels"] == pytest.approx(800)
    assert 400 < row["lo"] < 800
    assert row["hi"] == np.inf


def test_a_seed_is_drawn_with_both_strategies():
    """Here transfer scatters with scratch, so that the labels needed do not."""
    runs = np.array([-0.04, -0.02, 0, 0.02, 0.04])
    table = performance(
        {
            ("transfer", "macro"): {100: 0.65 + runs},
            ("scratch", "macro"): {n: value + runs for n, value in CURVE.items()},
        }
    )
    row = label_efficiency_table(table).query("strategy == 'transfer'").iloc[0]
    assert (row["lo"], row["hi"]) == pytest.approx((row["labels"], row["labels"]))


def test_a_single_run_has_no_interval():
    table = performance(
        {("a", "macro"): {100: [0.6]}, ("b", "macro"): {100: [0.5], 400: [0.7]}}
    )
    row = label_efficiency_table(table).query("strategy == 'a'").iloc[0]
    assert row["labels"] == pytest.approx(200)
    assert np.isnan([row["lo"], row["hi"]]).all()
    page = side_by_side(label_efficiency_table(table))
    assert list(page.loc[0, ["n_train", "b"]]) == [100, "200"]


def test_a_strategy_that_ran_without_labels_alone_is_no_curve():
    table = performance({("zero", "macro"): {0: [0.6]}, ("a", "macro"): {100: [0.5]}})
    rows = label_efficiency_table(table)
    assert list(rows.columns) == LABEL_EFFICIENCY_COLUMNS
    assert list(rows["strategy"]) == ["zero"]


def test_a_single_strategy_has_nothing_to_be_compared_with():
    rows = label_efficiency_table(performance({("a", "macro"): {100: [0.6]}}))
    assert rows.empty
    assert side_by_side(rows).empty


def test_both_averages_are_compared_and_no_class():
    curves = {}
    for label in ("macro", "macro_common", "macro_common_only", "TDE"):
        curves |= {("a", label): {100: [0.6]}, ("b", label): {100: [0.5]}}
    rows = label_efficiency_table(performance(curves))
    assert list(rows["class"].unique()) == ["macro", "macro_common"]


def test_a_run_that_could_not_be_tested_is_left_out():
    table = performance(
        {
            ("a", "macro"): {100: [0.6, 0.6, np.nan]},
            ("b", "macro"): {100: [0.5, 0.5, 0.5], 400: [0.7, np.nan, 0.7]},
        }
    )
    row = label_efficiency_table(table).query("strategy == 'a'").iloc[0]
    assert row["labels"] == pytest.approx(200)
    assert row["n_runs"] == 2


def test_marks_of_either_strategy_are_passed_on():
    table = performance(
        {("a", "macro"): {100: [0.6], 200: [0.6]}, ("b", "macro"): {100: [0.5]}}
    )
    table["few_tested"] = (table["strategy"] == "a") & (table["n_train"] == 200)
    rows = label_efficiency_table(table)
    assert list(rows.query("strategy == 'a'")["few_tested"]) == [False, True]
    assert list(rows.query("strategy == 'b'")["few_tested"]) == [True]
    assert side_by_side(rows)["b"].dropna().to_list() == ["> 100", "> 100 †"]


def test_the_rising_curve_is_the_least_squares_fit():
    curves = np.random.default_rng(0).random((6, 50))
    fits = [IsotonicRegression().fit_transform(range(6), y) for y in curves.T]
    assert isotonic(curves) == pytest.approx(np.array(fits).T)


def test_a_lucky_size_does_not_make_up_for_a_fall_after_it():
    lucky = {100: 0.5, 200: 0.8, 400: 0.6, 800: 0.9}
    row = needed(0.75, curve=lucky).loc[100]
    assert row["labels"] == pytest.approx(400 * 2**0.25)  # .7 at 200 and at 400


def test_a_missing_auroc_needs_an_unknown_number_of_labels():
    curves = np.array([[0.5, np.nan, 0.5], [0.7, 0.7, 0.7]])
    found = labels_needed(np.array([0.6, 0.6, np.nan]), curves, np.array([100, 400]))
    assert found == pytest.approx([200, np.nan, np.nan], nan_ok=True)
