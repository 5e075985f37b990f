"""What of light curves is compared, and the columns of the table."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

ALL = "all"
"""Stands for all classes together."""
TOLD_APART = "simulated or of the target, by all features"
TOLD_BY_PHYSICS = "simulated or of the target, by rise, decline and colours"
AUROCS = (TOLD_APART, TOLD_BY_PHYSICS)
"""The quantities of the rows that have an AUROC."""
FEWEST = 3
LEVELS = {"p16": 0.16, "p50": 0.50, "p84": 0.84}
REALISM_COLUMNS = [
    *["target", "dataset", "class", "quantity", "n_target", "n_simulated"],
    *[f"{side}_{level}" for side in ("target", "simulated") for level in LEVELS],
    *["distance", "auroc", "auroc_error", "told_by", "few"],
]

OF_LIGHT_CURVE = {
    "points": "points",
    "nights": "nights",
    "nights in 2+ passbands [share]": "nights_in_several_passbands",
    "median gap [d]": "median_gap",
    "longest gap [d]": "longest_gap",
    "peak flux [FLUXCAL]": "peak_flux",
    "highest S/N": "highest_snr",
    "median S/N": "median_snr",
}
OF_PASSBAND = {
    "rise in {} [d]": "{}_time_before_peak",
    "decline by 1 mag in {} [d]": "{}_decline_time_1.0mag",
    "fading in 15 d in {} [mag]": "{}_fade_at_+15d",
    "fading in 30 d in {} [mag]": "{}_fade_at_+30d",
}
OF_COLOUR = {
    "{} when first seen [mag]": "{}_at_first",
    "{} at peak [mag]": "{}_at_red_peak",
    "{} 15 d after peak [mag]": "{}_at_+15d",
    "{} 30 d after peak [mag]": "{}_at_+30d",
}


def quantities(wavelengths: Mapping[str, float]) -> dict[str, str]:
    """Return what is compared, with its unit, and the column where it is.

    Columns are those of coverage.coverage and features.extract. The rise is from the
    first detection in the passband; colours are of neighbouring passbands, their phases
    count from the peak in the redder one.
    """
    passbands = sorted(wavelengths, key=lambda name: wavelengths[name])
    pairs = [f"{blue}-{red}" for blue, red in pairwise(passbands)]
    return {
        **OF_LIGHT_CURVE,
        **{
            name.format(which): column.format(which)
            for templates, those in ((OF_PASSBAND, passbands), (OF_COLOUR, pairs))
            for name, column in templates.items()
            for which in those
        },
    }
