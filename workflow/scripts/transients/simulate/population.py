"""Draws of objects that a survey might see: where they are and how bright."""

import numpy as np

from .agn import (
    ABSOLUTE_MAGNITUDE,
    LOG_BLACK_HOLE_MASS,
    MAX_REDSHIFT,
    RATE_EVOLUTION,
    ActiveNuclei,
)
from .arrays import BoolArray, FloatArray
from .cosmology import draw_redshifts
from .explosions import ROUGHNESS_TERMS, Explosions
from .kinds import TransientClass
from .noise import flux_of
from .realism import spectroscopically_selected
from .rest_frame import build_model
from .shapes import free_shapes, library_shapes, peak_magnitudes
from .surveys import Survey

SIMULATED_ROUGHNESS = 0.05  # mag


def draw_mwebv(rng: np.random.Generator, n: int) -> FloatArray:
    """Milky Way reddening E(B-V) in mag: Gamma(1.1, 0.05), at most 0.5."""
    return np.minimum(rng.gamma(1.1, 0.05, n), 0.5)


def draw_nuclei(survey: Survey, rng: np.random.Generator, n: int) -> ActiveNuclei:
    """Up to n nuclei: those of the n drawn that the survey can see."""
    redshifts = (survey.min_redshift, MAX_REDSHIFT[survey.camera])
    nuclei = ActiveNuclei(
        redshift=draw_redshifts(rng, n, redshifts, RATE_EVOLUTION),
        mwebv=draw_mwebv(rng, n),
        absolute_magnitude=ABSOLUTE_MAGNITUDE.draw(rng, n),
        log_mass=LOG_BLACK_HOLE_MASS.draw(rng, n),
    )
    magnitude = nuclei.apparent_magnitude(survey.passbands.centres).min(axis=1)
    return nuclei.take(np.flatnonzero(magnitude < survey.agn_limit))


def draw_explosions(
    survey: Survey, kind: TransientClass, rng: np.random.Generator, n: int
) -> Explosions:
    """Up to n transients of a class: those of the n drawn that may be detected."""
    sky = survey.real_sky
    if survey.shape_widening is None:
        shape = library_shapes(survey.name, kind, rng, n)
    else:
        shape = free_shapes(kind, rng, n, survey.shape_widening)
    highest = kind.max_redshift[survey.camera] * survey.max_redshift_factor
    dust = kind.host_dust * (sky.host_dust_factor if sky else 1.0)
    roughness = sky.spectral_roughness if sky else SIMULATED_ROUGHNESS
    explosions = Explosions(
        model=build_model(kind, shape, peak_magnitudes(kind, shape, rng)),
        redshift=draw_redshifts(
            rng, n, (survey.min_redshift, highest), kind.rate_evolution
        ),
        mwebv=draw_mwebv(rng, n),
        host_av=rng.exponential(dust, n),
        roughness=roughness
        / np.sqrt(ROUGHNESS_TERMS)
        * rng.standard_normal((n, 2, ROUGHNESS_TERMS)),
    )
    return explosions.take(np.flatnonzero(_bright_enough(survey, explosions, rng)))


def _bright_enough(
    survey: Survey, explosions: Explosions, rng: np.random.Generator
) -> BoolArray:
    """Spares work: objects too faint at peak to be detected or classified."""
    faintest = flux_of(np.array(survey.peak_limit))
    peak = explosions.peak_flux(survey)
    if survey.peak_softness == 0:
        return peak > faintest
    magnitude = survey.peak_limit - 2.5 * np.log10(np.maximum(peak, 1e-9) / faintest)
    return spectroscopically_selected(
        rng, magnitude, survey.peak_limit, survey.peak_softness
    )
