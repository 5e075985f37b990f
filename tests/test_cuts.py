"""Light curves cut some days after their trigger: what was known by then, no more."""

from dataclasses import replace

import numpy as np
import pytest
from test_encode_tables import encoded, one_object  # noqa: F401 (a fixture)

from transients.cuts import cut_after, cuts_in_window

WINDOW = (-30.0, 70.0)
MJD = [59000.013, 59001.7, 59003.11, 59010.4, 59010.91, 59041.3, 59060.9]
"""The first two detections make 59001.7 the trigger."""


def up_to(portion, mjd):
    """The tables as they were in that night."""
    points = portion.light_curves
    return replace(portion, light_curves=points[points["mjd"] <= mjd])


@pytest.mark.parametrize("rule", ["two_detections", "first_detection"])
@pytest.mark.parametrize("days", [0, 1.5, 5, 8.8, 20, 40, 70])
def test_a_cut_input_is_the_input_of_a_cut_light_curve(encoded, rule, days):  # noqa: F811
    """Trigger, time zero, fluxes: nothing that follows from later observations."""
    portion = one_object(MJD)
    trigger = MJD[1] if rule == "two_detections" else MJD[0]
    whole, _ = encoded(portion, trigger=rule)
    then, _ = encoded(up_to(portion, trigger + days), trigger=rule, min_points=1)
    cut = cut_after(whole, days, WINDOW)
    assert len(cut.points) == (np.array(MJD) <= trigger + days).sum() > 0
    for array in ("points", "offsets", "metadata", "labels"):
        np.testing.assert_array_equal(getattr(cut, array), getattr(then, array))


@pytest.mark.parametrize("day", [0.0, 0.1, 5.0, 20.0, 33.3])
def test_an_observation_at_the_very_time_of_the_cut_is_kept(encoded, day):  # noqa: F811
    whole, _ = encoded(one_object([59000, 59001, 59001 + day, 59040, 59050, 59060]))
    assert cut_after(whole, day, WINDOW).lengths.tolist() == [2 + 1]


def test_before_the_trigger_a_light_curve_may_be_empty(encoded):  # noqa: F811
    whole, _ = encoded(one_object([59000, 59020, 59021, 59022, 59023]))
    assert cut_after(whole, -10, WINDOW).lengths.tolist() == [1]
    cut = cut_after(whole, -25, WINDOW)
    assert cut.lengths.tolist() == [0]
    assert (len(cut), cut.points.shape) == (1, (0, 4))


def test_the_last_cut_is_the_whole_light_curve(encoded):  # noqa: F811
    assert cuts_in_window([70, 5, -10, 99, -30, -40], WINDOW) == [-10, 5, 70]
    assert cuts_in_window([5], (-10, 40)) == [5, 40]
    whole, _ = encoded(one_object(MJD))
    for days in (70, 1e6):
        cut = cut_after(whole, days, WINDOW)
        np.testing.assert_array_equal(cut.points, whole.points)
        np.testing.assert_array_equal(cut.offsets, whole.offsets)
