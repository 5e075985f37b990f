"""Intervals and verdicts against numbers computed by hand."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from transients.claims import claims_table, read_claims
from transients.claims.intervals import (
    FAILS,
    HOLDS,
    NOT_RUN,
    UNDECIDED,
    Interval,
    above,
    below,
    mean_interval,
    ratio_interval,
    weakest,
    within,
)
from transients.claims.results import MEASURES, Results
from transients.errors import ConfigurationError

CLAIMS = Path(__file__).parents[1] / "config" / "claims.yaml"
T2 = 4.302652729911275  # Student's t, 97.5 %, 2 degrees of freedom
NOISE = np.array([-0.01, 0.0, 0.01])  # standard deviation .01, half-width .0248


def performance(curves, target="bts", max_test=None):
    """Return the table for {(strategy, class): {n: AUROC of each seed}}."""
    rows = [
        (target, strategy, n, seed, label, auroc)
        for (strategy, label), sizes in curves.items()
        for n, values in sizes.items()
        for seed, auroc in enumerate(np.atleast_1d(values))
    ]
    columns = ["target", "strategy", "n_train", "seed", "class", "auroc"]
    return pd.DataFrame(rows, columns=columns).assign(max_test=max_test)


def training(curves, target="bts"):
    """Return the table for {strategy: {n: {column: value of each seed}}}."""
    rows = [
        {"target": target, "strategy": strategy, "n_train": n, "seed": seed}
        | {column: values[seed] for column, values in columns.items()}
        for strategy, sizes in curves.items()
        for n, columns in sizes.items()
        for seed in range(len(next(iter(columns.values()))))
    ]
    return pd.DataFrame(rows)


def check(measure, table, times=None, **options):
    """Return the outcome of a measure at 95 % confidence."""
    results = Results(
        table if table is not None else performance({}),
        times if times is not None else pd.DataFrame(columns=["target", "strategy"]),
        confidence=0.95,
        margin=0.02,
        size_tolerance=0.15,
    )
    return MEASURES[measure](results, **options)


# Intervals


def test_interval_of_three_runs():
    one = mean_interval(pd.Series([1.0, 2.0, 3.0, np.nan]), 0.95)
    assert one.n_runs == 3
    assert one.estimate == pytest.approx(2.0)
    assert one.hi - 2 == pytest.approx(T2 / 3**0.5)
    assert 2 - one.lo == pytest.approx(T2 / 3**0.5)


def test_interval_of_a_ratio_is_around_the_geometric_mean():
    one = ratio_interval(pd.Series(np.log([0.5, 1.0, 2.0])), 0.95)
    half = T2 * np.log(2) / 3**0.5
    assert one.estimate == pytest.approx(1.0)
    assert one.hi == pytest.approx(np.exp(half))
    assert one.lo == pytest.approx(np.exp(-half))


@pytest.mark.parametrize("values", [[], [np.nan], [0.9]])
def test_fewer_than_two_runs_decide_nothing(values):
    one = mean_interval(pd.Series(values, dtype=float), 0.95)
    assert above(one, 0) == below(one, 0) == within(one, -1, 1) == UNDECIDED


@pytest.mark.parametrize(
    ("lo", "hi", "is_above", "is_below", "is_within"),
    [
        (0.1, 0.3, HOLDS, FAILS, FAILS),
        (-0.3, -0.1, FAILS, HOLDS, FAILS),
        (-0.04, 0.04, UNDECIDED, UNDECIDED, HOLDS),
        (-0.04, 0.3, UNDECIDED, UNDECIDED, UNDECIDED),
        (-0.3, 0.3, UNDECIDED, UNDECIDED, UNDECIDED),
    ],
)
def test_verdicts_of_an_interval(lo, hi, is_above, is_below, is_within):
    one = Interval((lo + hi) / 2, lo, hi, 3)
    assert above(one, 0) == is_above
    assert below(one, 0) == is_below
    assert within(one, -0.05, 0.05) == is_within


def test_the_weakest_interval_decides():
    strong, weak = Interval(2, 1, 3, 5), Interval(3, 0.5, 5.5, 5)
    refuting, wide = Interval(-2, -3, -1, 5), Interval(0, -9, 9, 5)
    tight = Interval(0.5, -1, 2, 5)
    undefined = Interval(1, np.nan, np.nan, 1)
    assert weakest([strong, weak]) is weak
    assert weakest([strong, refuting, wide]) is refuting
    assert weakest([strong, tight, wide]) is wide
    assert weakest([strong, undefined]) is undefined
    assert weakest([undefined, refuting]) is refuting


# Claim 1


def labels(transfer, baseline=0.70, paper_value=0.25, noise=NOISE):
    """Transfer at n = 10, 25, 50, 100 against a baseline known exactly at 100."""
    sizes = dict(zip((10, 25, 50, 100), transfer, strict=True))
    table = performance(
        {
            ("transfer", "macro"): {n: value + noise for n, value in sizes.items()},
            ("scratch", "macro"): {50: 0 * noise, 100: baseline + 0 * noise},
        }
    )
    return check(
        "fraction_of_labels",
        table,
        target="bts",
        baseline="scratch",
        average="macro",
        paper_value=paper_value,
    )


def test_fraction_reached_where_the_interval_is_above_the_margin():
    outcome = labels([0.60, 0.71, 0.75, 0.80])
    # n = 25: .01 -+ .0248 is above -.02; n = 10: -.10 + .0248 is below zero
    assert outcome.interval == Interval(0.25, 0.10, 0.25, 3)
    assert outcome.verdict == HOLDS


def test_fraction_fails_where_a_larger_one_falls_short():
    outcome = labels([0.55, 0.60, 0.75, 0.80])
    assert outcome.interval == Interval(0.5, 0.25, 0.5, 3)
    assert outcome.verdict == FAILS
    assert labels([0.55, 0.60, 0.75, 0.80], paper_value=0.05).verdict == FAILS


def test_an_interval_that_includes_the_baseline_by_being_wide_is_no_evidence():
    outcome = labels([0.60, 0.69, 0.75, 0.80], noise=3 * NOISE)
    # n = 25: -.01 -+ .0745 includes zero, and so does a deficit of .08
    assert outcome.interval.estimate == 0.25
    assert outcome.interval.hi == 1.0
    assert outcome.verdict == UNDECIDED


def test_a_size_below_the_smallest_run_is_undecided_not_reached():
    outcome = labels([0.80, 0.80, 0.80, 0.80], paper_value=0.05)
    assert outcome.interval == Interval(0.10, 0.0, 0.10, 3)
    assert outcome.verdict == UNDECIDED


def test_a_size_counts_only_if_all_larger_ones_reach_too():
    outcome = labels([0.60, 0.80, 0.69, 0.80])
    assert outcome.interval.hi == 1.0
    assert outcome.verdict == UNDECIDED


def test_a_deficit_within_the_margin_is_none():
    outcome = labels([0.60, 0.695, 0.695, 0.695], noise=0.1 * NOISE)
    assert outcome.interval == Interval(0.25, 0.10, 0.25, 3)


def test_sizes_beyond_the_baseline_are_left_out():
    table = performance(
        {
            ("transfer", "macro"): {
                50: 0.9 + NOISE,
                100: 0.9 + NOISE,
                200: 0.1 + NOISE,
            },
            ("scratch_fair", "macro"): {100: [0.8] * 3},
        }
    )
    outcome = check(
        "fraction_of_labels",
        table,
        target="bts",
        baseline="scratch_fair",
        average="macro",
        paper_value=0.5,
    )
    assert outcome.interval == Interval(0.5, 0.0, 0.5, 3)
    assert outcome.verdict == HOLDS
    assert outcome.note == "scratch_fair at n = 100; transfer at n = 50, 100"


def test_transfer_that_never_reaches_the_baseline():
    outcome = labels([0.5, 0.5, 0.5, 0.5])
    assert outcome.interval.lo == 1.0
    assert np.isnan(outcome.interval.estimate)
    assert np.isnan(outcome.interval.hi)
    assert outcome.verdict == FAILS


def test_fraction_of_a_single_run_is_undecided():
    outcome = labels([0.60, 0.71, 0.75, 0.80], noise=np.array([0.0]))
    assert outcome.verdict == UNDECIDED
    assert np.isnan(outcome.interval.lo)


# Claim 2


@pytest.mark.parametrize(
    ("n", "transfer", "verdict"),
    [
        (30, 0.80, HOLDS),  # ratio 1.00 -+ .031
        (30, 0.70, FAILS),  # .875
        (30, 0.75, UNDECIDED),  # .9375
        (60, 0.80, UNDECIDED),  # more labels than asked cannot show that fewer suffice
        (60, 0.70, FAILS),
        (10, 0.80, HOLDS),
        (10, 0.70, UNDECIDED),  # fewer than asked cannot show that more do not
    ],
)
def test_share_of_performance(n, transfer, verdict):
    table = performance(
        {
            ("transfer", "macro"): {n: transfer + NOISE},
            ("scratch", "macro"): {30: 0.9 + NOISE, 100: 0.8 + 0 * NOISE},
        }
    )
    outcome = check(
        "share_of_performance",
        table,
        target="bts",
        baseline="scratch",
        fraction=0.3,
        paper_value=0.94,
    )
    assert outcome.interval.estimate == pytest.approx(transfer / 0.8)
    half = T2 * 0.01 / 0.8 / 3**0.5
    assert outcome.interval.lo == pytest.approx(transfer / 0.8 - half)
    assert outcome.verdict == verdict


# Claim 3


@pytest.mark.parametrize(
    ("epochs", "verdict"),
    [([4, 4, 5], HOLDS), ([12, 12, 11], FAILS), ([5, 8, 11], UNDECIDED)],
)
def test_relative_training_is_paired_and_averaged_over_sizes(epochs, verdict):
    times = training(
        {
            "scratch": {
                10: {"epochs_best": [10, 10, 10], "epochs_run": [15, 15, 15]},
                20: {"epochs_best": [20, 40, 80], "epochs_run": [90, 90, 90]},
            },
            "transfer": {
                10: {"epochs_best": epochs, "epochs_run": [9, 9, 11]},
                20: {"epochs_best": [10, 20, 40], "epochs_run": [90, 90, 90]},
            },
        }
    )
    options = {"target": "bts", "quantity": "epochs_best", "paper_value": 0.75}
    alone = times[times["n_train"] == 10]
    outcome = check("relative_training", None, alone, **options)
    expected = np.prod(np.array(epochs) / 10) ** (1 / 3)
    assert outcome.interval.estimate == pytest.approx(expected)
    assert outcome.verdict == verdict
    both = check("relative_training", None, times, **options).interval
    assert both.estimate == pytest.approx((expected * 0.5) ** 0.5)


@pytest.mark.parametrize(("quantity", "n_runs"), [("seconds_uncached", 2), ("n", 3)])
def test_times_are_compared_on_the_same_hardware_alone(quantity, n_runs):
    """Epochs are no time: all are compared."""
    other = {"epochs_best": [3, 3, 3], "epochs_run": [8, 8, 8]}
    times = training(
        {
            "scratch": {10: {quantity: [10, 20, 30], **other}},
            "transfer": {10: {quantity: [5, 10, 15], **other}},
        }
    ).assign(device=["A", "A", "B", "A", "A", "A"])
    options = {"target": "bts", "paper_value": 0.75}
    one = check("relative_training", None, times, quantity=quantity, **options)
    assert one.interval.n_runs == n_runs
    assert one.interval.estimate == pytest.approx(0.5)


def test_relative_training_counts_runs_that_may_not_have_converged():
    best = {"epochs_best": [9, 3], "epochs_run": [9, 8]}
    times = training({"scratch": {10: best}, "transfer": {10: best}})
    outcome = check(
        "relative_training",
        None,
        times,
        target="bts",
        quantity="epochs_best",
        paper_value=0.75,
    )
    assert "1 of 2 transfer runs" in outcome.note


def test_a_recipe_without_validation_has_no_best_epoch():
    none = {"epochs_best": [pd.NA, pd.NA], "epochs_run": [9, 8]}
    times = training({"scratch": {10: none}, "transfer": {10: none}})
    options = {"target": "bts", "quantity": "epochs_best", "paper_value": 0.75}
    assert check("relative_training", None, times, **options).verdict == UNDECIDED


def test_a_misspelt_quantity_is_refused():
    options = {"target": "bts", "quantity": "epoch", "paper_value": 0.75}
    with pytest.raises(ConfigurationError, match="epoch"):
        check("relative_training", None, **options)


# Claims 4, 5, 11, 12: gains


def gains(of_class, noise=NOISE):
    """Transfer gains of_class[label] over scratch at .5, at n = 10 and at 20."""
    curves = {}
    for label, gain in of_class.items():
        curves["transfer", label] = {10: 0.5 + gain + noise, 20: 0.5 + gain + noise}
        curves["scratch", label] = {10: [0.5] * 3, 20: [0.5] * 3, 30: [0.5] * 3}
    return performance(curves)


@pytest.mark.parametrize(
    ("tde", "verdict"), [(0.30, HOLDS), (0.02, FAILS), (0.12, UNDECIDED)]
)
def test_gain_largest_for_some_classes(tde, verdict):
    table = gains({"SN Ia": 0.05, "SN II": 0.1, "SLSN-I": 0.3, "macro": 0.9})
    own = performance(
        {
            ("transfer", "TDE"): {10: 0.5 + tde - 2 * NOISE, 20: 0.5 + tde - 2 * NOISE},
            ("scratch", "TDE"): {10: [0.5] * 3, 20: [0.5] * 3},
        }
    )
    outcome = check(
        "gain_largest_for",
        pd.concat([table, own]),
        target="bts",
        baseline="scratch",
        classes=["TDE", "SLSN-I"],
    )
    assert outcome.verdict == verdict
    assert outcome.note == "weakest of 4: TDE - SN II"
    assert outcome.interval.estimate == pytest.approx(tde - 0.1)
    assert outcome.interval.hi - outcome.interval.estimate == pytest.approx(
        3 * T2 * 0.01 / 3**0.5
    )


@pytest.mark.parametrize(
    ("gain", "verdict"), [(0.05, HOLDS), (-0.05, FAILS), (0.01, UNDECIDED)]
)
def test_gain_over_sizes_and_in_every_class(gain, verdict):
    options = {"target": "bts", "baseline": "scratch"}
    table = gains({"macro_common_only": gain})
    outcome = check("gain_over_sizes", table, average="macro_common_only", **options)
    assert outcome.interval.estimate == pytest.approx(gain)
    assert outcome.verdict == verdict
    table = gains({"SN Ia": 0.2, "TDE": gain, "macro": -0.9, "A|B": -0.9})
    outcome = check("gain_in_every_class", table, **options)
    assert outcome.verdict == verdict
    assert outcome.note == "weakest of 2: TDE"


def test_gain_over_sizes_averages_the_sizes_that_a_seed_has():
    table = performance(
        {
            ("transfer", "macro"): {10: [0.7, 0.8], 20: [0.9, np.nan]},
            ("scratch", "macro"): {10: [0.5, 0.5], 20: [0.5, 0.5]},
        }
    )
    outcome = check(
        "gain_over_sizes", table, target="bts", baseline="scratch", average="macro"
    )
    assert outcome.interval.estimate == pytest.approx(0.3)
    assert outcome.interval.n_runs == 2


@pytest.mark.parametrize(
    ("gain", "asked", "verdict"),
    [
        (0.05, 20, HOLDS),
        (-0.05, 20, FAILS),
        (0.01, 20, UNDECIDED),
        (0.05, 22, HOLDS),  # within the tolerance
        (0.05, 4000, UNDECIDED),  # the gap closes with n
        (-0.05, 4000, UNDECIDED),
    ],
)
def test_gain_at_size(gain, asked, verdict):
    outcome = check(
        "gain_at_size",
        gains({"macro": gain}),
        target="bts",
        baseline="scratch",
        average="macro",
        n_train=asked,
    )
    assert outcome.verdict == verdict
    assert outcome.note == "n = 20"


# Claims 6 and 7: variants


@pytest.mark.parametrize(
    ("variant", "noise", "worse", "equal"),
    [
        (0.50, 1, HOLDS, FAILS),
        (0.70, 0.1, FAILS, HOLDS),
        (0.70, 1, UNDECIDED, UNDECIDED),
        (0.69, 0.1, FAILS, HOLDS),  # worse for sure, but by less than the margin
        (0.80, 1, FAILS, FAILS),
    ],
)
def test_variants(variant, noise, worse, equal):
    table = performance(
        {
            ("transfer", "macro"): {10: [0.6] * 3, 20: [0.7] * 3},
            ("other", "macro"): {20: variant + noise * NOISE},
        }
    )
    options = {"target": "bts", "variant": "other"}
    assert check("variant_is_worse", table, **options).verdict == worse
    assert check("variant_is_equal", table, **options).verdict == equal
    difference = check("variant_is_equal", table, **options).interval.estimate
    assert difference == pytest.approx(variant - 0.7)


# Claim 8


@pytest.mark.parametrize(
    ("agn", "verdict"), [(0.99, HOLDS), (0.80, FAILS), (0.91, UNDECIDED)]
)
def test_easiest_class_is_judged_at_the_largest_size(agn, verdict):
    table = performance(
        {
            ("transfer", "AGN"): {10: [0.1] * 3, 20: [agn] * 3},
            ("transfer", "TDE"): {10: [0.9] * 3, 20: 0.9 + NOISE},
            ("transfer", "SNIa"): {20: 0.6 + NOISE},
            ("transfer", "macro"): {20: [1.0] * 3},
        }
    )
    outcome = check("easiest_class", table, target="bts", easiest="AGN")
    assert outcome.verdict == verdict
    assert outcome.interval.estimate == pytest.approx(agn - 0.9)
    assert outcome.note == "n = 20; weakest of 2: TDE"


def test_easiest_class_is_undecided_where_a_class_cannot_be_tested():
    table = performance(
        {
            ("transfer", "AGN"): {10: [0.99] * 3, 20: [0.99] * 3},
            ("transfer", "TDE"): {10: 0.5 + NOISE, 20: [np.nan] * 3},
        }
    )
    outcome = check("easiest_class", table, target="bts", easiest="AGN")
    assert outcome.verdict == UNDECIDED
    assert outcome.note == "n = 20; weakest of 1: TDE"


@pytest.mark.parametrize(
    ("auroc", "n", "verdict"),
    [
        (0.6, 10000, HOLDS),
        (0.8, 10000, FAILS),
        (0.69, 10000, UNDECIDED),
        (0.6, 100, UNDECIDED),  # hard for want of labels, perhaps
        (0.8, 100, FAILS),  # easy already
        (0.6, 20000, HOLDS),
    ],
)
def test_pair_is_hard(auroc, n, verdict):
    outcome = check(
        "pair_is_hard",
        performance({("transfer", "B|C"): {10: [0.1] * 3, n: auroc + NOISE}}),
        target="bts",
        pair="B|C",
        threshold=0.7,
        n_train=10000,
    )
    assert outcome.verdict == verdict
    assert outcome.interval.estimate == pytest.approx(auroc)


# Claim 9


@pytest.mark.parametrize(
    ("small", "large", "verdict"),
    [
        ([0.5, 0.5, 0.7, 0.7], [0.8, 0.8, 0.8, 0.8], HOLDS),
        ([0.6, 0.6, 0.6, 0.6], [0.7, 0.7, 0.9, 0.9], FAILS),
        ([0.5, 0.6, 0.6, 0.7], [0.7, 0.8, 0.8, 0.9], UNDECIDED),
    ],
)
def test_spread_at_small_sizes(small, large, verdict):
    table = performance({("transfer", "macro"): {10: small, 20: large, 30: large}})
    outcome = check(
        "spread_largest_when_small", table, target="bts", strategy="transfer"
    )
    mean_deviation = np.abs(np.array([small, large]) - [[0.6], [0.8]]).mean(axis=1)
    assert outcome.interval.estimate == pytest.approx(
        mean_deviation[0] - mean_deviation[1]
    )
    assert outcome.verdict == verdict


# Claim 10


@pytest.mark.parametrize(
    ("minutes", "n", "device", "verdict"),
    [
        ([14, 15, 16], 10000, "Tesla V100-SXM2", HOLDS),
        ([29, 30, 31], 10000, "Tesla V100-SXM2", FAILS),
        ([5, 15, 45], 10000, "Tesla V100-SXM2", UNDECIDED),
        ([14, 15, 16], 500, "Tesla V100-SXM2", UNDECIDED),
        ([14, 15, 16], 10000, "", UNDECIDED),
    ],
)
def test_minutes_from_scratch(minutes, n, device, verdict):
    times = training(
        {
            "scratch": {
                10: {"seconds": [1.0] * 3},
                n: {"seconds": np.array(minutes) * 60},
            }
        }
    ).assign(device=device or None)
    outcome = minutes_from_scratch(times)
    assert outcome.interval.estimate == pytest.approx(np.prod(minutes) ** (1 / 3))
    assert outcome.verdict == verdict
    assert outcome.note == f"n = {n:,}; {device or 'hardware not recorded'}"


def minutes_from_scratch(times):
    options = {"target": "bts", "n_train": 10000, "device": "V100", "factor": 1.5}
    return check("minutes_from_scratch", None, times, **options, paper_value=15)


@pytest.mark.parametrize(
    ("devices", "minutes", "verdict"),
    [
        (["Tesla V100", "AMD EPYC", "Tesla V100", "AMD EPYC", "AMD EPYC"], 15, HOLDS),
        (["NVIDIA H200", "AMD EPYC", "NVIDIA H200", "AMD EPYC", "AMD EPYC"], 50, None),
    ],
)
def test_minutes_on_different_hardware_are_not_averaged(devices, minutes, verdict):
    """The paper's device counts where it trained, else the most frequent one."""
    seconds = np.array([14.9, 50, 15.1, 50, 50]) * 60
    times = training({"scratch": {10000: {"seconds": seconds}}}).assign(device=devices)
    outcome = minutes_from_scratch(times)
    assert outcome.interval.estimate == pytest.approx(minutes, rel=1e-3)
    assert outcome.verdict == (verdict or UNDECIDED)
    assert outcome.note == f"n = 10,000; {'Tesla V100' if verdict else 'AMD EPYC'}"


# The list of claims


def test_every_claim_of_the_paper_is_listed_and_not_run_without_results():
    claims = read_claims(CLAIMS)
    numbers = {int(claim.name.strip("abcdef")) for claim in claims.claims}
    assert numbers == set(range(1, 13))
    assert {claim.measure for claim in claims.claims} == set(MEASURES)
    times = pd.DataFrame(
        columns=[
            "target",
            "strategy",
            "n_train",
            "seed",
            "epochs_best",
            "epochs_run",
            "seconds",
            "seconds_uncached",
        ]
    )
    table = claims_table(performance({}), times, claims)
    assert set(table["verdict"]) == {NOT_RUN}
    assert table["measured"].isna().all()
    values = dict(
        zip((c.name for c in claims.claims), table["paper_value"], strict=True)
    )
    assert values["1a"] == 0.05
    assert values["2a"] == 0.94
    assert np.isnan(values["4a"])


def test_a_row_says_what_it_was_measured_on():
    claims = read_claims(CLAIMS)
    row = claims_table(gains({"macro": 0.05}), None, one_claim(claims, "11a")).iloc[0]
    assert row["claim"].startswith("(11a) BTS, transfer is still significantly better")
    assert row["claim"].endswith("[n = 20; 3 runs]")
    assert row["section"] == "Figure 1"
    assert row["verdict"] == UNDECIDED


def test_rows_of_a_capped_test_set_say_so_if_it_was_tested():
    claims = read_claims(CLAIMS)
    told = "[n = 20; 3 runs; tested on at most 1,000 light curves, drawn at random]"
    capped = gains({"macro": 0.05}).assign(max_test=1000)
    row = claims_table(capped, None, one_claim(claims, "11a")).iloc[0]
    assert row["claim"].endswith(told)
    epochs = {"epochs_best": np.array([4, 5]), "epochs_run": np.array([9, 9])}
    times = training({"transfer": {20: epochs}, "scratch": {20: epochs}})
    row = claims_table(capped, times, one_claim(claims, "3a")).iloc[0]
    assert "2 runs" in row["claim"]
    assert "tested" not in row["claim"]
    row = claims_table(performance({}), times, one_claim(claims, "11a")).iloc[0]
    assert row["verdict"] == NOT_RUN
    assert "tested" not in row["claim"]


def one_claim(claims, name):
    return replace(claims, claims=tuple(c for c in claims.claims if c.name == name))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda x: x.update(confidnce=0.9), "confidnce"),
        (lambda x: x.pop("margin"), "margin"),
        (lambda x: x["claims"]["1a"].update(treshold=1), "treshold.*average"),
        (lambda x: x["claims"]["1a"].pop("baseline"), "claim 1a.*baseline"),
        (lambda x: x["claims"]["1a"].update(measure="guess"), "guess.*gain_at_size"),
        (lambda x: x["claims"].update({"1a": "text"}), "claim 1a: not a mapping"),
        (lambda x: x.update(claims=[]), "claims: not a mapping"),
    ],
)
def test_a_wrong_key_is_refused_by_name(edit, message, tmp_path):
    content = yaml.safe_load(CLAIMS.read_text(encoding="utf-8"))
    content["claims"] = {name: dict(x) for name, x in content["claims"].items()}
    edit(content)
    path = tmp_path / "claims.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message):
        read_claims(path)
