"""The numbers of a data sheet, against numbers computed by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import toys

from transients import light_curve_statistics
from transients.datasheets import ALL, DROPPED, NUMBERS_COLUMNS, count_reasons, describe
from transients.encoding import Encoding
from transients.light_curve_statistics import FLUX, FLUX_IN_WINDOW, Histogram
from transients.tables import SurveyTables, TablesWriter, Vocabulary

RULES = Encoding({"g": 0.472, "r": 0.634}, ("A", "B"), trigger="first_detection")
NOTHING = pd.DataFrame({"object_id": [], "reason": []})


@pytest.fixture
def sheet_of(tmp_path):
    """Returns the data sheet of tables, which are written and read again."""

    def describe_tables(tables, rules=RULES, dropped=NOTHING):
        objects, points = tmp_path / "objects.parquet", tmp_path / "points.parquet"
        words = Vocabulary("toy", rules.classes, list(rules.wavelengths))
        with TablesWriter(objects, points, words, {}) as writer:
            writer.write(tables)
        counts = pd.DataFrame({"class": rules.classes, "n": 1})
        return describe(pd.read_parquet(objects), points, rules, counts, dropped)

    return describe_tables


def light_curve(mjd, flux, passband="g", flux_err=10.0, detected=True, trigger=np.nan):
    """One object of class A."""
    tables = toys.survey(("a",), len(mjd))
    given = {"mjd": mjd, "flux": flux, "passband": passband}
    points = tables.light_curves.assign(**given, flux_err=flux_err, detected=detected)
    return SurveyTables(tables.objects.assign(trigger_mjd=trigger), points)


def number(sheet, quantity, name=ALL):
    rows = sheet.numbers.set_index(["class", "quantity"])
    return list(rows.loc[(name, quantity)])


def single(sheet, quantity, name=ALL):
    low, value, high = number(sheet, quantity, name)
    assert np.isnan([low, high]).all()
    return value


def test_objects_and_points_are_counted_by_class(sheet_of):
    sheet = sheet_of(toys.survey(("a", "b", "c"), 6))
    assert list(sheet.numbers) == NUMBERS_COLUMNS
    assert sheet.numbers["class"].drop_duplicates().tolist() == [ALL, "A", "B"]
    assert not sheet.numbers.duplicated(["class", "quantity"]).any()
    assert [single(sheet, "objects", x) for x in (ALL, "A", "B")] == [3, 2, 1]
    assert single(sheet, "objects in the experiment") == 2
    assert number(sheet, "points", "A") == [6, 6, 6]
    assert number(sheet, "points in g") == [3, 3, 3]
    assert number(sheet, "detections") == [6, 6, 6]
    assert number(sheet, "time span [d]") == [5, 5, 5]
    assert number(sheet, "peak flux [FLUXCAL]") == [600, 600, 600]
    assert number(sheet, "peak |S/N|") == [60, 60, 60]
    assert number(sheet, "E(B-V) [mag]", "A") == pytest.approx([0.11, 0.2, 0.29])


def test_gaps_are_between_nights_not_within(sheet_of):
    """A night may cross midnight UTC; one at 60000, the next two days, then five."""
    mjd = 60000 + np.array([-0.1, 0.1, 2.0, 2.01, 7.0])
    sheet = sheet_of(light_curve(mjd, 1.0, ["g", "r", "g", "r", "r"]))
    assert number(sheet, "gap between nights [d]")[1] == pytest.approx((1.9 + 4.99) / 2)
    assert number(sheet, "gap between nights in g [d]")[1] == pytest.approx(2.1)
    gaps_in_r = (1.91 + 4.99) / 2
    assert number(sheet, "gap between nights in r [d]")[1] == pytest.approx(gaps_in_r)


def test_gaps_are_of_one_object(sheet_of):
    """The nights of each follow those of the one before, 90 days later."""
    tables = toys.survey(("a", "c", "e"), 2)
    nights = np.array([0.0, 2.0, 92.0, 95.0, 185.0, 189.0])
    tables.light_curves["mjd"] = 60000 + nights
    tables.light_curves["passband"] = "g"
    sheet = sheet_of(tables)
    for quantity in ("gap between nights [d]", "gap between nights in g [d]"):
        assert number(sheet, quantity) == pytest.approx([2.1, 3.0, 3.9])


@pytest.mark.parametrize("flux_scale", [500.0, 250.0])
def test_flux_is_compared_with_the_scale_in_the_window_alone(sheet_of, flux_scale):
    mjd = 60000 + np.array([-31.0, -30.0, 0.0, 70.0, 70.1])
    flux = np.array([1e6, -100.0, 300.0, 1100.0, 1e6])
    detected = [False, False, True, False, False]
    rules = replace(RULES, flux_scale=flux_scale)
    sheet = sheet_of(light_curve(mjd, flux, detected=detected), rules)
    assert number(sheet, "points in the window")[1] == 3
    scaled = f"|flux| in the window / {flux_scale:g} FLUXCAL"
    assert single(sheet, f"mean {scaled}") == pytest.approx(500 / flux_scale)
    assert number(sheet, scaled)[1] == pytest.approx(300 / flux_scale, rel=0.01)
    assert number(sheet, FLUX_IN_WINDOW)[1] == pytest.approx(300, rel=0.01)
    assert number(sheet, FLUX)[1] == pytest.approx(1100, rel=0.01)


@pytest.mark.parametrize(
    ("rule", "points"), [("first_detection", 2), ("two_detections", 3), ("survey", 1)]
)
def test_the_window_follows_the_rule_of_the_trigger(sheet_of, rule, points):
    mjd = 60000 + np.array([0.0, 10.0, 40.0, 44.0])
    rules = Encoding(RULES.wavelengths, ("A",), trigger=rule, window=(-9.0, 35.0))
    sheet = sheet_of(light_curve(mjd, 100.0, trigger=60052.0), rules)
    assert number(sheet, "points in the window")[1] == points


@pytest.mark.parametrize("rows", [1, 4, 7])
def test_batches_change_nothing(sheet_of, monkeypatch, rows):
    tables = toys.survey(tuple("abcdefg"), 5)
    whole = sheet_of(tables)
    monkeypatch.setattr(light_curve_statistics, "BATCH_ROWS", rows)
    parts = sheet_of(tables)
    for name in ("numbers", "histograms", "examples"):
        pd.testing.assert_frame_equal(getattr(parts, name), getattr(whole, name))


def test_quantiles_of_points_are_right_to_a_percent():
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.lognormal(4, 2, 30001), -rng.lognormal(1, 1, 9000)])
    labels = rng.integers(0, 2, len(values))
    histogram = Histogram(3)
    for part in (slice(0, 500), slice(500, None)):
        histogram.add(values[part], labels[part])
    levels = [0.05, 0.5, 0.95]
    expected = [np.quantile(values[labels == i], levels) for i in (0, 1)]
    found = histogram.quantiles(levels)
    assert found[:2] == pytest.approx(np.array(expected), rel=0.012)
    assert np.isnan(found[2]).all()
    assert found[3] == pytest.approx(np.quantile(values, levels), rel=0.012)
    assert histogram.means()[[0, 3]] == pytest.approx(
        [values[labels == 0].mean(), values.mean()]
    )


def test_values_beyond_the_bins_are_counted():
    histogram = Histogram(1)
    histogram.add(np.array([-1e300, 0.0, 1e300]), np.zeros(3, dtype=int))
    assert histogram.counts.sum() == 3
    assert histogram.quantiles([0.5])[0, 0] == pytest.approx(0, abs=1e-3)


def test_reasons_are_counted_by_their_words():
    reasons = [
        *["1 near-duplicate observations removed", "3 near-duplicate observations"],
        *[
            "12 near-duplicate observations removed",
            "fewer than 5 points in the window",
        ],
        *["ra '>16.0' is not a number", "ra '-' is not a number", "class 'x' not used"],
    ]
    counts = count_reasons(pd.DataFrame({"object_id": "a", "reason": reasons}))
    assert dict(zip(counts["quantity"], counts["p50"], strict=True)) == {
        f"{DROPPED}near-duplicate observations removed [objects]": 2,
        f"{DROPPED}near-duplicate observations removed [observations]": 13,
        f"{DROPPED}near-duplicate observations [objects]": 1,
        f"{DROPPED}near-duplicate observations [observations]": 3,
        f"{DROPPED}fewer than 5 points in the window [objects]": 1,
        f"{DROPPED}ra '...' is not a number [objects]": 2,
        f"{DROPPED}class 'x' not used [objects]": 1,
    }


def test_what_was_dropped_stands_under_all_classes(sheet_of):
    dropped = pd.DataFrame({"object_id": ["x", "y"], "reason": "no trigger"})
    sheet = sheet_of(toys.survey(), dropped=dropped)
    assert single(sheet, f"{DROPPED}no trigger [objects]") == 2


def test_one_point_of_one_object_and_a_class_without(sheet_of):
    sheet = sheet_of(light_curve([60000.0], [-3.0], detected=False))
    assert single(sheet, "objects", "B") == 0
    assert np.isnan(number(sheet, "points", "B")).all()
    assert number(sheet, "time span [d]") == [0, 0, 0]
    assert np.isnan(number(sheet, "gap between nights [d]")).all()
    assert number(sheet, "points in the window") == [0, 0, 0]
    assert np.isnan(number(sheet, FLUX_IN_WINDOW)).all()
    assert single(sheet, "fraction of objects with a redshift") == 0
    assert np.isnan(single(sheet, "fraction of objects with a redshift", "B"))
    assert sheet.examples["days"].tolist() == [0.0]


def test_redshifts_are_described_where_known(sheet_of):
    tables = toys.survey(("a", "b", "c", "d"))
    tables.objects["redshift"] = [0.1, np.nan, 0.3, np.nan]
    sheet = sheet_of(tables)
    assert number(sheet, "redshift")[1] == pytest.approx(0.2)
    assert single(sheet, "fraction of objects with a redshift") == 0.5
    drawn = sheet.histograms[sheet.histograms["quantity"] == "redshift"]
    assert drawn.groupby("class")["n"].sum().to_dict() == {"A": 2, "B": 0}


def test_every_object_is_in_each_histogram(sheet_of):
    tables = toys.survey(tuple("abcdefg"), 5)
    tables.light_curves["flux"] *= np.repeat(10.0 ** np.arange(7), 5)
    histograms = sheet_of(tables).histograms
    totals = histograms.groupby("quantity")["n"].sum()
    assert totals.pop(FLUX_IN_WINDOW) == 35
    assert set(totals) == {7}
    touching = histograms.groupby(["quantity", "class"], sort=False)
    assert all(
        np.allclose(bins["left"].iloc[1:], bins["right"].iloc[:-1])
        for _, bins in touching
    )


def test_examples_are_at_the_quarters_of_their_class(sheet_of):
    tables = toys.survey(tuple(f"o{i}" for i in range(10)), 3)
    brightness = np.array([9, 0, 3, 0, 1, 0, 7, 0, 5, 0]) + 1.0  # class A: even ones
    tables.light_curves["flux"] = np.repeat(brightness, 3) * 100
    tables.light_curves["mjd"] = np.tile(60000 + np.array([0.0, 40.0, 90.0]), 10)
    examples = sheet_of(tables).examples
    of_class = examples[examples["class"] == "A"]
    assert of_class.groupby("example")["object_id"].agg("unique").str[0].tolist() == [
        *("o2", "o8", "o6")
    ]
    assert of_class["days"].tolist() == [0.0, 40.0] * 3


@pytest.mark.parametrize("n", range(1, 5))
def test_small_classes_show_as_many_examples_as_they_can(sheet_of, n):
    tables = toys.survey(tuple("abcd"[:n]))
    tables.objects["class"] = "A"
    assert sheet_of(tables).examples["object_id"].nunique() == min(n, 3)
