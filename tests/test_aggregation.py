"""Tables against numbers computed by hand."""

import numpy as np
import pandas as pd
import pytest

from transients.aggregation import (
    CACHED,
    PERFORMANCE_COLUMNS,
    TRAINING_TIME_COLUMNS,
    class_counts_table,
    count_dropped,
    performance_table,
    summarise,
    to_markdown,
    training_time_table,
)
from transients.errors import ConfigurationError, DataError
from transients.wording import line_of_caps


def one_score(**changes):
    row = {
        "target": "bts",
        "strategy": "transfer",
        "n_train": 100,
        "seed": 0,
        "class": "macro",
        "auroc": 0.5,
        "n_train_class": 8,
        "n_validation_class": 2,
        "n_test_class": 50,
        "n_test": 90,
    }
    return pd.DataFrame([row | changes])


def one_time(strategy, n_train, seed, seconds, uncached, epochs_best=4, device="A"):
    row = {
        "target": "bts",
        "strategy": strategy,
        "n_train": n_train,
        "seed": seed,
        "epochs_best": epochs_best,
        "epochs_run": 10,
        "seconds": seconds,
        "seconds_per_epoch": seconds / 10,
        "seconds_uncached": uncached,
        "seconds_per_epoch_uncached": uncached / 10,
        "trainable_parameters": 505,
        "device": device,
    }
    return pd.DataFrame([row])


def summary_of(values, centre_and_spread):
    scores = [one_score(seed=i, auroc=value) for i, value in enumerate(values)]
    table = performance_table(pd.concat(scores), {}, {})
    return summarise(table, centre_and_spread).iloc[0]


def test_performance_has_the_columns_and_is_sorted():
    scores = [
        one_score(seed=1),
        one_score(n_train=20, strategy="scratch"),
        one_score(**{"class": "SN Ia"}),
        one_score(),
    ]
    table = performance_table(pd.concat(scores), {"bts": None}, {})
    assert list(table.columns) == PERFORMANCE_COLUMNS
    assert list(table["strategy"]) == ["scratch", "transfer", "transfer", "transfer"]
    assert list(table["seed"]) == [0, 0, 0, 1]
    assert list(table["class"]) == ["macro", "SN Ia", "macro", "macro"]


def test_performance_refuses_a_run_counted_twice():
    with pytest.raises(DataError, match="1 rows twice"):
        performance_table(pd.concat([one_score(), one_score(auroc=0.6)]), {}, {})


def test_performance_names_a_missing_column():
    with pytest.raises(DataError, match="n_test_class"):
        performance_table(one_score().drop(columns="n_test_class"), {}, {})


def test_the_cap_on_a_test_set_stands_in_every_row_of_its_target(tmp_path):
    scores = pd.concat([one_score(), one_score(target="lsst_sims")])
    table = performance_table(scores, {"bts": None, "lsst_sims": 60}, {})
    table.to_csv(tmp_path / "performance.csv", index=False)
    table.to_parquet(tmp_path / "performance.parquet", index=False)
    for read in (
        pd.read_csv(tmp_path / "performance.csv"),
        pd.read_parquet(tmp_path / "performance.parquet"),
    ):
        assert read["max_test"].isna().tolist() == [True, False]
        assert read["max_test"].iloc[1] == 60
    assert table["max_test"].dtype == "Int64"  # whole numbers in the CSV


def test_a_table_in_markdown_names_the_capped_targets_and_no_others():
    assert line_of_caps({"bts": None}) == ""
    assert line_of_caps({"bts": None, "lsst_sims": 1000, "own": 60}) == (
        "lsst_sims: tested on at most 1,000 light curves, drawn at random;"
        " own: tested on at most 60 light curves, drawn at random.\n\n"
    )


def test_mean_and_standard_deviation_use_defined_runs_only():
    row = summary_of([0.6, 0.8, np.nan, 1.0], "mean_sd")
    assert row["centre"] == pytest.approx(0.8)
    assert row["spread"] == pytest.approx(0.2)  # sqrt((.04 + 0 + .04) / 2)
    assert (row["n_runs"], row["n_defined"]) == (4, 3)


def test_a_summary_gives_the_fewest_objects_and_the_mark_of_any_run():
    scores = [
        one_score(**{"class": "TDE"}, seed=seed, n_train_class=n, n_test_class=9 - n)
        for seed, n in enumerate([1, 4, 7])
    ]
    table = performance_table(pd.concat(scores), {}, {})
    assert list(table["few_tested"]) == [False, False, True]
    row = summarise(table).iloc[0]
    assert (row["n_train_class"], row["n_test_class"], row["few_tested"]) == (
        1,
        2,
        True,
    )


def test_median_and_median_absolute_deviation():
    row = summary_of([0.1, 0.5, 0.6, 0.9, 1.0], "median_mad")
    assert row["centre"] == pytest.approx(0.6)
    assert row["spread"] == pytest.approx(0.3)  # of .5 .1 0 .3 .4


@pytest.mark.parametrize("name", ["mean_sd", "median_mad"])
def test_a_single_defined_run_has_no_spread(name):
    row = summary_of([np.nan, 0.7], name)
    assert row["centre"] == pytest.approx(0.7)
    assert np.isnan(row["spread"])


@pytest.mark.parametrize("name", ["mean_sd", "median_mad"])
def test_no_defined_run_has_no_centre(name):
    row = summary_of([np.nan, np.nan], name)
    assert np.isnan(row["centre"])
    assert (row["n_runs"], row["n_defined"]) == (2, 0)


def test_an_unknown_summary_is_refused():
    with pytest.raises(ConfigurationError, match="median_mad"):
        summarise(one_score(), "mode")


@pytest.fixture
def times():
    return pd.concat(
        [
            one_time("scratch", 100, 0, 10.0, 10.0, epochs_best=6),
            one_time("transfer", 100, 0, 1.0, 5.0),
            one_time("scratch", 100, 1, 40.0, 40.0, epochs_best=8),
            one_time("transfer", 100, 1, 2.0, 60.0),
            one_time("scratch_fair", 100, 1, 80.0, 80.0, epochs_best=pd.NA),
            one_time("full", 200, 0, 7.0, 7.0),
        ]
    )


def row_of(table, strategy):
    return table[table["strategy"] == strategy].iloc[0]


def test_the_ratio_is_paired_by_seed_and_without_cached_embeddings(times):
    table = training_time_table(times)
    row = row_of(table, "transfer")
    assert row["seconds"] == pytest.approx(32.5)
    assert row["seconds_per_epoch"] == pytest.approx(3.25)
    # 5 / 10 and 60 / 40; the ratio of the means would be 1.3
    assert row["ratio_to_scratch"] == pytest.approx(1.0)
    assert row["ratio_sd"] == pytest.approx(0.5 * 2**0.5)


def test_cached_embeddings_have_their_own_row(times):
    table = training_time_table(times)
    row = row_of(table, "transfer" + CACHED)
    assert row["seconds"] == pytest.approx(1.5)
    assert row["ratio_to_scratch"] == pytest.approx((0.1 + 0.05) / 2)
    cached = table[table["strategy"].str.endswith(CACHED)]
    assert list(cached["strategy"]) == ["transfer" + CACHED]


def test_training_time_of_the_reference_and_of_what_has_none(times):
    table = training_time_table(times)
    assert list(table.columns) == TRAINING_TIME_COLUMNS
    scratch = row_of(table, "scratch")
    assert scratch["epochs_best"] == pytest.approx(7.0)
    assert scratch["ratio_to_scratch"] == 1.0
    assert scratch["ratio_sd"] == 0.0
    assert np.isnan(row_of(table, "scratch_fair")["epochs_best"])
    assert row_of(table, "scratch_fair")["ratio_to_scratch"] == pytest.approx(2.0)
    assert np.isnan(row_of(table, "full")["ratio_to_scratch"])


def test_times_of_different_hardware_are_neither_averaged_nor_compared():
    """Seed 0 ran on A; of seed 1 scratch ran on A, transfer and scratch_fair on B."""
    table = training_time_table(
        pd.concat(
            [
                one_time("scratch", 100, 0, 10.0, 10.0),
                one_time("transfer", 100, 0, 5.0, 5.0),
                one_time("scratch", 100, 1, 30.0, 30.0),
                one_time("transfer", 100, 1, 1.0, 1.0, device="B"),
                one_time("scratch_fair", 100, 1, 2.0, 2.0, device=None),
            ]
        )
    )
    rows = table.set_index(["strategy", "device"])
    assert rows["seconds"].to_dict() == {
        ("scratch", "A"): 20.0,
        ("scratch_fair", "unknown"): 2.0,
        ("transfer", "A"): 5.0,
        ("transfer", "B"): 1.0,
    }
    assert rows.loc[("scratch", "A"), "ratio_to_scratch"] == 1.0
    assert rows.loc[("transfer", "A"), "ratio_to_scratch"] == 0.5
    assert np.isnan(rows.loc[("transfer", "B"), "ratio_to_scratch"])
    assert np.isnan(rows.loc[("scratch_fair", "unknown"), "ratio_to_scratch"])


def test_table_1_keeps_the_order_and_tells_missing_from_zero():
    counts = pd.DataFrame(
        [("ztf_sims", "TDE", 7), ("ztf_sims", "AGN", 0), ("bts", "TDE", 2)],
        columns=["dataset", "class", "n"],
    )
    table = class_counts_table(counts)
    assert list(table.columns) == ["class", "ztf_sims", "bts"]
    assert list(table["class"]) == ["TDE", "AGN"]
    assert list(table["ztf_sims"]) == [7, 0]
    assert table["bts"].isna().tolist() == [False, True]


def test_what_was_dropped_is_counted_by_reason():
    dropped = pd.DataFrame(
        [("bts", "a", "cut"), ("bts", "b", "short"), ("bts", "c", "cut")],
        columns=["dataset", "object_id", "reason"],
    )
    counts = [("bts", "cut", 2), ("bts", "short", 1)]
    assert list(count_dropped(dropped).itertuples(index=False, name=None)) == counts


def test_markdown_formats_each_kind_of_number():
    table = pd.DataFrame(
        {
            "name": ["a|b", "c"],
            "n": pd.array([10000, pd.NA], dtype="Int64"),
            "auroc": [0.7, 0.89876],
            "seconds": [12345.6, np.nan],
        }
    )
    lines = to_markdown(table).splitlines()
    cells = [[x.strip() for x in line.strip("| ").split(" | ")] for line in lines]
    assert cells[0] == ["name", "n", "auroc", "seconds"]
    assert cells[2] == ["a\\|b", "10000", "0.700", "12346"]
    assert cells[3] == ["c", "-", "0.899", "-"]
    assert lines[1].count("-:|") == 3  # numbers to the right, words to the left


def test_markdown_of_an_empty_table_is_its_header():
    assert "auroc" in to_markdown(pd.DataFrame({"auroc": []}))
