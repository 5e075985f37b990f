"""The trigger: the first detection, or the one by which there are two."""

import numpy as np
import pytest

from transients.trigger import trigger_mjd


def trigger_of(mjd, detected, rule):
    """The trigger of one object, as trigger_mjd gives it beside two others."""
    mjd, detected = np.asarray(mjd, float), np.asarray(detected, bool)
    around = np.array([1.0, 2.0])
    every = np.concatenate([around, mjd, around])
    seen = np.concatenate([[True, True], detected, [False, False]])
    triggers = trigger_mjd(every, seen, np.array([0, 2, 2 + len(mjd)]), rule)
    assert triggers[0] == {"two_detections": 2.0, "first_detection": 1.0}[rule]
    assert np.isnan(triggers[2])
    return triggers[1]


@pytest.mark.parametrize(
    ("mjd", "detected", "trigger"),
    [
        ([10, 11, 12], [1, 1, 1], 11),
        ([10, 11, 12], [1, 0, 1], 12),  # the one between is no detection
        ([10, 11, 12], [0, 1, 1], 12),
        ([10, 10.01, 10.5], [1, 1, 1], 10.5),  # one visit of 0.01 d is one detection
        ([10, 10.01, 10.02], [1, 1, 1], 10.02),  # 0.02 d after the first is enough
        ([10, 10.015, 10.03], [1, 1, 1], 10.03),  # counted from the first of all
        ([10, 10.019], [1, 1], np.nan),
        ([10, 11], [1, 0], np.nan),
        ([10, 11], [0, 0], np.nan),
    ],
)
def test_trigger_by_two_detections(mjd, detected, trigger):
    np.testing.assert_equal(trigger_of(mjd, detected, "two_detections"), trigger)


@pytest.mark.parametrize(
    ("mjd", "detected", "trigger"),
    [
        ([10, 11, 12], [1, 1, 1], 10),
        ([10, 11, 12], [0, 0, 1], 12),
        ([10, 11, 12], [0, 0, 0], np.nan),
    ],
)
def test_trigger_by_the_first_detection(mjd, detected, trigger):
    np.testing.assert_equal(trigger_of(mjd, detected, "first_detection"), trigger)
