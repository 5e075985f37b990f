"""Intervals over runs against numbers computed by hand."""

import numpy as np
import pandas as pd
import pytest
from claims_toys import T2

from transients.intervals import (
    bootstrap_interval,
    levels,
    mean_interval,
    ratio_interval,
)


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


def test_bootstrap_of_two_values_lies_between_them():
    one = bootstrap_interval(pd.Series([1.0, 3.0, np.nan]))
    assert (one.estimate, one.lo, one.hi, one.n_runs) == (2.0, 1.0, 3.0, 2)


@pytest.mark.parametrize("n_runs", [1, 0])
def test_there_is_no_bootstrap_of_fewer_than_two_runs(n_runs):
    one = bootstrap_interval(pd.Series([0.5] * n_runs, dtype=float))
    assert one.n_runs == n_runs
    assert np.isnan([one.lo, one.hi]).all()


def test_the_bootstrap_of_many_runs_is_students_interval():
    values = pd.Series(np.random.default_rng(0).normal(size=400))
    bootstrap, student = bootstrap_interval(values), mean_interval(values)
    assert bootstrap.lo == pytest.approx(student.lo, abs=0.005)
    assert bootstrap.hi == pytest.approx(student.hi, abs=0.005)


def test_a_bootstrap_is_the_same_every_time_and_mirrored_by_a_sign():
    values = pd.Series([0.1, 0.4, 0.2, 0.9, 0.3])
    one, again, mirror = map(bootstrap_interval, (values, values.copy(), -values))
    assert one == again
    assert (mirror.lo, mirror.hi) == pytest.approx((-one.hi, -one.lo), abs=1e-3)


@pytest.mark.parametrize(("n_runs", "least"), [(5, 0.91), (10, 0.93)])
def test_a_bootstrap_interval_of_few_runs_covers_the_truth(n_runs, least):
    """The plain percentiles of 5 runs would cover it in 85 % of the cases."""
    runs = np.random.default_rng(1).normal(size=(1000, n_runs))
    intervals = [bootstrap_interval(pd.Series(values)) for values in runs]
    assert np.mean([one.lo < 0 < one.hi for one in intervals]) > least


def test_levels_are_moved_outwards_to_students_width():
    """2.776 standard errors of 5 runs are 3.104 standard deviations of their means."""
    assert levels(5) == pytest.approx((0.000954, 0.999046), abs=1e-6)
