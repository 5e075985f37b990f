"""Rest-frame models: an engine's history scaled to a sampled peak magnitude."""

from dataclasses import dataclass, replace

import numpy as np

from .arrays import FloatArray, IntArray
from .diffusion import DAY, TIME_GRID, at_age
from .engines import ENGINES, History, Shape
from .kinds import TransientClass
from .sed import Moment, iron_transmission, planck, spectral_shape

_PARSEC = 3.0857e18  # cm
_STEFAN_BOLTZMANN = 5.6704e-5  # erg/cm^2/s/K^4
_PLANCK_FACTOR = 2 * 6.626e-27 * 2.99792458e10**2 * 1e32  # 2 h c^2, erg/s/cm^2 A^4
_SOLAR_LUMINOSITY = 3.83e33  # erg/s
_MAX_TEMPERATURE = 4e4  # K


@dataclass(frozen=True)
class RestFrameModel:
    """n objects of one class. f_nu at 10 pc = exp(log_scale) * shape * (w / ref)^2."""

    kind: TransientClass
    shape: Shape
    log_scale: FloatArray  # (n, times)
    temperature: FloatArray  # (n, times), K
    peak_time: FloatArray  # (n,), days since explosion at the reference wavelength

    def take(self, rows: IntArray) -> "RestFrameModel":
        """The model of some of the objects."""
        return replace(
            self,
            shape={name: values[rows] for name, values in self.shape.items()},
            log_scale=self.log_scale[rows],
            temperature=self.temperature[rows],
            peak_time=self.peak_time[rows],
        )

    def flux(
        self, row: IntArray, age: FloatArray, wavelength: FloatArray
    ) -> FloatArray:
        """F_nu at 10 pc in erg/s/cm^2/Hz.

        row, age: (N,) object and rest-frame days since explosion; wavelength: (N, K)
        rest wavelengths in A. Returns (N, K).
        """
        moment = self._moment(row, age)
        spectrum = spectral_shape(self.kind.spectrum, wavelength, moment)
        if self.kind.spectrum.iron is not None:  # not in what sets the peak magnitude
            iron = self.kind.spectrum.iron
            spectrum = spectrum * iron_transmission(iron, wavelength, moment)
        scale = np.exp(at_age(self.log_scale, row, age))
        relative = wavelength / self.kind.reference_wavelength
        return scale[:, None] * spectrum * relative**2

    def _moment(self, row: IntArray, age: FloatArray) -> Moment:
        bump = self.shape.get("bump")
        stretch = self.shape.get("stretch")
        return Moment(
            temperature=at_age(self.temperature, row, age)[:, None],
            phase=(age - self.peak_time[row])[:, None],
            age=age[:, None],
            stretch=None if stretch is None else stretch[row][:, None],
            bump=None if bump is None else bump[row][:, None],
        )


def build_model(
    kind: TransientClass, shape: Shape, peak_magnitude: FloatArray
) -> RestFrameModel:
    """Run the class's engine and scale it to absolute peak magnitudes (n,)."""
    peak_flux = 10 ** (-0.4 * (peak_magnitude + 48.6))
    history = ENGINES[kind.engine](shape)
    if history.velocity is None:
        temperature, light = _heated(kind, history, peak_flux)
    else:
        luminosity = 10 ** (-0.4 * (peak_magnitude - 4.7)) * _SOLAR_LUMINOSITY
        temperature, light = _photosphere(kind, history, peak_flux, luminosity)
    peak_time = history.peak_time
    if peak_time is None:
        peak_time = TIME_GRID[np.argmax(light, axis=1)]
    moment = Moment(
        temperature=temperature,
        phase=TIME_GRID - peak_time[:, None],
        age=TIME_GRID[None, :],
    )
    reference = np.array(kind.reference_wavelength)
    template = spectral_shape(kind.spectrum, reference, moment)
    # The floor keeps the logarithm finite long after an object has faded.
    log_scale = np.log(np.maximum(light / template, 1e-300))
    return RestFrameModel(kind, shape, log_scale, temperature, peak_time)


def _heated(
    kind: TransientClass, history: History, peak_flux: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Temperature and f_nu at the reference wavelength where the former is given."""
    temperature, light = history.temperature, history.brightness
    if temperature is None:
        raise ValueError(f"engine {kind.engine} gives neither temperature nor velocity")
    if not history.monochromatic:
        reference = np.array(kind.reference_wavelength)
        light = light * planck(reference, temperature) / temperature**4
        light = light / light.max(axis=1, keepdims=True)
    return temperature, light * peak_flux[:, None]


def _photosphere(
    kind: TransientClass,
    history: History,
    peak_flux: FloatArray,
    luminosity: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Temperature and f_nu at the reference wavelength of a photosphere at R = v t.

    The photosphere cools to a floor and then recedes. How luminous the peak must be to
    give ``peak_flux`` depends on the temperature, so three damped iterations, starting
    from ``luminosity`` (n,), bring it there.
    """
    assert history.velocity is not None and history.temperature_floor is not None
    reference = np.array(kind.reference_wavelength)
    # B_lambda in A^-5 -> f_nu at 10 pc per unit of bolometric luminosity
    per_luminosity = _PLANCK_FACTOR * np.pi / _STEFAN_BOLTZMANN
    per_luminosity /= 4 * np.pi * (10 * _PARSEC) ** 2
    per_luminosity *= kind.reference_wavelength**2 * 1e-8 / 2.99792458e10
    relative = history.brightness / history.brightness.max(axis=1, keepdims=True)
    radius = history.velocity[:, None] * TIME_GRID * DAY
    cooling = relative / (4 * np.pi * _STEFAN_BOLTZMANN * radius**2)
    floor = history.temperature_floor[:, None]
    ceiling = np.array(_MAX_TEMPERATURE)
    if history.temperature_ceiling is not None:
        ceiling = history.temperature_ceiling[:, None]
    for _ in range(3):
        temperature = np.sqrt(np.sqrt(cooling * luminosity[:, None]))
        temperature = np.clip(temperature, floor, ceiling)
        light = planck(reference, temperature) / temperature**4
        light *= relative * luminosity[:, None] * per_luminosity
        missing = peak_flux / light.max(axis=1)
        luminosity = luminosity * missing**0.9
    return temperature, light * missing[:, None]
