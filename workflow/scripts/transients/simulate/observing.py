"""From a draw of objects to their measured light curves, one batch at a time."""

from dataclasses import dataclass

import numpy as np

from .arrays import BoolArray, FloatArray, IntArray
from .bts import SUBCLASSES
from .cadence import Visits
from .noise import ERROR_OF, flux_of
from .population import draw_explosions, draw_nuclei
from .realism import RealSky, observe_real_sky
from .surveys import Survey
from .trigger import first_times, has_enough_points, trigger_days

DETECTION_LIMIT = 5.0  # sigma


@dataclass(frozen=True)
class Points:
    """N measured points, of any number of objects, sorted by object and time."""

    row: IntArray  # which object
    mjd: FloatArray
    passband: IntArray  # index of the passband
    flux: FloatArray  # FLUXCAL
    flux_err: FloatArray
    detected: BoolArray

    def of_objects(self, chosen: BoolArray) -> "Points":
        """The points of the chosen objects, which are numbered anew."""
        kept = chosen[self.row]
        number = np.cumsum(chosen) - 1
        return Points(
            row=number[self.row[kept]],
            mjd=self.mjd[kept],
            passband=self.passband[kept],
            flux=self.flux[kept],
            flux_err=self.flux_err[kept],
            detected=self.detected[kept],
        )


@dataclass(frozen=True)
class Batch:
    """n accepted objects and their points."""

    redshift: FloatArray  # (n,)
    mwebv: FloatArray  # (n,), mag
    ra: FloatArray  # (n,), deg
    dec: FloatArray  # (n,), deg
    points: Points

    def __len__(self) -> int:
        return len(self.redshift)

    def cut(self, n: int) -> tuple["Batch", "Batch"]:
        """The first n of the objects, or all where there are fewer, and the others."""
        first = np.arange(len(self)) < n
        return self._of_objects(first), self._of_objects(~first)

    def _of_objects(self, chosen: BoolArray) -> "Batch":
        return Batch(
            redshift=self.redshift[chosen],
            mwebv=self.mwebv[chosen],
            ra=self.ra[chosen],
            dec=self.dec[chosen],
            points=self.points.of_objects(chosen),
        )


def observe_batch(
    survey: Survey, kind_name: str, rng: np.random.Generator, n: int
) -> Batch:
    """Draw n candidates of a class and keep those that the survey would have.

    kind_name: one of the twelve classes or a subclass of the BTS.
    """
    if kind_name == "AGN":
        nuclei = draw_nuclei(survey, rng, n)
        visits = survey.cadence.draw(rng, len(nuclei.redshift))
        clean = nuclei.difference_flux(survey, visits, rng)
        points = _measure(survey, visits, clean, rng, either_sign=True)
        return _accepted(survey, nuclei.redshift, nuclei.mwebv, points, rng)
    explosions = draw_explosions(survey, SUBCLASSES[kind_name], rng, n)
    visits = survey.cadence.draw(rng, len(explosions.redshift))
    before, after = survey.explosion_days
    day = rng.uniform(before, visits.season_length + after)
    clean = explosions.flux(survey, visits, day)
    points = _measure(survey, visits, clean, rng)
    return _accepted(survey, explosions.redshift, explosions.mwebv, points, rng)


def _measure(
    survey: Survey,
    visits: Visits,
    clean: FloatArray,
    rng: np.random.Generator,
    *,
    either_sign: bool = False,
) -> Points:
    """Measured points of clean fluxes (N,); of real surveys, the alerts alone.

    either_sign: a source fainter than in the template image is detected as well.
    """
    error = ERROR_OF[survey.camera](clean, visits.depth)
    if survey.real_sky is None:
        flux = clean + error * rng.standard_normal(len(clean))
    else:
        flux, error, seen = observe_real_sky(survey.real_sky, rng, clean, error, visits)
    # As they will be stored, so that anyone who divides them finds the same detections.
    flux = flux.astype(np.float32).astype(np.float64)
    error = error.astype(np.float32).astype(np.float64)
    detected = (np.abs(flux) if either_sign else flux) / error > DETECTION_LIMIT
    season_start = np.floor(rng.uniform(*survey.season_starts, visits.n_objects))
    mjd = season_start[visits.row] + visits.day
    stored = np.ones(len(flux), dtype=bool)
    if survey.real_sky is not None:
        detected = seen
        stored = detected & (clean > 0)  # artefacts before explosion fail the vetting
    return Points(
        row=visits.row[stored],
        mjd=mjd[stored],
        passband=visits.passband[stored],
        flux=flux[stored],
        flux_err=error[stored],
        detected=detected[stored],
    )


def _accepted(
    survey: Survey,
    redshift: FloatArray,
    mwebv: FloatArray,
    points: Points,
    rng: np.random.Generator,
) -> Batch:
    """The objects that trigger and have enough points, at places on the sky."""
    n = len(redshift)
    row, mjd = points.row, points.mjd
    if survey.real_sky is None:
        trigger = trigger_days(row, mjd, points.detected, n)
        chosen = has_enough_points(row, mjd, trigger)
    else:
        trigger = first_times(row, mjd, n)
        chosen = has_enough_points(row, mjd, trigger)
        chosen &= _ever_bright(survey.real_sky, points, n)
    low, high = np.sin(np.deg2rad(survey.declinations))
    ra, sine = rng.uniform(0.0, 360.0, n), rng.uniform(low, high, n)
    return Batch(
        redshift=redshift[chosen],
        mwebv=mwebv[chosen],
        ra=ra[chosen],
        dec=np.rad2deg(np.arcsin(sine))[chosen],
        points=points.of_objects(chosen),
    )


def _ever_bright(sky: RealSky, points: Points, n: int) -> BoolArray:
    """Which of n objects were seen at least as bright as the survey demands."""
    brightest = np.zeros(n)
    np.maximum.at(brightest, points.row, points.flux)
    return brightest > flux_of(np.array(sky.observed_limit))
