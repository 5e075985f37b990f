"""The simulated surveys as data."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from .cadence import NightPairs, SharedNights, TwoBandCadence, WideAndDeepFields
from .passbands import Passbands, passbands_of
from .realism import BTS_SKY, RealSky


@dataclass(frozen=True)
class Survey:
    """Where, when and how deep a survey looks, and how real its data are."""

    name: str
    camera: str  # key of passbands.TRAPEZOIDS and of the maximum redshifts
    passbands: Passbands
    cadence: TwoBandCadence | SharedNights | NightPairs | WideAndDeepFields
    min_redshift: float
    max_redshift_factor: float
    peak_limit: float  # faintest model peak worth simulating, mag
    peak_softness: float  # mag over which the limit fades; 0: a sharp limit
    agn_limit: float  # faintest mean magnitude of an AGN
    peak_passbands: tuple[int, ...]  # in which the peak is judged
    season_starts: tuple[float, float]  # mjd
    declinations: tuple[float, float]  # deg
    explosion_days: tuple[float, float]  # from before its start to before its end
    shape_widening: float | None  # of the priors' scatter; None: a few templates
    real_sky: RealSky | None = None  # None: the idealised sky of a simulation


ZTF = Survey(
    name="ztf",
    camera="ztf",
    passbands=passbands_of("ztf"),
    cadence=TwoBandCadence(dense_fraction=0.05),
    min_redshift=0.005,
    max_redshift_factor=1.0,
    peak_limit=20.6,
    peak_softness=0.0,
    agn_limit=20.5,
    peak_passbands=(0, 1),
    season_starts=(58_200.0, 60_300.0),
    declinations=(-30.0, 90.0),
    explosion_days=(-40.0, 0.0),
    shape_widening=None,
)

LSST = Survey(
    name="lsst",
    camera="lsst",
    passbands=passbands_of("lsst"),
    cadence=NightPairs(),
    min_redshift=0.01,
    max_redshift_factor=1.0,
    peak_limit=24.0,
    peak_softness=0.0,
    agn_limit=23.5,
    peak_passbands=(1, 2, 3),
    season_starts=(61_000.0, 64_500.0),
    declinations=(-65.0, 5.0),
    explosion_days=(-40.0, 0.0),
    shape_widening=None,
)

# Bright enough for a spectrum, as the objects of PLAsTiCC's training set.
LSST_SPECTROSCOPIC = replace(
    LSST,
    name="lsst_spectroscopic",
    cadence=WideAndDeepFields(),
    peak_limit=23.1,
    peak_softness=3.5,
    agn_limit=22.2,
    season_starts=(59_600.0, 60_600.0),
    shape_widening=1.0,
)

BTS = Survey(
    name="bts",
    camera="ztf",
    passbands=passbands_of("ztf"),
    cadence=SharedNights(),
    min_redshift=0.005,
    max_redshift_factor=0.9,
    peak_limit=19.05,
    peak_softness=0.6,
    agn_limit=19.0,
    peak_passbands=(0, 1),
    season_starts=(58_200.0, 60_300.0),
    declinations=(-30.0, 90.0),
    explosion_days=(-30.0, -5.0),
    shape_widening=1.1,
    real_sky=BTS_SKY,
)

BY_NAME: Mapping[str, Survey] = MappingProxyType(
    {survey.name: survey for survey in (ZTF, LSST, LSST_SPECTROSCOPIC, BTS)}
)
SURVEYS: tuple[str, ...] = tuple(BY_NAME)
