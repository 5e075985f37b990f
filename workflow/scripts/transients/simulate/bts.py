"""The BTS-like survey: which subclasses of the table make up its five classes."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from .classes import EXPLOSIONS, SNIA, SNIIN
from .distributions import LogNormal, Normal, Uniform
from .kinds import Spectrum, TransientClass

# 91T: slow decliners of little colour scatter; not in the simulated surveys.
SNIA_91T: TransientClass = replace(
    SNIA,
    name="SNIa-91T",
    shape={**SNIA.shape, "x1": Normal(1.3, 0.4, 0.3, 2.5)},
    colour=Normal(-0.03, 0.04, -0.2, 0.2),
)

# Ibn: interaction as in IIn but within days, hot, and without hydrogen.
SNIBN: TransientClass = replace(
    SNIIN,
    name="SNIbn",
    peak_magnitude=Normal(-19.2, 0.6, -20.8, -17.5),
    shape={
        **SNIIN.shape,
        "diffusion_time": LogNormal(5.0, 0.3),
        "power_index": Uniform(1.2, 2.2),
        "cooling_time": LogNormal(15.0, 0.4),
    },
    spectrum=Spectrum(uv_cut=3500.0, uv_slope=1.0, gentle_uv=True),
    max_redshift=MappingProxyType({"ztf": 0.15, "lsst": 0.7}),
)

# ZTF objects with a label in the literature, counted by subclass: they say how
# subclasses share a class, not how many objects of the class there are.
SUBCLASS_COUNTS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "SN Ia": {"SNIa": 3798, "SNIa-91T": 142, "SNIa-91bg": 23},
        "SN II": {"SNII": 799 + 68, "SNIIn": 167, "SNIIb": 56},
        "SN Ib/c": {"SNIb": 76, "SNIc": 85, "SNIc-BL": 45, "SNIbn": 15},
        "SLSN-I": {"SLSN-I": 79},
        "TDE": {"TDE": 46},
    }
)

SUBCLASSES: Mapping[str, TransientClass] = MappingProxyType(
    {**EXPLOSIONS, SNIA_91T.name: SNIA_91T, SNIBN.name: SNIBN}
)
