"""What misclassified objects have in common, against the tested ones of their class."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.stats import kstest

from transients.encoding import CHANNELS, Encoding, ModelInput

REDSHIFT = "redshift"
DUST = "Milky Way E(B-V) [mag]"
SPAN = "duration [d]"
BRIGHTEST = "peak magnitude"

COMPARED_COLUMNS = [
    *["quantity", "n", "n_tested", "median", "median_tested", "difference"],
    *["rank_p25", "rank_p50", "rank_p75", "distance", "p_value"],
]


def facts(
    measured: pd.DataFrame,
    redshift: pd.Series,
    duration: pd.Series,
    wavelengths: Mapping[str, float],
) -> pd.DataFrame:
    """Return what is compared of each light curve, indexed by object_id.

    measured is `joined` of realism_table (features and coverage); redshift and
    duration [d] are indexed by object_id; wavelengths are those of the passbands. The
    peak magnitude is that of the brightest passband; colours are of neighbouring
    passbands at the peak in the redder one, corrected for the Milky Way's extinction.
    NaN where not measured.
    """
    bands = sorted(wavelengths, key=lambda name: wavelengths[name])
    by_object = measured.set_index("object_id")
    peaks = by_object[[f"{band}_peak_magnitude" for band in bands]]
    named = {
        "points": "points",
        "nights": "nights",
        "longest gap [d]": "longest_gap",
        "highest S/N": "highest_snr",
        **{f"rise in {band} [d]": f"{band}_time_before_peak" for band in bands},
        **{f"observed after peak in {b} [d]": f"{b}_time_after_peak" for b in bands},
        **{f"fading in 15 d in {band} [mag]": f"{band}_fade_at_+15d" for band in bands},
        **{
            f"{b}-{r} at peak [mag]": f"{b}-{r}_at_red_peak" for b, r in pairwise(bands)
        },
    }
    table = by_object[list(named.values())].set_axis(list(named), axis="columns")
    table.insert(1, SPAN, duration.reindex(table.index))
    table.insert(4, BRIGHTEST, peaks.min(axis="columns"))
    table[REDSHIFT] = redshift.reindex(table.index)
    table[DUST] = by_object["mwebv"]
    return table.astype(float)


def durations(model_input: ModelInput, encoding: Encoding) -> pd.Series:
    """Return the days from first to last point of each light curve, by object_id."""
    starts = np.asarray(model_input.offsets[:-1])
    times = np.asarray(model_input.points[:, CHANNELS.index("time")], dtype=float)
    low, high = encoding.window
    span = times[starts + model_input.lengths - 1] - times[starts]
    return pd.Series((high - low) * span, pd.Index(model_input.object_id))


def compare(
    wrong: pd.DataFrame, tested: pd.DataFrame, table: pd.DataFrame
) -> pd.DataFrame:
    """Return COMPARED_COLUMNS, a row per fact, the most telling first.

    wrong and tested are tables of misclassified.judged, table is that of `facts`. Ranks
    are those of the misclassified objects among the tested ones of their own class, 0
    the lowest and 1 the highest: they do not tell one class from another. Equal values
    are ranked at random, the same in every run. difference is the median of their
    differences from the median of their own class, in the quantity's unit. distance is
    how far they are from evenly spread (Kolmogorov and Smirnov's statistic), p_value
    how often chance gets there; it does not correct for the number of facts.
    """
    classes = tested.set_index("object_id")["class"]
    everyone = table.reindex(classes.index)
    shuffled = everyone.sample(frac=1, random_state=0)
    ranked = shuffled.groupby(classes).rank(method="first")  # ties as the dice fall
    known = everyone.notna().groupby(classes).transform("sum")
    ranks = ((ranked - 0.5) / known.loc[ranked.index]).reindex(wrong["object_id"])
    values = everyone.reindex(wrong["object_id"])
    usual = everyone.groupby(classes).transform("median").reindex(values.index)
    rows = [
        (
            *(name, values[name].count(), everyone[name].count()),
            *(values[name].median(), everyone[name].median()),
            (values[name] - usual[name]).median(),
            *_spread(ranks[name].dropna().to_numpy()),
        )
        for name in table
    ]
    compared = pd.DataFrame(rows, columns=COMPARED_COLUMNS)
    return compared[compared["n"] > 0].sort_values("p_value", ignore_index=True)


def _spread(ranks: np.ndarray) -> tuple[float, ...]:
    if not len(ranks):
        return (np.nan,) * 5
    told = kstest(ranks, "uniform")
    return (*np.quantile(ranks, [0.25, 0.5, 0.75]), told.statistic, told.pvalue)
