"""Explosive transients placed on the sky, and the fluxes that reach the telescope."""

from dataclasses import dataclass, replace

import numpy as np

from transients.dust import extinction_ratio
from transients.photometry import R_V

from .arrays import FloatArray, IntArray
from .cadence import Visits
from .cosmology import distance_modulus
from .diffusion import TIME_GRID
from .noise import FLUX_PER_F_NU
from .rest_frame import RestFrameModel
from .surveys import Survey

ROUGHNESS_TERMS = 3


@dataclass(frozen=True)
class Explosions:
    """n transients of one class, each at its place."""

    model: RestFrameModel
    redshift: FloatArray  # (n,)
    mwebv: FloatArray  # (n,), mag
    host_av: FloatArray  # (n,), mag
    roughness: FloatArray  # (n, 2, terms), mag: steady and evolving ripples

    def take(self, rows: IntArray) -> "Explosions":
        """Some of the transients."""
        return replace(
            self,
            model=self.model.take(rows),
            redshift=self.redshift[rows],
            mwebv=self.mwebv[rows],
            host_av=self.host_av[rows],
            roughness=self.roughness[rows],
        )

    def flux(self, survey: Survey, visits: Visits, day: FloatArray) -> FloatArray:
        """Clean FLUXCAL of each visit, (N,), for explosions on ``day`` (n,)."""
        age = (visits.day - day[visits.row]) / (1 + self.redshift[visits.row])
        flux = np.zeros(len(age))
        exploded = age >= TIME_GRID[0]
        flux[exploded] = self.flux_at_age(
            survey, visits.row[exploded], age[exploded], visits.passband[exploded]
        )
        return flux

    def peak_flux(self, survey: Survey) -> FloatArray:
        """Brightest FLUXCAL over the survey's main bands at peak time, (n,)."""
        row = np.arange(len(self.redshift))
        age = self.model.peak_time
        fluxes = [
            self.flux_at_age(survey, row, age, np.full(len(row), band))
            for band in survey.peak_passbands
        ]
        return np.max(fluxes, axis=0)

    def flux_at_age(
        self, survey: Survey, row: IntArray, age: FloatArray, passband: IntArray
    ) -> FloatArray:
        """FLUXCAL at rest-frame days since explosion; row, age, passband: (N,)."""
        nodes = survey.passbands.nodes
        wavelength = nodes[passband] / (1 + self.redshift[row])[:, None]
        intrinsic = self.model.flux(row, age, wavelength)
        reaching = intrinsic * self._transmission(nodes)[row, passband]
        steady, evolving = self._ripples(survey.passbands.centres)
        growth = np.tanh((age - self.model.peak_time[row]) / 25.0)
        ripple = steady[row, passband] + growth * evolving[row, passband]
        return reaching.mean(axis=1) * 10 ** (-0.4 * ripple)

    def _transmission(self, nodes: FloatArray) -> FloatArray:
        """FLUXCAL per f_nu at 10 pc: distance and dust, (n, bands, nodes)."""
        stretch = (1 + self.redshift)[:, None, None]
        at_host = extinction_ratio(nodes / stretch)
        loss = self.host_av[:, None, None] * at_host
        loss += R_V * self.mwebv[:, None, None] * extinction_ratio(nodes)
        loss += distance_modulus(self.redshift)[:, None, None]
        if "colour" in self.model.shape:
            kind = self.model.kind
            excess = self.model.shape["colour"] - kind.spectrum.colour_zero
            at_reference = extinction_ratio(np.array(kind.reference_wavelength))
            # Reddening like dust's (R_B = 4.1) around the fixed peak magnitude.
            loss += 4.1 * excess[:, None, None] * (at_host / at_reference - 1)
        return FLUX_PER_F_NU * stretch * 10 ** (-0.4 * loss)

    def _ripples(self, centres: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Departures from the model in mag, (n, bands): steady, and around peak."""
        rest = centres / (1 + self.redshift)[:, None]
        position = np.log(rest / 3000.0) / np.log(3.3)
        order = np.pi * np.arange(1, ROUGHNESS_TERMS + 1)
        angle = position[:, :, None] * order
        steady = np.sum(self.roughness[:, None, 0] * np.cos(angle), axis=2)
        evolving = np.sum(self.roughness[:, None, 1] * np.sin(angle), axis=2)
        return steady, evolving
