"""Physical laws of the parts of the embedded simulator."""

import numpy as np
import pytest
from astropy.cosmology import FlatLambdaCDM
from numpy.random import Generator

from transients.dust import extinction_ratio
from transients.photometry import R_V
from transients.simulate.agn import damped_random_walk
from transients.simulate.cosmology import distance_modulus, draw_redshifts
from transients.simulate.diffusion import TIME_GRID, at_age, diffuse, diffusion_time
from transients.simulate.engines import nickel_heating
from transients.simulate.passbands import TRAPEZOIDS, efficiency, passbands_of
from transients.simulate.sed import planck


@pytest.fixture
def rng() -> Generator:
    return np.random.default_rng(7)


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


def test_damped_random_walk_has_its_structure_function(
    rng: Generator,
) -> None:
    lags = np.array([0.0, 10.0, 50.0, 400.0])
    walk = damped_random_walk(np.tile(lags, (40_000, 1)), np.full(40_000, 50.0), rng)
    np.testing.assert_allclose(walk.var(axis=0), 0.5, rtol=0.03)
    structure = np.mean((walk[:, 1:] - walk[:, :1]) ** 2, axis=0)
    np.testing.assert_allclose(structure, 1 - np.exp(-lags[1:] / 50), rtol=0.03)
