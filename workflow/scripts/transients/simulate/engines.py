"""Engines: what powers each class, as rest-frame histories on ``TIME_GRID``.

An engine takes shape parameters, name -> (n,), and returns a ``History``. Luminosities
are relative, because the sampled peak magnitude sets their scale.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .arrays import FloatArray
from .diffusion import (
    DAY,
    TIME_GRID,
    diffuse,
    diffusion_time,
    leakage_time,
    trapped_fraction,
)

Shape = Mapping[str, FloatArray]


@dataclass(frozen=True)
class History:
    """Relative brightness and what is known about the temperature; (n, times) or (n,).

    Either a photosphere (``velocity`` and ``temperature_floor``) gives the temperature,
    or ``temperature`` is given; ``monochromatic`` says that ``brightness`` is already
    f_nu at the reference wavelength and not a bolometric luminosity.
    """

    brightness: FloatArray
    temperature: FloatArray | None = None
    velocity: FloatArray | None = None
    temperature_floor: FloatArray | None = None
    temperature_ceiling: FloatArray | None = None
    monochromatic: bool = False
    peak_time: FloatArray | None = None


def nickel_heating() -> FloatArray:
    """Power of 56Ni and 56Co decay, erg/s per gram of nickel, (1, times).

    Specific rates 3.90e10 and 6.78e9 erg/s/g, lifetimes 8.8 and 111.3 d (Nadyozhin
    1994, as used by Chatzopoulos+12).
    """
    nickel = (3.90e10 - 6.78e9) * np.exp(-TIME_GRID / 8.8)
    return (nickel + 6.78e9 * np.exp(-TIME_GRID / 111.3))[None, :]


def stretched_nickel(shape: Shape) -> History:
    """Thermonuclear supernova: nickel, with diffusion and leakage times stretched."""
    stretch = shape["stretch"]
    heating = np.repeat(nickel_heating(), len(stretch), axis=0)
    luminosity = diffuse(heating, shape["diffusion_time"] * stretch)
    luminosity *= trapped_fraction(shape["leakage_time"] * stretch)
    return _photospheric(luminosity, shape)


def ejecta_nickel(shape: Shape) -> History:
    """Nickel in ejecta of given mass, velocity and opacity; may start with cooling.

    Gamma rays see an opacity of 0.027 cm^2/g. Shock cooling of an extended envelope is
    an exponential in time with a rise of half a day.
    """
    mass, velocity = shape["ejecta_mass"], shape["velocity"]
    heating = np.repeat(nickel_heating(), len(mass), axis=0)
    luminosity = diffuse(heating, diffusion_time(mass, velocity, shape["opacity"]))
    luminosity *= trapped_fraction(leakage_time(mass, velocity, 0.027))
    if "cooling_peak" in shape:
        cooling = np.exp(-TIME_GRID / shape["cooling_time"][:, None])
        cooling *= -np.expm1(-TIME_GRID / 0.5) * shape["cooling_peak"][:, None]
        luminosity += cooling * luminosity.max(axis=1, keepdims=True)
    return _photospheric(luminosity, shape)


def magnetar(shape: Shape) -> History:
    """Spin-down of a magnetar (Kasen & Bildsten 2010; Inserra+13 for the leakage).

    Energy 2.6e52 erg P^-2 and time 1.3e5 s P^2 B^-2 with P in ms and B in 1e14 G.
    """
    period, mass = shape["spin_period"], shape["ejecta_mass"]
    velocity = shape["velocity"]
    energy = 2.6e52 / period**2
    spin_down = 1.3e5 * period**2 / shape["magnetic_field"] ** 2 / DAY
    decay = (1 + TIME_GRID / spin_down[:, None]) ** -2
    luminosity = diffuse(
        (energy / spin_down)[:, None] * decay,
        diffusion_time(mass, velocity, shape["opacity"]),
    )
    luminosity *= trapped_fraction(leakage_time(mass, velocity, 0.08))
    return _photospheric(luminosity, shape)


def interaction(shape: Shape) -> History:
    """Ejecta running into circumstellar matter: power-law heating, diffused."""
    # Three days keep the power finite at the moment of explosion.
    heating = (TIME_GRID + 3.0) ** -shape["power_index"][:, None]
    cooling = np.exp(-TIME_GRID / shape["cooling_time"][:, None])
    temperature = shape["extra_temperature"][:, None] * cooling
    temperature += shape["late_temperature"][:, None]
    return History(diffuse(heating, shape["diffusion_time"]), temperature)


def disruption(shape: Shape) -> History:
    """Tidal disruption: Gaussian rise, then exponential or t^-5/3 decay."""
    sigma = shape["rise_sigma"][:, None]
    since_peak = TIME_GRID - 3 * sigma
    decay = np.maximum(since_peak, 0.0) / shape["decay_time"][:, None]
    follows_power_law = shape["power_law"][:, None] > 0
    fading = np.where(follows_power_law, (1 + decay) ** (-5 / 3), np.exp(-decay))
    rising = np.exp(-0.5 * (since_peak / sigma) ** 2)
    temperature = 10 ** shape["log_temperature"][:, None]
    temperature = temperature + shape["heating_rate"][:, None] * since_peak
    return History(
        np.where(since_peak < 0, rising, fading), np.clip(temperature, 8e3, 6e4)
    )


def plateau(shape: Shape) -> History:
    """Hydrogen-rich supernova: rise, sloped plateau, drop and cobalt tail, in mag."""
    rise, decline = shape["rise_time"][:, None], shape["decline"][:, None]
    end = shape["plateau_end"][:, None]
    risen = np.clip(1 - (1 - TIME_GRID / rise) ** 2, 1e-4, 1.0)
    magnitude = np.where(
        rise > TIME_GRID, -2.5 * np.log10(risen), decline * (TIME_GRID - rise) / 100
    )
    # The drop takes about 6 d; the tail then fades at 1.1 mag per 100 d.
    magnitude += shape["drop"][:, None] / (1 + np.exp(-(TIME_GRID - end) / 6.0))
    magnitude += np.maximum(TIME_GRID - end, 0.0) * (1.1 - decline) / 100
    cooling = shape["early_temperature"][:, None] * (TIME_GRID / 5.0) ** -0.46
    return History(
        brightness=10 ** (-0.4 * magnitude),
        temperature=np.maximum(shape["plateau_temperature"][:, None], cooling),
        monochromatic=True,
        peak_time=shape["rise_time"],
    )


def _photospheric(luminosity: FloatArray, shape: Shape) -> History:
    """A history whose temperature follows from its expanding photosphere."""
    return History(
        luminosity,
        velocity=shape["velocity"],
        temperature_floor=shape["temperature_floor"],
        temperature_ceiling=shape.get("temperature_ceiling"),
    )


ENGINES: Mapping[str, Callable[[Shape], History]] = {
    "stretched_nickel": stretched_nickel,
    "ejecta_nickel": ejecta_nickel,
    "magnetar": magnetar,
    "interaction": interaction,
    "disruption": disruption,
    "plateau": plateau,
}
