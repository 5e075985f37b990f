"""The twelve classes as data: rates, brightness, shape and spectrum of each.

Where the numbers come from: the SNIa x1 and colour and the SNIa-91bg stretch and colour
are those of the public ELAsTiCC simulation inputs. Numbers attributed to a paper
(Richardson+14, Lyman+16, Taddia+19, Anderson+14, Nyholm+20, van Velzen+21, Nicholl+17,
MacLeod+10) were quoted from memory: look them up before citing them. Most others were
tuned by eye. These were tuned to 1,297 labelled light curves of the ZTF Bright
Transient Survey, comparing by class the medians of colours up to 30 d after peak and of
the magnitudes lost 15 and 30 d after peak in g and r:

- SNIa: diffusion and leakage times, floor and ceiling of the temperature, bump and iron
  lines.
- SNIb, SNIc, SNIc-BL: ejecta masses (not of SNIc-BL), temperature floors, iron lines.
- SNII: rise times, decline, early and plateau temperatures; its cooling (``engines``).
- SLSN-I: ejecta mass.

Whether a change was kept also depended on how well a classifier trained on simulated
objects told those 1,297 apart. Through these numbers it has seen their labels: how well
it does without labels must be measured on other objects.

Units are those of ``kinds``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .distributions import (
    Constant,
    LogNormal,
    LogUniform,
    Mixture,
    Normal,
    SplitNormal,
    Uniform,
)
from .kinds import Correlation, IronLines, Spectrum, TransientClass

B_BAND, G_BAND, V_BAND, R_BAND = 4400.0, 4700.0, 5500.0, 6200.0


def _reach(ztf: float, lsst: float) -> Mapping[str, float]:
    """Highest simulated redshift per camera, beyond which hardly any are detected."""
    return MappingProxyType({"ztf": ztf, "lsst": lsst})


SNIA = TransientClass(
    name="SNIa",
    engine="stretched_nickel",
    reference_wavelength=B_BAND,
    peak_magnitude=Normal(-19.3, 0.11),
    shape={
        "x1": SplitNormal(0.973, 1.472, 0.222, -3.2, 2.5),
        "stretch": Constant(0.98),
        "diffusion_time": Constant(10.5),
        "leakage_time": Constant(48.0),
        "velocity": Normal(1.05e9, 0.063e9, 0.84e9, 1.365e9),
        "temperature_floor": Constant(10_500.0),
        "temperature_ceiling": Constant(13_500.0),
        "bump": Normal(0.5, 0.1, 0.0, 1.0),
    },
    correlations=(
        Correlation("stretch", "x1", 0.085, 0.0, 0.5, 1.5),
        Correlation("bump", "x1", 0.08, 0.0, 0.0, 1.0),
    ),
    brightness={"x1": (-0.14, 0.0), "colour": (3.1, 0.0)},
    colour=SplitNormal(-0.054, 0.043, 0.101, -0.3, 0.6),
    spectrum=Spectrum(
        uv_cut=4000.0, uv_slope=4.0, iron=IronLines(0.9, 31.0, 11.0, 25.0)
    ),
    host_dust=0.0,  # already in the colour
    max_redshift=_reach(ztf=0.20, lsst=0.95),
    rate_evolution=1.5,
    n_templates=None,
)

SNIA_91BG = TransientClass(
    name="SNIa-91bg",
    engine="stretched_nickel",
    reference_wavelength=B_BAND,
    peak_magnitude=Normal(-17.55, 0.3),
    shape={
        "stretch": Normal(0.975, 0.096, 0.65, 1.25),
        "diffusion_time": Constant(9.2),
        "leakage_time": Constant(34.0),
        "velocity": Normal(0.9e9, 0.054e9, 0.72e9, 1.08e9),
        "temperature_floor": Constant(4600.0),
    },
    correlations=(Correlation("colour", "stretch", -1.1, 0.975, 0.1, 1.1),),
    brightness={"stretch": (-2.2, 0.975), "colour": (1.1, 0.557)},
    colour=Normal(0.557, 0.175),
    spectrum=Spectrum(uv_cut=4800.0, uv_slope=4.0, colour_zero=0.45),
    host_dust=0.05,
    max_redshift=_reach(ztf=0.10, lsst=0.5),
    rate_evolution=1.5,
    n_templates=35,
)

SNIAX = TransientClass(
    name="SNIax",
    engine="ejecta_nickel",
    reference_wavelength=V_BAND,
    peak_magnitude=Normal(-16.9, 1.0, -18.6, -13.5),
    shape={
        "ejecta_mass": LogNormal(0.6, 0.5, 0.1, 1.4),
        "velocity": Uniform(4e8, 7.5e8),
        "opacity": Constant(0.1),
        "temperature_floor": Constant(5000.0),
    },
    spectrum=Spectrum(uv_cut=4200.0, uv_slope=3.5),
    host_dust=0.25,
    max_redshift=_reach(ztf=0.08, lsst=0.4),
    rate_evolution=2.0,
    n_templates=1000,
)

SNIB = TransientClass(  # magnitudes: Richardson+14; masses and velocities: Lyman+16
    name="SNIb",
    engine="ejecta_nickel",
    reference_wavelength=R_BAND,
    peak_magnitude=Normal(-17.45, 0.9, -19.6, -15.0),
    shape={
        "ejecta_mass": LogNormal(1.8, 0.42, 0.5, 12.0),
        "velocity": LogNormal(9.9e8, 0.14, 5e8, 3e9),
        "opacity": Constant(0.07),
        "temperature_floor": Normal(6500.0, 600.0, 4000.0, 8000.0),
    },
    spectrum=Spectrum(
        uv_cut=4300.0, uv_slope=3.0, iron=IronLines(0.45, 15.0, 10.0, 20.0)
    ),
    host_dust=0.25,
    max_redshift=_reach(ztf=0.09, lsst=0.5),
    rate_evolution=2.0,
    n_templates=13,
)

SNIC = TransientClass(  # Richardson+14, Lyman+16
    name="SNIc",
    engine="ejecta_nickel",
    reference_wavelength=R_BAND,
    peak_magnitude=Normal(-17.55, 0.9, -19.7, -15.0),
    shape={
        "ejecta_mass": LogNormal(2.0, 0.5, 0.5, 12.0),
        "velocity": LogNormal(10.4e8, 0.12, 5e8, 3e9),
        "opacity": Constant(0.07),
        "temperature_floor": Normal(6200.0, 600.0, 4000.0, 8000.0),
    },
    spectrum=Spectrum(
        uv_cut=4500.0, uv_slope=3.2, iron=IronLines(0.45, 15.0, 10.0, 20.0)
    ),
    host_dust=0.3,
    max_redshift=_reach(ztf=0.09, lsst=0.5),
    rate_evolution=2.0,
    n_templates=13,
)

SNIC_BL = TransientClass(  # Taddia+19
    name="SNIc-BL",
    engine="ejecta_nickel",
    reference_wavelength=R_BAND,
    peak_magnitude=Normal(-18.5, 0.7, -20.3, -16.5),
    shape={
        "ejecta_mass": LogNormal(2.9, 0.6, 0.7, 12.0),
        "velocity": LogNormal(19.1e8, 0.22, 5e8, 3e9),
        "opacity": Constant(0.07),
        "temperature_floor": Normal(6500.0, 600.0, 4000.0, 8000.0),
    },
    spectrum=Spectrum(
        uv_cut=4600.0, uv_slope=3.2, iron=IronLines(0.45, 15.0, 10.0, 20.0)
    ),
    host_dust=0.15,
    max_redshift=_reach(ztf=0.15, lsst=0.7),
    rate_evolution=2.0,
    n_templates=7,
)

SNIIB = TransientClass(
    name="SNIIb",
    engine="ejecta_nickel",
    reference_wavelength=R_BAND,
    peak_magnitude=Normal(-16.95, 0.85, -19.2, -14.8),
    shape={
        "ejecta_mass": LogNormal(2.2, 0.36, 0.7, 12.0),
        "velocity": LogNormal(8.3e8, 0.10, 5e8, 3e9),
        "opacity": Constant(0.07),
        "temperature_floor": Normal(5600.0, 450.0, 4000.0, 8000.0),
        # relative to the nickel-powered peak; nothing to see in one of three
        "cooling_peak": Mixture(0.65, LogUniform(0.316, 2.239), Constant(0.0)),
        "cooling_time": Uniform(1.2, 4.5),
    },
    spectrum=Spectrum(uv_cut=4200.0, uv_slope=2.8, h_alpha=0.15),
    host_dust=0.2,
    max_redshift=_reach(ztf=0.08, lsst=0.45),
    rate_evolution=2.0,
    n_templates=13,
)

SNII = TransientClass(  # Anderson+14; brighter ones decline faster
    name="SNII",
    engine="plateau",
    reference_wavelength=R_BAND,
    peak_magnitude=Normal(-16.8, 1.0, -19.3, -13.5),
    shape={
        "rise_time": Normal(10.0, 4.0, 2.0, 25.0),
        "decline": Normal(0.9, 0.85, -0.5, 4.8),  # mag per 100 d on the plateau
        "plateau_end": Normal(84.0, 15.0, 40.0, 140.0),
        "drop": Normal(1.9, 0.45, 0.8, 3.2),  # mag at the end of the plateau
        "early_temperature": Normal(16_000.0, 2000.0, 8000.0, 20_000.0),
        "plateau_temperature": Normal(5300.0, 450.0, 4500.0, 7000.0),
    },
    correlations=(Correlation("plateau_end", "decline", -6.0, 1.27, 40.0, 140.0),),
    brightness={"decline": (-0.25, 1.27)},
    spectrum=Spectrum(uv_cut=4000.0, uv_slope=2.5, h_alpha=0.35),
    host_dust=0.2,
    max_redshift=_reach(ztf=0.07, lsst=0.45),
    rate_evolution=2.0,
    n_templates=60,
)

SNIIN = TransientClass(  # Nyholm+20: magnitudes, and two groups of rise times
    name="SNIIn",
    engine="interaction",
    reference_wavelength=R_BAND,
    peak_magnitude=Normal(-18.7, 1.05, -21.5, -15.8),
    shape={
        "diffusion_time": Mixture(0.65, LogNormal(14.0, 0.3), LogNormal(38.0, 0.35)),
        "power_index": Uniform(0.5, 1.9),
        "late_temperature": Normal(5800.0, 700.0, 4500.0, 8500.0),
        "extra_temperature": LogNormal(7000.0, 0.35),
        "cooling_time": LogNormal(35.0, 0.4),
    },
    spectrum=Spectrum(uv_cut=3500.0, uv_slope=1.0, gentle_uv=True, h_alpha=0.45),
    host_dust=0.1,
    max_redshift=_reach(ztf=0.2, lsst=0.9),
    rate_evolution=2.0,
    n_templates=300,
)

TDE = TransientClass(  # van Velzen+21
    name="TDE",
    engine="disruption",
    reference_wavelength=G_BAND,
    peak_magnitude=Normal(-19.3, 1.0, -22.5, -16.8),
    shape={
        "rise_sigma": LogNormal(14.0, 0.45, 4.0, 45.0),
        "decay_time": LogNormal(50.0, 0.5, 12.0, 250.0),
        "power_law": Mixture(0.5, Constant(1.0), Constant(0.0)),
        "log_temperature": Normal(4.30, 0.13, 4.0, 4.65),
        "heating_rate": Uniform(-40.0, 120.0),  # K per day
    },
    spectrum=Spectrum(),
    host_dust=0.1,
    max_redshift=_reach(ztf=0.3, lsst=1.3),
    rate_evolution=-1.0,
    n_templates=700,
)

SLSN_I = TransientClass(  # Nicholl+17
    name="SLSN-I",
    engine="magnetar",
    reference_wavelength=G_BAND,
    peak_magnitude=Normal(-21.2, 0.75, -23.0, -19.2),
    shape={
        "spin_period": LogNormal(2.4, 0.45, 0.9, 8.0),  # ms
        "magnetic_field": LogNormal(0.8, 0.7, 0.1, 6.0),  # 1e14 G
        "ejecta_mass": LogNormal(3.6, 0.7, 1.2, 30.0),
        "velocity": LogNormal(9.5e8, 0.3, 4e8, 2e9),
        "opacity": Constant(0.15),
        "temperature_floor": Normal(6500.0, 1000.0, 4500.0, 10_000.0),
    },
    spectrum=Spectrum(uv_cut=3000.0, uv_slope=1.5, gentle_uv=True),
    host_dust=0.1,
    max_redshift=_reach(ztf=0.6, lsst=2.5),
    rate_evolution=2.5,
    n_templates=960,
)

EXPLOSIONS: Mapping[str, TransientClass] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            SNIA,
            SNIA_91BG,
            SNIAX,
            SNIB,
            SNIC,
            SNIC_BL,
            SNII,
            SNIIN,
            SNIIB,
            TDE,
            SLSN_I,
        )
    }
)

CLASSES: tuple[str, ...] = (*EXPLOSIONS, "AGN")  # the order of the paper's Table 1
