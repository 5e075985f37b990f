"""The page of results: what stands side by side, and what is marked."""

import numpy as np
import pandas as pd
import pytest

from transients.aggregation import summarise
from transients.performance_page import averages, each_class, performance_page


@pytest.fixture
def summary():
    """AUROCs of two runs; the second has one TDE left to test, the third none."""
    rows = [
        (name, seed, auroc[seed], 9, tested[seed], name != "macro_common" and seed > 0)
        for name, auroc, tested in [
            ("TDE", (0.9, 0.7, np.nan), (5, 1, 0)),
            ("macro", (0.8, 0.7, np.nan), (90, 91, 92)),
            ("macro_common", (0.5, 0.6, 0.7), (85, 90, 92)),
        ]
        for seed in range(3)
    ]
    columns = ["class", "seed", "auroc", "n_train_class", "n_test_class", "few_tested"]
    table = pd.DataFrame(rows, columns=columns)
    return summarise(table.assign(target="bts", strategy="transfer", n_train=100))


def test_averages_stand_side_by_side(summary):
    (row,) = averages(summary).to_dict("records")
    assert row == {
        "target": "bts",
        "strategy": "transfer",
        "n_train": 100,
        "macro": "0.750 ± 0.071 (2 runs) †",
        "macro_common": "0.600 ± 0.100",
        "runs": 3,
    }


def test_a_class_has_its_counts_and_its_mark(summary):
    (row,) = each_class(summary).to_dict("records")
    assert row["AUROC"] == "0.800 ± 0.141 (2 runs) †"
    assert (row["labelled"], row["tested"], row["runs"]) == (9, 0, 3)


def test_one_run_has_no_spread_and_none_is_a_dash(summary):
    summary = summary.assign(few_tested=False, n_runs=1, n_defined=1, spread=np.nan)
    assert each_class(summary)["AUROC"].item() == "0.800"
    assert each_class(summary.assign(centre=np.nan))["AUROC"].item() == "-"


def test_a_page_explains_its_mark_where_it_has_one(summary):
    page = performance_page(summary, "mean_sd")
    assert page.count("mean ± standard deviation over runs") == 2
    assert page.endswith("\n\n† in some run fewer than 3 test objects of a class.\n")
    clean = summary.assign(few_tested=False)
    assert "†" not in performance_page(clean, "median_mad")


def test_a_page_says_what_became_of_a_class_that_was_not_tested(summary):
    told = "A run whose test set lacks a class has no AUROC of that class"
    assert told in performance_page(summary, "mean_sd")
    everywhere = summary.assign(n_defined=summary["n_runs"])
    assert told not in performance_page(everywhere, "mean_sd")
