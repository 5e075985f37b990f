"""Zero level and errors of forced photometry, from the epochs outside the event.

Forced fluxes on difference images of one reference image share an offset: what the
reference holds of the transient, and what the subtraction leaves of a galaxy's core.
Their errors come from photon statistics, and the scatter of epochs without a transient
shows by how much these are too small (Masci et al. 2023, arXiv:2305.16279, and the
user guide of the ZTF forced photometry service). The choice of epochs follows the
Bright Transient Survey's treatment of the same files (README of
BrightTransientSurvey/ztf_forced_phot).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.photometry import DETECTION_SNR

ENOUGH = 25
"""With as many baseline epochs before the event, those after it are not needed."""

LEAST = 10
"""With fewer baseline epochs than this a zero level is not measured."""

WINDOW = "14D"
"""Width of the running median that finds the event."""

EVENT_EPOCHS = 3
"""Least epochs in a window: one or two bad subtractions are no event."""

MAD_TO_SIGMA = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""


def correct_baseline(
    epochs: pd.DataFrame, peaks: pd.Series, before: float, after: float
) -> pd.DataFrame:
    """Return flux, flux_err, corrected and rescaled of every epoch, in its order.

    epochs has owner (the object's number), mjd [d], group (the number of the object's
    reference image), flux and flux_err in one unit, and chi2, the reduced chi squared
    of the PSF fit; peaks are those of find_events. A group's baseline is its epochs
    more than `before` days ahead of the event's peak, and, where these are fewer than
    25, also those more than `after` days behind it. Its median is subtracted. The
    errors are multiplied by the scatter of the normalised baseline (1.4826 times the
    median absolute value) where that is above 1, never made smaller.

    With fewer than 10 baseline epochs, or without an event, the zero level stays as it
    is, and the factor of the errors is the square root of the group's median chi2.
    """
    group = epochs["group"]
    baseline = _baseline(epochs, peaks, before, after)
    measured = _count(baseline, group) >= LEAST
    level = _median(epochs["flux"].where(baseline), group).where(measured, 0.0)
    residual = (epochs["flux"] - level) / epochs["flux_err"]
    scatter = MAD_TO_SIGMA * _median(residual.where(baseline).abs(), group)
    chi2 = epochs["chi2"].where(epochs["chi2"].between(0, np.inf, "left"))
    fit = np.sqrt(_median(chi2, group))
    scale = scatter.where(measured, fit).clip(lower=1).fillna(1.0)
    return pd.DataFrame(
        {
            "flux": epochs["flux"] - level,
            "flux_err": epochs["flux_err"] * scale,
            "corrected": measured,
            "rescaled": scale > 1,
        }
    )


def find_events(epochs: pd.DataFrame) -> pd.Series:
    """Return the MJD of the event's peak by owner; epochs as for correct_baseline."""
    level = _median(epochs["flux"], epochs["group"])
    snr = (epochs["flux"] - level) / epochs["flux_err"]
    return event_peaks(
        epochs["owner"].to_numpy(), epochs["mjd"].to_numpy(), snr.to_numpy()
    )


def _baseline(
    epochs: pd.DataFrame, peaks: pd.Series, before: float, after: float
) -> pd.Series:
    """Mark the epochs that measure the zero level; none of an object without event."""
    days = epochs["mjd"] - epochs["owner"].map(peaks)
    early = days < -before
    enough = _count(early, epochs["group"]) >= ENOUGH
    return early | (~enough & (days > after))


def event_peaks(
    owner: NDArray[np.integer], mjd: NDArray[np.float64], snr: NDArray[np.float64]
) -> pd.Series:
    """Return the MJD of the event's peak by object, for objects that show one.

    The peak is the highest running median, over 14 d and all passbands, of snr (n,),
    the S/N above the median of each reference image; below 5 there is no event. The
    median of all epochs is a first zero level: it is too high where the event covers
    most of them, which moves no peak.
    """
    order = np.lexsort((mjd, owner))
    owner, mjd = owner[order], mjd[order]
    # One time axis for all objects, a million days apart, needs one pass only.
    times = pd.DatetimeIndex(((owner * 1e6 + mjd) * 86400).astype("datetime64[s]"))
    windows = pd.Series(snr[order], index=times).rolling(
        WINDOW, center=True, min_periods=EVENT_EPOCHS
    )
    epochs = pd.DataFrame({"owner": owner, "mjd": mjd, "snr": windows.median().array})
    bright = epochs[epochs["snr"] > DETECTION_SNR]
    return epochs.loc[bright.groupby("owner")["snr"].idxmax()].set_index("owner")["mjd"]


def _median(values: pd.Series, group: pd.Series) -> pd.Series:
    """Return each row's median of its group, missing values aside."""
    return values.groupby(group).transform("median")


def _count(mask: pd.Series, group: pd.Series) -> pd.Series:
    """Return how many rows of each row's group are marked."""
    return mask.groupby(group).transform("sum")
