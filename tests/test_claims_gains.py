"""Claims that compare strategies or classes, against numbers computed by hand."""

import numpy as np
import pandas as pd
import pytest
from claims_toys import NOISE, T2, check, gains, performance

from transients.claims.results import NotRunError
from transients.claims.verdicts import FAILS, HOLDS, UNDECIDED

# Claims 4, 5, 11, 12: gains


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


def test_gain_largest_for_all_classes_says_nothing():
    table, classes = gains({"SLSN-I": 0.1, "TDE": 0.2}), ["SLSN-I", "TDE"]
    options = {"target": "bts", "baseline": "scratch", "classes": classes}
    with pytest.raises(NotRunError):
        check("gain_largest_for", table, **options)


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
