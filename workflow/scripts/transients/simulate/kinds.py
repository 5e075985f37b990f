"""What there is to say about a class of explosive transients; ``classes`` says it.

Wavelengths are in A, times in rest-frame days, velocities in cm/s, masses in solar
masses, opacities in cm^2/g, temperatures in K, magnitudes AB.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .distributions import Distribution, Normal


@dataclass(frozen=True)
class Correlation:
    """``parameter`` += slope * (``on`` - pivot), clipped to [low, high]."""

    parameter: str
    on: str
    slope: float
    pivot: float
    low: float
    high: float


@dataclass(frozen=True)
class IronLines:
    """Lines of iron-group elements that darken the blue once they recombine.

    depth [mag] is reached `centre` days after peak; the Gaussian wings of its growth
    and decay differ. Times stretch with the light curve (Kasen & Woosley 2007).
    """

    depth: float
    centre: float
    growth: float
    decay: float


@dataclass(frozen=True)
class Spectrum:
    """How a spectrum departs from a blackbody.

    Below ``uv_cut`` it falls as (wavelength / uv_cut)^``uv_slope``: metal lines, which
    set in before peak, or (``gentle_uv``) are partly there from the start.
    """

    uv_cut: float = 0.0
    uv_slope: float = 0.0
    gentle_uv: bool = False
    h_alpha: float = 0.0  # strength of the emission line, relative to the continuum
    iron: IronLines | None = None
    colour_zero: float = 0.0  # the `colour` that the blackbody alone stands for


@dataclass(frozen=True)
class TransientClass:
    """One class of explosive transient; AGN has a module of its own."""

    name: str
    engine: str  # a key of engines.ENGINES
    reference_wavelength: float
    peak_magnitude: Normal
    shape: Mapping[str, Distribution]
    spectrum: Spectrum
    host_dust: float  # mean A_V of the exponential host extinction
    max_redshift: Mapping[str, float]  # by camera
    rate_evolution: float
    n_templates: int | None  # templates in the simulated surveys; None: continuous
    colour: Distribution | None = None
    correlations: tuple[Correlation, ...] = ()
    # parameter -> (slope, pivot) of the absolute magnitude: M += slope * (x - pivot)
    brightness: Mapping[str, tuple[float, float]] = field(
        default_factory=lambda: MappingProxyType({})
    )
