"""The epochs of forced photometry that are usable, and how many are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.readers.observations import note_counts

BAD_IMAGE = 2**25
"""infobitssci from bit 25 on: clouds or worse (ZTF cautionary notes, section 2.4)."""

SIGMA_PER_PIXEL = 25.0
"""Largest noise of a usable image [DN]."""

SEEING = 4.0
"""Largest seeing of a usable image [pixels of 1.01 arcsec]."""

ZERO_POINTS = (15.0, 35.0)
"""Zero points [mag] outside are codes for "none"; real ones are near 26."""

USABLE_STATUS = {"0", "57", "58", "59", "62"}
"""Codes of usable fluxes (user guide, procstatus): 0 none; 57 and 58 no source near in
the reference image, or no catalogue of it; 59 suspect errors of an early image, scaled
up here; 62 a request that began before the survey. All others remove the epoch, also
unknown ones: 56 bad pixels, 60 and 61 PSF or cutout not whole, 63 to 65 and 255 no
measurement."""

SAME_EPOCH = ["owner", "jd", "filter", "field", "ccdid", "qid"]


def apply_cuts(
    epochs: pd.DataFrame, names: NDArray[np.object_]
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Return the usable epochs, each once, and the counts of what was removed.

    An epoch counts under the first cut that removes it. Of an epoch in several files
    the last file's is kept: requests are numbered, and the last is the newest.
    """
    cuts = _cuts(epochs)
    first_cut = np.select([~usable for usable in cuts.values()], range(len(cuts)), -1)
    cut = pd.Series(first_cut, index=epochs.index)
    usable = epochs[cut == -1]
    repeated = usable.index[usable.duplicated(SAME_EPOCH, keep="last")]
    cut[repeated] = len(cuts)
    notes = [
        note_counts(names, epochs, cut == number, f"epochs removed: {what}")
        for number, what in enumerate([*cuts, "repeated"])
    ]
    return epochs[cut == -1].reset_index(drop=True), notes


def _cuts(epochs: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the usable epochs by cut; a missing quality is not a good one."""
    flux, error = epochs["forcediffimflux"], epochs["forcediffimfluxunc"]
    measured = np.isfinite(flux) & np.isfinite(error) & (error > 0)
    return {
        "no flux, or no error of it": measured,
        "no zero point": epochs["zpdiff"].between(*ZERO_POINTS),
        "processing status": _usable_status(epochs["procstatus"]),
        "infobitssci of 2**25 or more": epochs["infobitssci"] < BAD_IMAGE,
        "scisigpix above 25": epochs["scisigpix"] <= SIGMA_PER_PIXEL,
        "seeing above 4 pixels": epochs["sciinpseeing"] <= SEEING,
    }


def _usable_status(codes: pd.Series) -> pd.Series:
    """Mark the rows whose codes, between commas, are all usable ones."""
    words = codes.unique()
    usable = [word for word in words if {*word.split(",")} <= USABLE_STATUS]
    return codes.isin(usable)
