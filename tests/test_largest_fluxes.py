"""Another zero point is told from fluxes, and from unusual light curves."""

import numpy as np
import pytest

from transients.largest_fluxes import MANY, are_odd, on_another_scale, usual_range
from transients.simulate.simulator import classes_of, simulate_class

NANOJANSKY = 10 ** (0.4 * (31.4 - 27.5))
MICROJANSKY = 10 ** (0.4 * (23.9 - 27.5))
"""Fluxes in these units are FLUXCAL times that."""


def largest_of(survey, name, n_objects=60):
    points = simulate_class(survey, name, n_objects, seed=5).light_curves
    return points["flux"].abs().groupby(points["object_id"]).max().to_numpy()


@pytest.fixture(scope="module", params=["bts", "ztf", "lsst"])
def by_class(request):
    names = classes_of(request.param)
    return {name: largest_of(request.param, name) for name in names}


@pytest.mark.parametrize("unit", [NANOJANSKY, MICROJANSKY])
def test_other_units_are_told_in_every_survey(by_class, unit):
    largest = np.concatenate(list(by_class.values()))
    usual = usual_range(largest)
    assert not on_another_scale(largest, usual)
    assert on_another_scale(largest * unit, usual)
    assert not are_odd(largest * unit, usual).all()  # one by one they would not be


def test_no_class_is_taken_for_another_unit(by_class):
    usual = usual_range(np.concatenate(list(by_class.values())))
    for name, largest in by_class.items():
        assert not on_another_scale(largest, usual), name


def test_what_is_fainter_than_a_bright_sample_is_not_taken_for_another_unit():
    """A model of BTS, which takes what is brighter than magnitude 19, and ZTF."""
    bts = [largest_of("bts", name) for name in classes_of("bts")]
    ztf = [largest_of("ztf", name) for name in classes_of("ztf")]
    usual = usual_range(np.concatenate(bts))
    assert np.median(np.concatenate(ztf)) < usual[0]
    assert not on_another_scale(np.concatenate(ztf), usual)


def test_few_light_curves_may_all_be_unusual():
    usual = (10.0, 1000.0)
    assert not on_another_scale(np.full(MANY - 1, 1e6), usual)
    assert on_another_scale(np.full(MANY, 1e6), usual)
    odd = are_odd(np.array([3.0, 4.0, 100.0, 2900.0, 3100.0]), usual)
    assert odd.tolist() == [True, False, False, False, True]
