"""Are the simulated classes as hard to tell apart as they should be?

Gradient boosting on simple features of the light curves, -30 to +70 d around the
trigger: 600 objects per class to train on, 300 of another seed to test. What it reaches
was measured when the simulator was designed and again when its SNe Ia, Ib, Ic and II
were brought closer to real ones. Much less means noise, much more means a bug: no
supernova class is separable almost perfectly.

Repeated with other seeds of the objects, a class varies by about 0.01 and the macro
average by 0.003; small template libraries add up to 0.03 to their classes.
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from transients.simulate import CLASSES, SimulatedClass, classes_of, simulate_class

BANDS = {"ztf": "gr", "bts": "gr", "lsst": "ugrizy"}
MERGED = {
    "SNIa": "SN Ia",
    "SNIa-91bg": "SN Ia",
    "SNIb": "SN Ib/c",
    "SNIc": "SN Ib/c",
    "SNIc-BL": "SN Ib/c",
    "SNII": "SN II",
    "SNIIn": "SN II",
    "SNIIb": "SN II",
    "TDE": "TDE",
    "SLSN-I": "SLSN-I",
}
ZTF_AUROC = {
    "SNIa": 0.95,
    "SNIa-91bg": 0.95,
    "SNIax": 0.86,
    "SNIb": 0.86,
    "SNIc": 0.86,
    "SNIc-BL": 0.91,
    "SNII": 0.96,
    "SNIIn": 0.89,
    "SNIIb": 0.88,
    "TDE": 0.99,
    "SLSN-I": 0.97,
    "AGN": 0.996,
}
LSST_AUROC = {"SNIb": 0.76, "AGN": 0.99}
# Median colour at maximum, -2.5 log10 of the ratio of the highest g and r fluxes. The
# standard error of a median is 0.01 to 0.03, and thirteen templates add 0.03 to SNIb's.
# At the median redshift of 0.15; the BTS's SNe Ia, at 0.07, have 0.05 at the peak of r.
PEAK_COLOUR = {"SNIa": 0.04, "SNIb": 0.41, "SNIa-91bg": 0.56, "TDE": -0.21}
N_BINS = 10


def windowed(simulated: SimulatedClass) -> pd.DataFrame:
    """Points from -30 to +70 d of the trigger, with columns number and time."""
    points = simulated.light_curves
    number = pd.Categorical(points.object_id, simulated.objects.object_id).codes
    points = points.assign(number=number.astype(int))
    seen = points[points.detected]
    first = seen.groupby("number").mjd.min()
    if simulated.objects.object_id.iloc[0].startswith("bts"):
        trigger = first
    else:
        later = seen[seen.mjd > seen.number.map(first) + 0.02]
        trigger = later.groupby("number").mjd.min()
    points = points.assign(time=points.mjd - points.number.map(trigger))
    return points[points.time.between(-30, 70)]


def features(simulated: SimulatedClass, bands: str) -> np.ndarray:
    """Simple features, (objects, features): NaN where a band has no points."""
    points, n = windowed(simulated), len(simulated.objects)
    band = points.passband.map({name: k for k, name in enumerate(bands)}).astype(int)
    group = (points.number * len(bands) + band).to_numpy()
    summary = _summaries(points, group, n * len(bands))
    binned, peak = _binned(points, group, n * len(bands))
    binned, peak = binned.reshape(n, len(bands), N_BINS), peak.reshape(n, len(bands))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = binned[:, :-1] / np.where(binned[:, 1:] > 0, binned[:, 1:], np.nan)
        peak_ratios = peak[:, :-1] / peak[:, 1:]
        relative = binned / np.maximum(peak, 1e-3)[:, :, None]
    columns = [
        simulated.objects.mwebv.to_numpy()[:, None],
        np.bincount(points.number, minlength=n)[:, None],
        summary.reshape(n, -1),
        relative.reshape(n, -1),
        np.clip(ratios, -3, 10).reshape(n, -1),
        np.clip(peak_ratios, -100, 100),
    ]
    return np.concatenate(columns, axis=1)


def _summaries(points: pd.DataFrame, group: np.ndarray, n_groups: int) -> np.ndarray:
    """Per object and band: peak, its S/N and time, rise, decay, mean, scatter."""
    table = pd.DataFrame(
        {
            "group": group,
            "time": points.time.to_numpy(),
            "flux": points.flux.to_numpy(dtype=float),
            "ratio": (points.flux / points.flux_err).to_numpy(dtype=float),
        }
    )
    by_group = table.groupby("group")
    peak = table.loc[by_group.flux.idxmax()].set_index("group")
    at_peak = peak.loc[table.group].reset_index(drop=True)
    risen = table[table.flux > 0.3 * at_peak.flux].groupby("group").time.min()
    faded = (table.time > at_peak.time) & (table.flux < 0.5 * at_peak.flux)
    half = table[faded].groupby("group").time.min()
    summary = pd.DataFrame(
        {
            "peak": peak.flux,
            "peak_ratio": peak.ratio,
            "peak_time": peak.time,
            "rise": peak.time - risen,
            "decay": half - peak.time,
            "mean": by_group.flux.mean(),
            "lowest": by_group.ratio.min(),
            "scatter": by_group.flux.std(ddof=0) / peak.flux.abs().clip(lower=1e-3),
        }
    )
    return summary.reindex(range(n_groups)).to_numpy()


def _binned(
    points: pd.DataFrame, group: np.ndarray, n_groups: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted mean flux in ten-day bins, (groups, bins), and the highest flux."""
    flux = points.flux.to_numpy(dtype=float)
    weight = points.flux_err.to_numpy(dtype=float) ** -2
    index = group * N_BINS + np.clip((points.time.to_numpy() + 30) // 10, 0, 9)
    index = index.astype(int)
    total = np.bincount(index, weight, n_groups * N_BINS)
    summed = np.bincount(index, weight * flux, n_groups * N_BINS)
    mean = np.full(n_groups * N_BINS, np.nan)
    np.divide(summed, total, out=mean, where=total > 0)
    peak = np.full(n_groups, -np.inf)
    np.maximum.at(peak, group, flux)
    peak[np.isinf(peak)] = np.nan
    return mean.reshape(n_groups, N_BINS), peak


@cache
def sample(survey: str, class_name: str, n: int, seed: int) -> SimulatedClass:
    return simulate_class(survey, class_name, n, seed)


def dataset(survey: str, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels of n objects in each class."""
    names = classes_of(survey)
    tables = [features(sample(survey, c, n, seed), BANDS[survey]) for c in names]
    return np.concatenate(tables), np.repeat(names, n)


def fit(survey: str) -> HistGradientBoostingClassifier:
    data, labels = dataset(survey, 600, seed=1)
    data[:, np.isnan(data).all(axis=0)] = 0.0  # nothing precedes a first detection
    model = HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.1, max_leaf_nodes=15, max_bins=63, random_state=0
    )
    return model.fit(data, labels)


def auroc(
    scores: np.ndarray, columns: np.ndarray, labels: np.ndarray
) -> dict[str, float]:
    """One-vs-rest area under the ROC curve by class."""
    return {
        str(name): float(roc_auc_score(labels == name, scores[:, k]))
        for k, name in enumerate(columns)
    }


def macro(areas: dict[str, float]) -> float:
    return float(np.mean(list(areas.values())))


@cache
def classifier(survey: str) -> HistGradientBoostingClassifier:
    return fit(survey)


@cache
def in_domain(survey: str) -> dict[str, float]:
    model = classifier(survey)
    data, labels = dataset(survey, 300, seed=2)
    return auroc(model.predict_proba(data), model.classes_, labels)


@cache
def ztf_to_bts() -> dict[str, float]:
    """Trained on twelve simulated classes, tested on five real-looking ones.

    Scores of subclasses are added; AGN and SNIax, which BTS lacks, are left out.
    """
    data, labels = dataset("bts", 300, seed=2)
    model = classifier("ztf")
    scores = model.predict_proba(data)
    merged = np.array([MERGED.get(name, "") for name in model.classes_])
    names = np.array(classes_of("bts"))
    summed = np.stack([scores[:, merged == name].sum(axis=1) for name in names], axis=1)
    return auroc(summed / summed.sum(axis=1, keepdims=True), names, labels)


@pytest.mark.parametrize("name", CLASSES)
def test_each_ztf_class_is_as_hard_as_designed(name: str) -> None:
    assert in_domain("ztf")[name] == pytest.approx(ZTF_AUROC[name], abs=0.04)


def test_ztf_classes_together_are_as_hard_as_designed() -> None:
    assert macro(in_domain("ztf")) == pytest.approx(0.915, abs=0.015)


@pytest.mark.parametrize("name", LSST_AUROC)
def test_each_lsst_class_is_as_hard_as_designed(name: str) -> None:
    assert in_domain("lsst")[name] == pytest.approx(LSST_AUROC[name], abs=0.04)


def test_lsst_classes_together_are_as_hard_as_designed() -> None:
    assert macro(in_domain("lsst")) == pytest.approx(0.869, abs=0.015)


@pytest.mark.parametrize("survey", ["ztf", "lsst", "bts"])
def test_no_supernova_class_is_almost_perfectly_separable(survey: str) -> None:
    areas = in_domain(survey)
    supernovae = [name for name in areas if name.startswith("S")]
    assert max(areas[name] for name in supernovae) < 0.985


def test_simulations_do_not_quite_teach_the_real_sky() -> None:
    assert macro(ztf_to_bts()) == pytest.approx(0.935, abs=0.025)
    assert macro(in_domain("bts")) - macro(ztf_to_bts()) > 0.02


@pytest.mark.parametrize("name", PEAK_COLOUR)
def test_colour_at_maximum(name: str) -> None:
    points = windowed(sample("ztf", name, 600, 1))
    peaks = points.pivot_table(
        index="number", columns="passband", values="flux", aggfunc="max", observed=True
    )
    peaks = peaks[(peaks > 0).all(axis=1)]
    colour = -2.5 * np.log10(peaks.g / peaks.r)
    assert np.median(colour) == pytest.approx(PEAK_COLOUR[name], abs=0.06)
