"""What intervals say of a claim."""

import numpy as np
import pandas as pd
import pytest

from transients.claims.verdicts import (
    FAILS,
    HOLDS,
    UNDECIDED,
    above,
    below,
    weakest,
    within,
)
from transients.intervals import Interval, mean_interval


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
