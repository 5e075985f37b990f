"""Laws of the embedded simulator, from its parts to its front door."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from astropy.cosmology import FlatLambdaCDM
from numpy.random import Generator

from transients.dust import R_V, extinction_ratio
from transients.simulate import CLASSES, SURVEYS, classes_of, simulate_class, simulator
from transients.simulate.agn import damped_random_walk
from transients.simulate.bts import SUBCLASS_COUNTS, SUBCLASSES
from transients.simulate.cadence import Visits
from transients.simulate.classes import EXPLOSIONS
from transients.simulate.cosmology import distance_modulus, draw_redshifts
from transients.simulate.diffusion import TIME_GRID, at_age, diffuse, diffusion_time
from transients.simulate.distributions import Normal, SplitNormal
from transients.simulate.engines import nickel_heating
from transients.simulate.explosions import Explosions
from transients.simulate.noise import flux_of, lsst_error, ztf_error
from transients.simulate.passbands import TRAPEZOIDS, efficiency, passbands_of
from transients.simulate.realism import BTS_SKY, observe_real_sky
from transients.simulate.rest_frame import build_model
from transients.simulate.sed import planck
from transients.simulate.shapes import (
    free_shapes,
    library_shapes,
    peak_magnitudes,
    template_library,
)
from transients.simulate.surveys import BY_NAME
from transients.simulate.trigger import has_enough_points, trigger_days

EVERY_CLASS = [(survey, name) for survey in SURVEYS for name in classes_of(survey)]
WITH_LIBRARY = [name for name, kind in EXPLOSIONS.items() if kind.n_templates]


@pytest.fixture
def rng() -> Generator:
    return np.random.default_rng(7)


# Physics


def test_constant_heating_diffuses_as_the_exact_solution() -> None:
    tau = np.array([5.0, 30.0])
    luminosity = diffuse(np.full((2, len(TIME_GRID)), 3.0), tau)
    expected = 3 * (1 - np.exp(-((TIME_GRID / tau[:, None]) ** 2)))
    np.testing.assert_allclose(luminosity, expected, rtol=1e-10)


def test_heating_linear_in_time_squared_diffuses_as_the_exact_solution() -> None:
    tau, square = 20.0, TIME_GRID**2
    luminosity = diffuse(square[None, :], np.array([tau]))[0]
    expected = square - tau**2 * -np.expm1(-square / tau**2)
    later = TIME_GRID > 5  # the first step takes the power as constant
    np.testing.assert_allclose(luminosity[later], expected[later], rtol=1e-4)


def test_luminosity_equals_heating_at_peak() -> None:  # Arnett's rule
    heating = nickel_heating()
    luminosity = diffuse(heating, np.array([15.0]))
    crossing = int(np.argmax(luminosity[0] > heating[0]))  # the grid's next time
    assert luminosity.argmax() in (crossing - 1, crossing)


def test_diffusion_time_by_hand() -> None:
    # sqrt(2 * 0.1 * 1.989e33 / (13.8 * 2.998e10 * 1e9)) s = 9.805e5 s
    days = diffusion_time(np.array([1.0]), np.array([1e9]), np.array([0.1]))
    assert days[0] == pytest.approx(11.35, abs=0.01)


def test_interpolation_is_exact_for_what_is_linear_in_log_time(rng: Generator) -> None:
    table = np.stack([np.log(TIME_GRID), 2 - np.log(TIME_GRID)])
    row, age = rng.integers(0, 2, 50), rng.uniform(0.2, 600, 50)
    expected = np.where(row == 0, np.log(age), 2 - np.log(age))
    np.testing.assert_allclose(at_age(table, row, age), expected, rtol=1e-8, atol=1e-8)


def test_distance_modulus_agrees_with_astropy() -> None:
    z = np.geomspace(0.001, 3.1, 200)
    expected = FlatLambdaCDM(H0=70, Om0=0.3).distmod(z).value
    np.testing.assert_allclose(distance_modulus(z), expected, atol=1e-3)


def test_nearby_redshifts_fill_a_volume(rng: Generator) -> None:
    z = draw_redshifts(rng, 40_000, (1e-4, 0.01), 1.0)
    assert np.median(z) == pytest.approx(0.01 * 0.5 ** (1 / 3), rel=0.01)
    assert z.min() >= 1e-4
    assert z.max() <= 0.01


def test_a_rising_rate_moves_redshifts_outwards(rng: Generator) -> None:
    falling = draw_redshifts(rng, 5000, (0.01, 2.0), -1.0)
    rising = draw_redshifts(rng, 5000, (0.01, 2.0), 2.5)
    assert np.mean(rising) > np.mean(falling) + 0.1


def test_dust_follows_fitzpatrick() -> None:
    v, b = extinction_ratio(np.array([5470.0, 4400.0]))
    assert v == pytest.approx(1.0, abs=0.02)
    assert b - v == pytest.approx(1 / R_V, abs=0.03)
    near_infrared = extinction_ratio(np.array([12_200.0]))[0]
    assert near_infrared == pytest.approx(0.829 / R_V, rel=1e-4)
    around_bump = extinction_ratio(np.array([1900.0, 2175.0, 2500.0]))
    assert around_bump.argmax() == 1


def test_dust_has_no_step_where_its_two_parts_meet() -> None:
    blue, red = extinction_ratio(np.array([2695.0, 2705.0]))
    assert blue == pytest.approx(red, rel=0.01)


@pytest.mark.parametrize(
    ("camera", "published"),
    [("ztf", [4746, 6366]), ("lsst", [3671, 4827, 6223, 7546, 8691, 9712])],
)
def test_passbands_lie_where_published(camera: str, published: list[float]) -> None:
    np.testing.assert_allclose(passbands_of(camera).centres, published, rtol=0.02)


@pytest.mark.parametrize("temperature", [4000.0, 20_000.0])
@pytest.mark.parametrize("camera", TRAPEZOIDS)
def test_three_slices_stand_for_the_band(camera: str, temperature: float) -> None:
    bands = passbands_of(camera)
    for corners, nodes in zip(TRAPEZOIDS[camera].values(), bands.nodes, strict=True):
        fine = np.linspace(corners[0], corners[-1], 5000)
        weight = efficiency(corners, fine) / fine
        f_nu = planck(fine, np.array(temperature)) * fine**2
        exact = np.average(f_nu, weights=weight)
        ours = np.mean(planck(nodes, np.array(temperature)) * nodes**2)
        assert ours == pytest.approx(exact, rel=0.01)


def test_blackbody_peaks_where_wien_says() -> None:
    wavelength = np.linspace(2000, 10_000, 8001)
    peak = wavelength[planck(wavelength, np.array(6000.0)).argmax()]
    assert peak == pytest.approx(2.8978e7 / 6000, abs=2)


@pytest.mark.parametrize("name", SUBCLASSES)
def test_models_reach_their_peak_magnitude(name: str, rng: Generator) -> None:
    kind = SUBCLASSES[name]
    shape = free_shapes(kind, rng, 50)
    magnitude = peak_magnitudes(kind, shape, rng)
    model = build_model(kind, shape, magnitude)
    reference = np.full((50, 1), kind.reference_wavelength)
    flux = model.flux(np.arange(50), model.peak_time, reference)[:, 0]
    # Between two grid points the peak of a plateau's rise is not on the grid.
    np.testing.assert_allclose(-2.5 * np.log10(flux) - 48.6, magnitude, atol=0.06)


def supernova_at(redshift: float, mwebv: float) -> Explosions:
    """One ordinary SNIa without host dust and ripples."""
    kind = EXPLOSIONS["SNIa"]
    shape = {name: np.array([0.0]) for name in ("x1", "colour")}
    shape |= {"stretch": np.array([0.98]), "diffusion_time": np.array([13.0])}
    shape |= {"leakage_time": np.array([42.0]), "velocity": np.array([1.05e9])}
    shape |= {"temperature_floor": np.array([5300.0]), "bump": np.array([0.38])}
    return Explosions(
        model=build_model(kind, shape, np.array([-19.3])),
        redshift=np.array([redshift]),
        mwebv=np.array([mwebv]),
        host_av=np.zeros(1),
        roughness=np.zeros((1, 2, 3)),
    )


def test_apparent_magnitude_is_absolute_plus_distance_modulus() -> None:
    peak = supernova_at(0.01, 0.0).peak_flux(BY_NAME["ztf"])[0]
    expected = -19.3 + distance_modulus(np.array([0.01]))[0]
    assert 27.5 - 2.5 * np.log10(peak) == pytest.approx(expected, abs=0.25)


def test_milky_way_dust_dims_by_its_extinction() -> None:
    zero, band = np.array([0]), np.array([0])
    age = np.array([17.0])
    fluxes = [
        supernova_at(0.05, mwebv).flux_at_age(BY_NAME["ztf"], zero, age, band)[0]
        for mwebv in (0.0, 0.1)
    ]
    loss = 2.5 * np.log10(fluxes[0] / fluxes[1])
    centre = BY_NAME["ztf"].passbands.centres[:1]
    assert loss == pytest.approx(0.1 * R_V * extinction_ratio(centre)[0], abs=0.01)


def test_nothing_shines_before_it_explodes() -> None:
    visits = Visits(
        season_length=np.array([200.0]),
        row=np.zeros(3, dtype=int),
        day=np.array([40.0, 50.1, 60.0]),
        passband=np.zeros(3, dtype=int),
        depth=np.full(3, 20.5),
    )
    flux = supernova_at(0.05, 0.0).flux(BY_NAME["ztf"], visits, np.array([50.0]))
    assert list(flux > 0) == [False, False, True]


def test_damped_random_walk_has_its_structure_function(
    rng: Generator,
) -> None:
    lags = np.array([0.0, 10.0, 50.0, 400.0])
    walk = damped_random_walk(np.tile(lags, (40_000, 1)), np.full(40_000, 50.0), rng)
    np.testing.assert_allclose(walk.var(axis=0), 0.5, rtol=0.03)
    structure = np.mean((walk[:, 1:] - walk[:, :1]) ** 2, axis=0)
    np.testing.assert_allclose(structure, 1 - np.exp(-lags[1:] / 50), rtol=0.03)


# Priors


def test_split_normal_shares_its_mass_as_its_widths(rng: Generator) -> None:
    values = SplitNormal(1.0, 3.0, 1.0).draw(rng, 40_000)
    assert np.mean(values < 1.0) == pytest.approx(0.75, abs=0.01)


def test_widening_multiplies_the_scatter_within_the_bounds(rng: Generator) -> None:
    assert np.std(Normal(5.0, 2.0).draw(rng, 40_000, 1.3)) == pytest.approx(
        2.6, rel=0.02
    )
    clipped = Normal(5.0, 2.0, 4.0, 6.0).draw(rng, 100, 1.3)
    assert (clipped.min(), clipped.max()) == (4.0, 6.0)


@pytest.mark.parametrize("name", WITH_LIBRARY)
def test_simulated_surveys_repeat_a_few_templates(name: str, rng: Generator) -> None:
    kind = EXPLOSIONS[name]
    shape = pd.DataFrame(library_shapes("ztf", kind, rng, 2000))[list(kind.shape)]
    free = pd.DataFrame(free_shapes(kind, rng, 2000))
    assert len(shape.drop_duplicates()) <= (kind.n_templates or 0)
    assert len(free.drop_duplicates()) == 2000


@pytest.mark.parametrize("name", WITH_LIBRARY)
def test_surveys_have_different_libraries(name: str) -> None:
    ztf, lsst = template_library("ztf", name), template_library("lsst", name)
    assert any(not np.array_equal(ztf[key], lsst[key]) for key in ztf)


def test_brighter_hydrogen_rich_supernovae_decline_faster(rng: Generator) -> None:
    shape = free_shapes(EXPLOSIONS["SNII"], rng, 5000)
    magnitude = peak_magnitudes(EXPLOSIONS["SNII"], shape, rng)
    assert np.corrcoef(magnitude, shape["decline"])[0, 1] < -0.1


def test_every_subclass_of_the_bts_is_known() -> None:
    assert {kind for mix in SUBCLASS_COUNTS.values() for kind in mix} <= set(SUBCLASSES)


# Survey layer


def test_errors_by_hand() -> None:
    depth, flux = np.array([20.0]), np.array([1000.0])  # flux of magnitude 20
    # sky 200; source 0.5 * 1000; 1.2 % of 1000 = 12
    assert ztf_error(flux, depth)[0] == pytest.approx(np.sqrt(40_000 + 500 + 144))
    assert lsst_error(flux, depth)[0] == pytest.approx(np.sqrt(40_000 + 25))
    assert flux_of(depth)[0] == pytest.approx(1000.0)


def test_real_errors_are_underestimated(rng: Generator) -> None:
    n, per_object = 3000, 20
    visits = Visits(
        season_length=np.full(n, 200.0),
        row=np.repeat(np.arange(n), per_object),
        day=np.tile(np.arange(per_object, dtype=float), n),
        passband=np.zeros(n * per_object, dtype=int),
        depth=np.full(n * per_object, 20.5),
    )
    dark, error = np.zeros(n * per_object), np.full(n * per_object, 100.0)
    flux, reported = observe_real_sky(BTS_SKY, rng, dark, error, visits)
    assert 1.1 < np.std(flux / reported) < 1.5


@pytest.mark.parametrize("name", SURVEYS)
def test_visits_are_sorted_and_end_with_the_season(name: str, rng: Generator) -> None:
    visits = BY_NAME[name].cadence.draw(rng, 50)
    step = np.diff(visits.day)
    assert np.all((np.diff(visits.row) > 0) | (step >= 0))
    assert np.all(visits.day < visits.season_length[visits.row])
    assert visits.n_objects == 50
    assert np.all(np.isfinite(visits.depth))


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


# The front door


def first_trigger(points: pd.DataFrame, separation: float) -> float:
    """Independent of the simulator's own: a loop over one object's detections."""
    times = points.mjd[points.detected].to_numpy()
    return next(t for t in times if t >= times[0] + separation)


@pytest.mark.parametrize(("survey", "name"), EVERY_CLASS)
def test_every_class_obeys_the_laws_of_its_survey(survey: str, name: str) -> None:
    result = simulate_class(survey, name, 25, seed=3)
    objects, points = result.objects, result.light_curves
    assert len(objects) == 25
    assert objects.object_id.is_unique
    assert not objects.object_id.str.contains(r"[\s/]").any()
    assert set(objects["class"]) == {name}
    assert not objects.isna().any(axis=None)
    assert not points.isna().any(axis=None)
    assert objects.dec.between(*BY_NAME[survey].declinations).all()
    assert objects.mwebv.between(0, 0.5).all()
    assert (points.flux_err > 0).all()
    assert set(points.passband.unique()) <= set(BY_NAME[survey].passbands.names)
    assert list(points.object_id.unique()) == list(objects.object_id)
    ratio = points.flux.astype(float) / points.flux_err.astype(float)
    ratio = ratio.abs() if name == "AGN" else ratio
    assert (points.detected == (ratio > 5)).all()
    for _, one in points.groupby("object_id"):
        assert one.mjd.is_monotonic_increasing
        since = one.mjd - first_trigger(one, 0.0 if survey == "bts" else 0.02)
        assert since.between(-30, 70).sum() >= 8


def test_bts_keeps_detections_and_simulations_keep_all() -> None:
    assert simulate_class("bts", "SN II", 20, 1).light_curves.detected.all()
    assert not simulate_class("ztf", "SNII", 20, 1).light_curves.detected.all()


@pytest.mark.parametrize(
    ("survey", "name", "many"),
    [("ztf", "SNIb", 450), ("lsst", "AGN", 30), ("bts", "SN Ib/c", 60)],
)
def test_fewer_objects_are_the_first_of_more(survey: str, name: str, many: int) -> None:
    more, fewer = (simulate_class(survey, name, n, seed=5) for n in (many, 9))
    pd.testing.assert_frame_equal(more.objects.head(9), fewer.objects)
    common = more.light_curves.object_id.isin(fewer.objects.object_id)
    pd.testing.assert_frame_equal(
        more.light_curves[common].reset_index(drop=True), fewer.light_curves
    )


def test_seeds_and_surveys_differ() -> None:
    one, two = (simulate_class("ztf", "SNIc", 5, seed) for seed in (1, 2))
    other = simulate_class("lsst", "SNIc", 5, 1)
    assert not np.intersect1d(one.objects.redshift, two.objects.redshift).size
    assert not np.intersect1d(one.objects.redshift, other.objects.redshift).size


def test_no_objects_are_legal_and_typed() -> None:
    none, some = (simulate_class("bts", "TDE", n, 0) for n in (0, 2))
    assert len(none.objects) == len(none.light_curves) == 0
    pd.testing.assert_series_equal(none.light_curves.dtypes, some.light_curves.dtypes)
    assert list(none.objects.columns) == list(some.objects.columns)


def test_an_object_may_lack_a_passband() -> None:
    points = simulate_class("lsst", "SNIa", 200, 4).light_curves
    bands = points.groupby("object_id").passband.nunique()
    assert bands.min() < 6


def test_classes_are_those_of_table_1() -> None:
    assert classes_of("ztf") == classes_of("lsst") == CLASSES
    assert len(CLASSES) == 12
    assert classes_of("bts") == ("SN Ia", "SN II", "SN Ib/c", "SLSN-I", "TDE")


@pytest.mark.parametrize(
    ("survey", "name", "n", "seed", "complaint"),
    [
        ("des", "SNIa", 1, 0, "no survey 'des'"),
        ("ztf", "SN Ia", 1, 0, "ztf has no class 'SN Ia'"),
        ("bts", "SNIax", 1, 0, "bts has no class 'SNIax'"),
        ("ztf", "SNIa", -1, 0, "n_objects"),
        ("ztf", "SNIa", 1, -1, "seed"),
    ],
)
def test_nonsense_is_refused(
    survey: str, name: str, n: int, seed: int, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        simulate_class(survey, name, n, seed)


@pytest.mark.parametrize("name", ["AGN", "SNIa"])
def test_hopeless_acceptance_ends_with_an_error(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = replace(BY_NAME["ztf"], agn_limit=0.0, peak_limit=0.0)
    monkeypatch.setattr(simulator, "BY_NAME", {"ztf": blind})
    monkeypatch.setattr(simulator, "PATIENCE", 800)
    with pytest.raises(RuntimeError, match=f"ztf accepts none of 800 {name}"):
        simulate_class("ztf", name, 3, 0)
