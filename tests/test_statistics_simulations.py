"""Simulated sources and targets share no light curve, whatever their seeds."""

from itertools import combinations

import numpy as np
import pytest
from configurations import DEFAULT

from transients.simulate import classes_of, shapes, simulate_class, simulator
from transients.simulate.classes import EXPLOSIONS
from transients.simulate.shapes import template_library

SIMULATED = {
    name: section["simulate"]
    for name, section in DEFAULT["datasets"].items()
    if section["reader"] == "simulate"
}


def draws(survey, class_name, seed, n=30):
    """Redshifts, coordinates and points (mjd, flux) of a few objects."""
    made = simulate_class(survey, class_name, n, seed)
    sky = made.objects[["ra", "dec", "redshift"]].to_numpy().ravel()
    points = made.light_curves
    return {*sky, *zip(points["mjd"], points["flux"], strict=True)}


def test_the_defaults_data_sets_are_of_different_seeds():
    seeds = [section["seed"] for section in SIMULATED.values()]
    assert len(set(seeds)) == len(seeds) > 3


@pytest.mark.parametrize("name", ["SNIa", "SNIc-BL", "AGN"])
def test_two_seeds_of_a_survey_share_nothing(name):
    """Classes of a few templates as well: objects differ in all but their shapes."""
    one, other = (draws("lsst", name, seed) for seed in (1, 2))
    assert len(one) > 1000
    assert not one & other


def test_one_seed_of_two_surveys_shares_nothing():
    surveys = ("ztf", "lsst", "lsst_spectroscopic")
    several = [draws(survey, "SNIb", 1) for survey in surveys]
    several.append(draws("bts", "SN Ib/c", 1))
    for one, other in combinations(several, 2):
        assert not one & other


def test_no_two_data_sets_draw_from_the_same_stream(monkeypatch):
    """Neither of surveys nor of seeds, for all classes of the default's data sets."""
    begun = []
    observe_batch = simulator.observe_batch

    def spy(survey, kind, rng, n):
        begun.append(rng.bit_generator.state["state"]["state"])
        return observe_batch(survey, kind, rng, n)

    monkeypatch.setattr(simulator, "observe_batch", spy)
    asked = {
        (section["survey"], name, seed)
        for section in SIMULATED.values()
        for name in list(section["counts"])[:2]
        for seed in (section["seed"], 1)
    }
    for survey, name, seed in sorted(asked):
        simulate_class(survey, name, 1, seed)
    assert len(set(begun)) == len(begun) >= len(asked) > 12


def test_surveys_have_template_libraries_of_their_own():
    """Their seed is one and the same, but no template of a source is a target's."""
    kinds = [kind for kind, one in EXPLOSIONS.items() if one.n_templates is not None]
    assert len(kinds) > 5
    for kind in kinds:
        one, other = (template_library(survey, kind) for survey in ("ztf", "lsst"))
        for parameter, values in one.items():
            if np.unique(values).size > 1:
                clipped = [values.min(), values.max()]  # where priors end
                shared = np.intersect1d(values, other[parameter])
                assert np.isin(shared, clipped).all(), (kind, parameter)


def test_surveys_that_stand_for_real_data_repeat_no_template(monkeypatch):
    """The BTS and the spectroscopic sample of LSST stand for real data."""
    asked = []

    def spy(survey, name):
        asked.append(survey)
        return template_library(survey, name)

    monkeypatch.setattr(shapes, "template_library", spy)
    for survey in ("bts", "lsst_spectroscopic", "ztf", "lsst"):
        simulate_class(survey, classes_of(survey)[-1 if survey == "bts" else 3], 3, 1)
    assert set(asked) == {"ztf", "lsst"}
