"""What is misclassified is found, ordered by confidence, compared and drawn."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from transients.encoding import Encoding, ModelInput
from transients.errors import DataError
from transients.misclassified import judged, light_curves_of, misclassified
from transients.misclassified_facts import compare, durations, facts
from transients.misclassified_page import confusion, misclassified_page
from transients.plotting.misclassified import draw_misclassified
from transients.plotting.page import SheetOptions

CLASSES = ("SN Ia", "SN II")
BANDS = {"g": 0.48, "r": 0.64}
ENCODING = Encoding(BANDS, CLASSES)


def predictions(*rows):
    """Rows of object_id, class and the probability of SN Ia."""
    table = pd.DataFrame(rows, columns=["object_id", "class", "p(SN Ia)"])
    return table.assign(**{"p(SN II)": 1 - table["p(SN Ia)"]})


RUNS = predictions(
    ("a", "SN Ia", 0.9),
    ("b", "SN Ia", 0.6),
    ("b", "SN Ia", 0.1),
    ("c", "SN II", 0.95),
    ("d", "SN II", 0.3),
)


def test_probabilities_are_means_over_the_runs_that_tested_the_object():
    b = judged(RUNS, CLASSES).set_index("object_id").loc["b"]
    assert b["predicted"] == "SN II"
    assert (b["p_predicted"], b["p_class"]) == pytest.approx((0.65, 0.35))
    assert (b["n_tested"], b["n_wrong"]) == (2, 1)


def test_the_most_confident_come_first():
    wrong = misclassified(judged(RUNS, CLASSES))
    assert list(wrong["object_id"]) == ["c", "b"]


def test_nothing_tested_is_refused():
    with pytest.raises(DataError, match="no light curve"):
        judged(predictions(), CLASSES)


@pytest.fixture
def model_input():
    """Light curves a, b and c of 2, 3 and 1 points; equation 1 scales them."""
    wavelength = np.array([0.48, 0.64, 0.48, 0.48, 0.64, 0.64])
    time = np.array([0.3, 0.5, 0.2, 0.3, 0.9, 0.3])
    flux = np.array([1.0, 2.0, 0.1, 1.0, 0.5, 3.0])
    points = np.column_stack([wavelength, time, flux, np.full(6, 0.1)])
    names = np.array(["a", "b", "c"], dtype=object)
    return ModelInput(
        points.astype(np.float32),
        np.array([0, 2, 5, 6]),
        np.zeros((3, 1), np.float32),
        np.zeros(3, np.int64),
        names,
    )


def test_light_curves_are_in_days_since_the_trigger_and_fluxcal(model_input):
    points = light_curves_of(["c", "b"], model_input, ENCODING)
    assert list(points["object_id"]) == ["c", "b", "b", "b"]
    assert points["days"].to_numpy() == pytest.approx([0, -10, 0, 60], abs=1e-4)
    assert list(points["passband"]) == ["r", "g", "g", "r"]
    assert points["flux"].to_numpy() == pytest.approx([1500, 50, 500, 250])
    assert list(points["detected"]) == [True, False, True, False]


def test_durations_are_from_first_to_last_point(model_input):
    found = durations(model_input, ENCODING)
    assert found.to_dict() == pytest.approx({"a": 20, "b": 70, "c": 0}, abs=1e-4)


def measured(names):
    columns = ["points", "nights", "longest_gap", "highest_snr", "g-r_at_red_peak"]
    for band in BANDS:
        each = ["time_before_peak", "time_after_peak", "fade_at_+15d"]
        columns += [f"{band}_{name}" for name in each]
        columns.append(f"{band}_peak_magnitude")
    table = pd.DataFrame({name: np.arange(len(names)) for name in columns})
    table["r_peak_magnitude"] = table["g_peak_magnitude"] - 0.5
    return table.assign(object_id=names, mwebv=0.1)


def test_facts_follow_the_objects_whatever_the_order():
    names = ["a", "b", "c"]
    days, redshift = pd.Series([9.0, 8.0], ["b", "a"]), pd.Series([0.5], ["c"])
    table = facts(measured(names), redshift, days, BANDS)
    assert list(table.index) == names
    assert list(table["peak magnitude"]) == [-0.5, 0.5, 1.5]
    assert list(table["duration [d]"][:2]) == [8, 9]
    assert table["redshift"].isna().tolist() == [True, True, False]
    assert {"rise in r [d]", "g-r at peak [mag]", "points"} <= set(table)


def common(values, wrong):
    """Compare a quantity of 400 objects of two classes; wrong says which are wrong."""
    names = [f"o{i}" for i in range(len(values))]
    classes = np.where(np.arange(len(values)) % 2, *CLASSES)
    tested = pd.DataFrame({"object_id": names, "class": classes})
    table = pd.DataFrame({"quantity": values}, index=names)
    return compare(tested[wrong], tested, table).iloc[0]


def test_what_is_common_is_told_from_the_mix_of_classes():
    chance = np.random.default_rng(1)
    odd = np.arange(400) % 2 == 1
    values = chance.normal(size=400) + 10 * odd  # the classes differ by far
    ordinary = common(values, odd & (chance.random(400) < 0.2))
    assert ordinary["median"] > ordinary["median_tested"] + 3
    assert 0.3 < ordinary["rank_p50"] < 0.7
    assert ordinary["p_value"] > 0.01
    assert abs(ordinary["difference"]) < 1
    faint = common(values, odd & (values > 11))
    assert faint["rank_p50"] > 0.85
    assert 1 < faint["difference"] < 3
    assert faint["p_value"] < 1e-6


def test_equal_values_are_no_sign_of_anything():
    wrong = np.random.default_rng(2).random(400) < 0.2
    assert common(np.zeros(400), wrong)["p_value"] > 0.01


def test_confusion_counts_every_tested_object():
    table = confusion(judged(RUNS, CLASSES)).set_index("class")
    assert table.loc["SN Ia"].to_dict() == {
        "tested": 2,
        "predicted SN Ia": 1,
        "predicted SN II": 1,
    }
    assert table["tested"].sum() == 4


@pytest.fixture
def failures(model_input):
    tested = judged(RUNS, CLASSES)
    wrong = misclassified(tested)
    table = facts(
        measured(["a", "b", "c", "d"]),
        pd.Series([0.06], ["c"]),
        durations(model_input, ENCODING),
        BANDS,
    )
    return tested, wrong.join(table, on="object_id"), compare(wrong, tested, table)


def test_the_page_says_which_how_many_and_what_is_common(failures):
    page = misclassified_page("best", 1000, *failures)
    assert "`best` with 1,000 labels: 2 of 4 tested" in page
    rows = [
        line.split("|")[1:4] for line in page.splitlines() if line.startswith("| c")
    ]
    assert [x.strip() for x in rows[0]] == ["c", "SN II", "SN Ia"]
    assert "What the 2 have in common" in page


def test_light_curves_are_drawn_with_class_prediction_and_probability(
    failures, model_input
):
    _, wrong, compared = failures
    points = light_curves_of(list(wrong["object_id"]), model_input, ENCODING)
    options = SheetOptions("real BTS: best", CLASSES, BANDS, (-30.0, 70.0), 500.0)
    figure = draw_misclassified(wrong, points, compared, options)
    figure.draw_without_rendering()
    words = [text.get_text() for text in figure.findobj(Text)]
    first = words.index("SN II as SN Ia, 0.95")
    assert first < words.index("SN Ia as SN II, 0.65")
    assert "c  z 0.06" in words
    assert "b" in words
    assert "real BTS: best" in words
    assert "Light curves that are misclassified most confidently" in words
    note = " ".join(words).replace("\n", " ")
    assert "p is not corrected for the number of quantities" in note
    drawn = [line for line in figure.axes[0].lines if line.get_marker() == "s"]
    assert [list(line.get_ydata()) for line in drawn] == [[pytest.approx(1500)]]


def test_a_faultless_strategy_has_an_empty_page(failures, model_input):
    tested, wrong, compared = (table.head(0) for table in failures)
    points = light_curves_of([], model_input, ENCODING)
    options = SheetOptions("real", CLASSES, BANDS, (-30.0, 70.0), 500.0)
    figure = draw_misclassified(wrong, points, compared, options)
    words = [text.get_text() for text in figure.findobj(Text)]
    assert "no light curve was misclassified" in words
    assert "0 of" in misclassified_page("best", 100, tested, wrong, compared)
