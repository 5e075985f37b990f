"""Light curves, priors and template libraries of the simulated classes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.random import Generator

from transients.dust import extinction_ratio
from transients.photometry import R_V
from transients.simulate.bts import SUBCLASS_COUNTS, SUBCLASSES
from transients.simulate.cadence import Visits
from transients.simulate.classes import EXPLOSIONS
from transients.simulate.cosmology import distance_modulus
from transients.simulate.distributions import Normal, SplitNormal
from transients.simulate.explosions import Explosions
from transients.simulate.rest_frame import build_model
from transients.simulate.shapes import (
    free_shapes,
    library_shapes,
    peak_magnitudes,
    template_library,
)
from transients.simulate.surveys import BY_NAME

WITH_LIBRARY = [name for name, kind in EXPLOSIONS.items() if kind.n_templates]


@pytest.fixture
def rng() -> Generator:
    return np.random.default_rng(7)


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


ORDINARY_SNIA = {
    "x1": 0.0,
    "colour": 0.0,
    "stretch": 0.98,
    "diffusion_time": 10.5,
    "leakage_time": 48.0,
    "velocity": 1.05e9,
    "temperature_floor": 10_500.0,
    "temperature_ceiling": 13_500.0,
    "bump": 0.5,
}


def supernova_at(redshift: float, mwebv: float, **changes: float) -> Explosions:
    """One ordinary SNIa without host dust and ripples."""
    shape = {name: np.array([x]) for name, x in (ORDINARY_SNIA | changes).items()}
    return Explosions(
        model=build_model(EXPLOSIONS["SNIa"], shape, np.array([-19.3])),
        redshift=np.array([redshift]),
        mwebv=np.array([mwebv]),
        host_av=np.zeros(1),
        roughness=np.zeros((1, 2, 3)),
    )


def declines(object_: Explosions, band: int, *days: float) -> list[float]:
    """Magnitudes lost since maximum in g (0) or r (1), at observed days after it."""
    observed = np.arange(5.0, 90.0, 0.25)
    age = observed / (1 + object_.redshift[0])
    row = np.zeros(len(age), dtype=int)
    flux = object_.flux_at_age(BY_NAME["ztf"], row, age, row + band)
    magnitude = -2.5 * np.log10(flux / flux.max())
    return list(
        np.interp(observed[flux.argmax()] + np.array(days), observed, magnitude)
    )


def test_red_light_of_a_snia_has_a_shoulder() -> None:
    ordinary, bare = supernova_at(0.05, 0.0), supernova_at(0.05, 0.0, bump=0.0)
    at_15, at_30 = declines(ordinary, 1, 15, 30)
    # The BTS's SNe Ia: 0.63 [0.48, 0.76] and 1.07 [0.92, 1.38], median and 16-84 %.
    assert at_15 == pytest.approx(0.65, abs=0.1)
    assert at_30 == pytest.approx(1.15, abs=0.2)
    assert at_30 - at_15 < at_15
    without_at_15, without_at_30 = declines(bare, 1, 15, 30)
    assert without_at_30 - without_at_15 > at_30 - at_15 + 0.1


def test_iron_lines_darken_blue_light_after_peak() -> None:
    lined = supernova_at(0.05, 0.0)
    spectrum = replace(lined.model.kind.spectrum, iron=None)
    plain = replace(
        lined,
        model=replace(lined.model, kind=replace(lined.model.kind, spectrum=spectrum)),
    )
    blue, red = (
        declines(lined, band, 30)[0] - declines(plain, band, 30)[0] for band in (0, 1)
    )
    assert blue == pytest.approx(0.8, abs=0.15)  # depth 0.9, and the edge of the band
    assert abs(red) < 0.2
    # The BTS's SNe Ia lose 2.07 mag in 30 d.
    assert declines(lined, 0, 30)[0] == pytest.approx(2.15, abs=0.2)


def test_a_snia_is_never_hotter_than_its_ceiling() -> None:
    assert supernova_at(0.05, 0.0).model.temperature.max() == 13_500
    free = supernova_at(0.05, 0.0, temperature_ceiling=40_000.0)
    assert free.model.temperature.max() > 15_000


@pytest.mark.parametrize("name", ["SNIb", "SNIc", "SNIc-BL"])
def test_stripped_supernovae_are_reddest_weeks_after_peak(
    name: str, rng: Generator
) -> None:
    shape = free_shapes(EXPLOSIONS[name], rng, 200)
    model = build_model(EXPLOSIONS[name], shape, np.full(200, -17.5))
    row = np.arange(200)
    g_and_r = np.tile([4750.0, 6300.0], (200, 1))
    flux = [model.flux(row, model.peak_time + day, g_and_r) for day in (0, 15, 60)]
    at_peak, at_15, at_60 = (
        np.median(-2.5 * np.log10(f[:, 0] / f[:, 1])) for f in flux
    )
    assert at_15 > at_peak + 0.3
    assert at_15 > at_60


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
