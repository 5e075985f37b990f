"""Claims on labels, epochs, time and scatter, against numbers computed by hand."""

import numpy as np
import pandas as pd
import pytest
from claims_toys import NOISE, T2, check, performance, training

from transients.claims.verdicts import FAILS, HOLDS, UNDECIDED
from transients.errors import ConfigurationError
from transients.intervals import Interval

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


@pytest.mark.parametrize(
    ("measure", "options"),
    [
        ("fraction_of_labels", {"average": "macro", "paper_value": 0.05}),
        ("share_of_performance", {"fraction": 0.3, "paper_value": 0.94}),
    ],
)
def test_a_baseline_that_needs_no_labels_has_no_share_of_them(measure, options):
    curves = {("transfer", "macro"): {10: 0.7 + NOISE}}
    table = performance({**curves, ("zero_shot", "macro"): {0: [0.6] * 3}})
    outcome = check(measure, table, target="bts", baseline="zero_shot", **options)
    assert outcome.verdict == UNDECIDED
    assert outcome.interval.n_runs == 0


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
