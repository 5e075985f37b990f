"""Simulated light curves beside real ones, of tables whose difference is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from transients import realism_table as realism_module
from transients import sim_or_real
from transients.coverage import COVERAGE, joined
from transients.errors import DataError
from transients.realism_page import side_by_side
from transients.realism_quantities import (
    ALL,
    AUROCS,
    REALISM_COLUMNS,
    TOLD_APART,
    TOLD_BY_PHYSICS,
    quantities,
)
from transients.realism_table import realism_table
from transients.sim_or_real import MIN_EACH, tell_apart
from transients.trees import Examples
from transients.weighted_samples import ks_distance, quantiles

CLASSES = ("Ia", "II")
WAVELENGTHS = {"r": 0.6, "g": 0.5}
COLUMNS = list(quantities(WAVELENGTHS).values())


def sample(seed, n_each, **shifts):
    """Objects whose features are standard normal, but for those that are shifted."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(CLASSES)), n_each)
    features = pd.DataFrame(
        rng.standard_normal((len(labels), len(COLUMNS))), columns=COLUMNS
    )
    for name, shift in shifts.items():
        features[name] += shift
    keys = {"object_id": np.arange(len(labels)).astype(str), "class": "any"}
    return Examples(features.assign(**keys), labels, np.ones(len(labels)))


def table_of(real, simulated):
    return realism_table("bts", real, {"sims": simulated}, CLASSES, WAVELENGTHS)


def aurocs(table, quantity):
    return table[table["quantity"] == quantity].set_index("class")["auroc"]


@pytest.fixture(autouse=True, scope="module")
def small_forests():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sim_or_real, "N_TREES", 20)
        yield


@pytest.fixture(scope="module")
def alike():
    return table_of(sample(0, [40, 30]), sample(1, [50, 60]))


def test_it_has_a_row_for_every_class_and_quantity_and_two_for_all(alike):
    assert list(alike) == REALISM_COLUMNS
    n_each = len(COLUMNS) + len(AUROCS)
    counts = alike["class"].value_counts().to_dict()
    assert counts == {"Ia": n_each, "II": n_each, ALL: len(AUROCS)}


def test_passbands_and_colours_are_named_by_wavelength():
    named = quantities({"z": 0.9, "i": 0.7, "r": 0.6})
    assert named["r-i at peak [mag]"] == "r-i_at_red_peak"
    assert "i-z 15 d after peak [mag]" in named
    assert "r-z at peak [mag]" not in named


def test_what_is_drawn_alike_is_not_told_apart(alike):
    assert (aurocs(alike, TOLD_APART) - 0.5).abs().max() < 0.2


def test_only_what_differs_is_told_apart_and_named():
    brighter = sample(1, [50, 60], peak_flux=10)
    table = table_of(sample(0, [40, 30]), brighter)
    assert aurocs(table, TOLD_APART).min() > 0.99
    assert aurocs(table, TOLD_BY_PHYSICS).max() < 0.75
    told = table.loc[table["quantity"] == TOLD_APART, "told_by"]
    assert told.str.startswith("peak_flux").all()
    distance = table.set_index(["class", "quantity"])["distance"]
    assert distance["Ia", "peak flux [FLUXCAL]"] == pytest.approx(1)


def test_a_mix_of_classes_is_not_told_apart():
    """Classes differ from each other, but not real from simulated objects of one."""
    rng = np.random.default_rng(3)
    labels = np.repeat([0, 1, 0, 1], [190, 30, 30, 190])
    real = np.repeat([True, False], 220)
    features = pd.DataFrame({"x": 10 * labels + rng.standard_normal(440)})
    assert tell_apart(features, real, labels, np.ones(440)).auroc < 0.7


def test_of_many_objects_some_of_every_kind_are_told_apart(monkeypatch):
    """Simulated objects stand subclass by subclass: the first may be like the sky."""
    monkeypatch.setattr(realism_module, "MOST_TOLD_APART", 60)
    simulated = sample(1, [200, 60])
    simulated.features.loc[100:199, "peak_flux"] += 10
    told = aurocs(table_of(sample(0, [60, 60]), simulated), TOLD_APART)
    assert told["Ia"] > 0.65 > told["II"]


def test_too_few_objects_are_not_told_apart_and_marked():
    table = table_of(sample(0, [MIN_EACH, 2]), sample(1, [40, 40]))
    known = aurocs(table, TOLD_APART).notna()
    assert known.to_dict() == {"Ia": True, "II": False, ALL: True}
    few = table[table["few"]]
    assert set(few["class"]) == {"II"}
    assert side_by_side(table).count("†") == len(few) + 1


def test_what_could_not_be_measured_is_left_out():
    real = sample(0, [40, 30])
    real.features.loc[3:, "longest_gap"] = np.nan
    table = table_of(real, sample(1, [40, 30])).set_index(["class", "quantity"])
    assert table.loc[("Ia", "longest gap [d]"), "n_target"] == 3
    assert table.loc[("II", "longest gap [d]"), "n_target"] == 0
    assert np.isnan(table.loc[("II", "longest gap [d]"), "distance"])


def test_weights_stand_for_repeated_values():
    rng = np.random.default_rng(4)
    one, other = rng.normal(0, 1, 30), rng.normal(0.5, 2, 20)
    weights = rng.integers(1, 5, 30)
    repeated = np.repeat(one, weights)
    expected = ks_2samp(repeated, other).statistic
    ones = np.ones(len(other))
    assert ks_distance(one, weights, other, ones) == pytest.approx(expected)
    assert ks_distance(one, weights, repeated, np.ones(len(repeated))) < 1e-9


def test_quantiles_stand_in_the_middle_of_their_weight():
    values, levels = np.array([3.0, 1.0, 2.0]), [0.0, 0.25, 0.5, 1.0]
    equal = quantiles(values, np.ones(3), levels)
    assert equal == pytest.approx(np.quantile(values, levels, method="hazen"))
    assert quantiles(values, np.array([2.0, 1, 1]), [0.5])[0] == pytest.approx(7 / 3)


def test_coverage_of_other_objects_is_refused():
    features = pd.DataFrame({"object_id": ["a", "b"], "x": [1.0, 2.0]})
    coverage = pd.DataFrame({"object_id": ["b", "a"], **dict.fromkeys(COVERAGE, 1.0)})
    with pytest.raises(DataError, match="different objects"):
        joined(features, coverage)
    swapped = joined(features, coverage[::-1].reset_index(drop=True))
    assert list(swapped) == ["object_id", "x", *COVERAGE]
