"""Cadence, errors, trigger and selection of the simulated surveys."""

import numpy as np
import pandas as pd
import pytest
from numpy.random import Generator

from transients.simulate import SURVEYS, simulate_class
from transients.simulate.cadence import Visits
from transients.simulate.noise import flux_of, lsst_error, ztf_error
from transients.simulate.realism import BTS_SKY, observe_real_sky
from transients.simulate.surveys import BY_NAME
from transients.simulate.trigger import has_enough_points, trigger_days


@pytest.fixture
def rng() -> Generator:
    return np.random.default_rng(7)


def test_errors_by_hand() -> None:
    depth, flux = np.array([20.0]), np.array([1000.0])  # flux of magnitude 20
    # sky 200; source 0.5 * 1000; 1.2 % of 1000 = 12
    assert ztf_error(flux, depth)[0] == pytest.approx(np.sqrt(40_000 + 500 + 144))
    assert lsst_error(flux, depth)[0] == pytest.approx(np.sqrt(40_000 + 25))
    assert flux_of(depth)[0] == pytest.approx(1000.0)


def test_alerts_report_errors_almost_twice_as_large_as_the_scatter(
    rng: Generator,
) -> None:
    n, per_object = 3000, 20
    visits = Visits(
        season_length=np.full(n, 200.0),
        row=np.repeat(np.arange(n), per_object),
        day=np.tile(np.arange(per_object, dtype=float), n),
        passband=np.zeros(n * per_object, dtype=int),
        depth=np.full(n * per_object, 20.5),
    )
    dark, error = np.zeros(n * per_object), np.full(n * per_object, 100.0)
    flux, reported, _ = observe_real_sky(BTS_SKY, rng, dark, error, visits)
    assert 0.5 < np.std(flux / reported) < 0.65


@pytest.mark.parametrize("name", SURVEYS)
def test_visits_are_sorted_and_end_with_the_season(name: str, rng: Generator) -> None:
    visits = BY_NAME[name].cadence.draw(rng, 50)
    step = np.diff(visits.day)
    assert np.all((np.diff(visits.row) > 0) | (step >= 0))
    assert np.all(visits.day < visits.season_length[visits.row])
    assert visits.n_objects == 50
    assert np.all(np.isfinite(visits.depth))


def test_bts_has_both_bands_in_most_nights_an_hour_apart(rng: Generator) -> None:
    visits = BY_NAME["bts"].cadence.draw(rng, 300)
    points = pd.DataFrame(
        {"row": visits.row, "night": np.floor(visits.day), "day": visits.day}
    )
    first = points.assign(band=visits.passband).pivot_table(
        index=["row", "night"], columns="band", values="day", aggfunc="min"
    )
    both, red = first.notna().all(axis=1), first[1].notna()
    assert both.mean() == pytest.approx(0.62, abs=0.02)
    assert red[~both].mean() == pytest.approx(0.66, abs=0.03)
    apart = 24 * (first[0] - first[1]).abs()[both]
    assert apart.median() == pytest.approx(1.2, abs=0.2)
    assert (24 * (visits.day % 1)).min() > 1
    assert (24 * (visits.day % 1)).max() < 15
    repeated = points.assign(band=visits.passband).duplicated(["row", "night", "band"])
    share = repeated.groupby([points.row, points.night]).any()
    assert share.mean() == pytest.approx(0.11, abs=0.03)
    assert (share.groupby("row").mean() < 0.05).mean() > 0.3  # most objects have few


def test_bts_nights_are_one_to_three_days_apart_with_long_gaps(rng: Generator) -> None:
    visits = BY_NAME["bts"].cadence.draw(rng, 300)
    nights = pd.DataFrame({"row": visits.row, "night": np.floor(visits.day)})
    gaps = nights.drop_duplicates().groupby("row").night.diff().dropna()
    assert gaps.min() == 1
    assert gaps.median() in (2, 3)
    assert (gaps > 7).mean() == pytest.approx(0.05, abs=0.03)


@pytest.fixture(scope="module")
def spectroscopic() -> pd.DataFrame:
    """Points of 300 SNe Ia that are bright enough for spectra."""
    points = simulate_class("lsst_spectroscopic", "SNIa", 300, seed=1).light_curves
    return points.assign(night=np.floor(points.mjd))


def test_deep_fields_go_deeper_and_are_seen_in_all_bands(
    spectroscopic: pd.DataFrame,
) -> None:
    error = spectroscopic[spectroscopic.passband == "z"].groupby("object_id").flux_err
    deep = error.median() < 5.5
    assert deep.mean() == pytest.approx(0.3, abs=0.08)
    bands = spectroscopic.groupby(["object_id", "night"]).passband.nunique()
    most = bands.groupby("object_id").max()
    assert most[deep[deep].index].median() == 5
    assert most[deep[~deep].index].max() == 1
    # PLAsTiCC's training set: 2.3 and 5.7 FLUXCAL in the median of r and z.
    medians = spectroscopic.groupby("passband", observed=True).flux_err.median()
    assert medians["r"] == pytest.approx(2.0, abs=0.7)
    assert medians["z"] == pytest.approx(4.6, abs=1.8)


def test_points_of_a_night_and_band_are_co_added(spectroscopic: pd.DataFrame) -> None:
    assert not spectroscopic.duplicated(["object_id", "night", "passband"]).any()


def test_objects_with_spectra_are_brighter(spectroscopic: pd.DataFrame) -> None:
    every = simulate_class("lsst", "SNIa", 300, seed=1).light_curves
    brightest, fainter = (
        points[points.detected].groupby("object_id").flux.max().median()
        for points in (spectroscopic, every)
    )
    assert 2.5 * np.log10(brightest / fainter) > 0.2


def test_trigger_is_the_second_detection() -> None:
    row = np.array([0, 0, 0, 0, 1, 1, 2])
    day = np.array([1.0, 5.0, 5.01, 5.5, 2.0, 3.0, 4.0])
    detected = np.array([False, True, True, True, True, False, True])
    trigger = trigger_days(row, day, detected, 4)
    np.testing.assert_array_equal(trigger, [5.5, np.inf, np.inf, np.inf])


def test_enough_points_are_eight_in_the_window() -> None:
    day = np.array([*np.arange(8.0), 100.0, *np.arange(7.0), 100.0])
    row = np.repeat([0, 1], [9, 8])
    enough = has_enough_points(row, day, np.array([0.0, 0.0]))
    assert list(enough) == [True, False]
