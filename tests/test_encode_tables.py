"""Equation 1: trigger, window, cuts, channels, and the files on disk."""

from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pandas as pd
import pytest
from toys import survey

from transients import encode_tables as module
from transients.encode_tables import encode_tables
from transients.encoding import ARRAYS, Encoding, load
from transients.errors import DataError
from transients.tables import SurveyTables, TablesWriter, Vocabulary

RULES = Encoding(wavelengths={"g": 0.472, "r": 0.634}, classes=("A", "B"))


def one_object(mjd, detected=True):
    """A survey of one object observed at the given times."""
    portion = survey("a", n_points=len(mjd))
    points = portion.light_curves.assign(mjd=np.asarray(mjd, float), detected=detected)
    return replace(portion, light_curves=points)


def written(folder, *portions):
    paths = folder / "objects.parquet", folder / "light_curves.parquet"
    with TablesWriter(*paths, Vocabulary("toy", "AB", "gr"), {}) as writer:
        for portion in portions:
            writer.write(portion)
    return paths


@pytest.fixture
def encoded(tmp_path):
    """Returns model input, as loaded, and what was dropped, of tables and rules."""

    def encode_portions(*portions, **changes):
        folder = Path(mkdtemp(dir=tmp_path))
        _, dropped = encode_tables(
            *written(folder, *portions), replace(RULES, **changes), folder
        )
        return load(folder), dropped

    return encode_portions


def reasons(dropped):
    return list(dropped.itertuples(index=False, name=None))


def test_channels_by_hand(encoded):
    """Trigger on day 59001, so the first point is at (-1 + 30) / 100."""
    portion = one_object([59000, 59001, 59003, 59010, 59071])
    given, dropped = encoded(portion)
    expected = [
        [0.472, 0.29, 0.2, 0.02],
        [0.634, 0.30, 0.4, 0.02],
        [0.472, 0.32, 0.6, 0.02],
        [0.634, 0.39, 0.8, 0.02],
        [0.472, 1.00, 1.0, 0.02],
    ]
    np.testing.assert_allclose(given.points, expected, rtol=1e-6)
    assert given.points.dtype == np.float32
    assert given.metadata.tolist() == [[np.float32(0.1)]]
    assert given.labels.tolist() == [0]
    assert given.object_id.tolist() == ["a"]
    assert dropped.empty


def test_window_scale_and_first_detection_are_the_users(encoded):
    portion = one_object([59000, 59001, 59002, 59003, 59010])
    rules = {"window": (-1.0, 9.0), "flux_scale": 100.0, "min_points": 1}
    given, _ = encoded(portion, trigger="first_detection", **rules)
    np.testing.assert_allclose(given.points[:, 1], [0.1, 0.2, 0.3, 0.4], atol=1e-6)
    np.testing.assert_allclose(given.points[:, 2], [1, 2, 3, 4])


def test_the_trigger_may_be_the_survey_s_own(encoded):
    portion = survey("ab")
    objects = portion.objects.assign(trigger_mjd=[59003.0, np.nan])
    given, dropped = encoded(replace(portion, objects=objects), trigger="survey")
    times = [0.27, 0.28, 0.29, 0.30, 0.31, 0.32]
    np.testing.assert_allclose(given.points[:, 1], times, atol=1e-6)
    assert reasons(dropped) == [("b", "no trigger")]


def test_both_ends_of_the_window_are_in_it(encoded):
    days = np.array([-30.01, -30, -1, 0, 69, 70, 70.01])  # triggers on day 0
    given, dropped = encoded(one_object(59000 + days, detected=days >= -1))
    np.testing.assert_allclose(given.points[:, 1], [0, 0.29, 0.3, 0.99, 1], atol=1e-6)
    assert dropped.empty


def test_too_few_points_in_the_window_are_dropped_and_listed(encoded):
    portion = survey("ab", n_points=5)
    late = (portion.light_curves["object_id"] == "b") & (
        portion.light_curves.index == len(portion.light_curves) - 1
    )
    points = portion.light_curves.assign(
        mjd=portion.light_curves["mjd"] + np.where(late, 100, 0)
    )
    given, dropped = encoded(replace(portion, light_curves=points))
    assert given.object_id.tolist() == ["a"]
    assert reasons(dropped) == [("b", "fewer than 5 points in the window")]
    given, dropped = encoded(replace(portion, light_curves=points), min_points=4)
    assert given.lengths.tolist() == [5, 4]
    assert dropped.empty


def test_longer_light_curves_keep_their_earliest_points_and_are_listed(encoded):
    portion = survey("abc", n_points=8)
    points = portion.light_curves.drop(index=range(8, 10))  # b has 6 points
    given, dropped = encoded(replace(portion, light_curves=points), max_points=6)
    assert given.lengths.tolist() == [6, 6, 6]
    flux = given.points[:, 2].reshape(3, 6) * 500
    np.testing.assert_allclose(flux[0], [100, 200, 300, 400, 500, 600])
    np.testing.assert_allclose(flux[1], [300, 400, 500, 600, 700, 800])
    assert reasons(dropped) == [
        ("a", "cut at N_t = 6 points"),
        ("c", "cut at N_t = 6 points"),
    ]


def test_missing_extinction_is_filled_with_the_median_of_what_is_kept(encoded):
    portion = survey("abcdef")
    objects = portion.objects.assign(mwebv=[0.1, np.nan, 0.2, 0.6, 99.0, np.nan])
    undetected = portion.light_curves["object_id"].isin(["e", "f"])
    points = portion.light_curves.assign(detected=~undetected)
    given, dropped = encoded(SurveyTables(objects, points))
    np.testing.assert_allclose(given.metadata[:, 0], [0.1, 0.2, 0.2, 0.6])
    assert reasons(dropped) == [
        ("e", "no trigger"),
        ("f", "no trigger"),
        ("b", "mwebv missing: filled with the data set's median, or 0 without any"),
    ]


def test_extinction_that_nobody_knows_is_zero(encoded):
    portion = survey()
    given, dropped = encoded(
        replace(portion, objects=portion.objects.assign(mwebv=np.nan))
    )
    assert given.metadata.tolist() == [[0], [0], [0]]
    assert len(dropped) == 3


def test_nothing_detected_at_all_leaves_nothing(encoded):
    portion = one_object(range(59000, 59006), detected=False)
    given, dropped = encoded(portion)
    assert len(given) == 0
    assert reasons(dropped) == [("a", "no trigger")]


def test_rows_follow_the_object_table_and_labels_the_configured_classes(encoded):
    names = ["z", "a", "m"]  # not in alphabetical order
    portion = survey(names)
    points = portion.light_curves.assign(flux=np.repeat([500.0, 1000.0, 1500.0], 6))
    given, _ = encoded(replace(portion, light_curves=points), classes=("B", "A"))
    assert given.object_id.tolist() == names
    assert given.labels.tolist() == [1, 0, 1]
    np.testing.assert_allclose(given.points[::6, 2], [1, 2, 3])
    assert given.offsets.tolist() == [0, 6, 12, 18]


def test_the_points_stay_on_disk_and_the_labels_are_told(tmp_path):
    labels, _ = encode_tables(*written(tmp_path, survey()), RULES, tmp_path)
    given = load(tmp_path)
    assert isinstance(given.points, np.memmap)
    assert given.labels.tolist() == labels.tolist() == [0, 1, 0]
    kinds = [getattr(given, name).dtype.name for name in ARRAYS]
    assert kinds == ["float32", "int64", "float32", "int64"]


def uneven_light_curves():
    """Light curves of 1 to 9 points: one with no trigger, some with too few points."""
    portion = survey(tuple("abcdefghi"), n_points=9)
    points = portion.light_curves
    owner, step = np.divmod(np.arange(81), 9)
    points["detected"] = owner != 5
    kept = (step < 9 - owner).astype(bool)
    return replace(portion, light_curves=points[kept].reset_index(drop=True))


@pytest.mark.parametrize("rows", [1, 2, 7])
def test_batches_change_nothing(encoded, monkeypatch, rows):
    """Some light curves are cut by a batch, some begin with one, some need several."""
    rules = {"min_points": 3, "max_points": 7}
    whole, left_out = encoded(uneven_light_curves(), **rules)
    monkeypatch.setattr(module, "BATCH_ROWS", rows)
    given, dropped = encoded(uneven_light_curves(), **rules)
    for name in (*ARRAYS, "object_id"):
        np.testing.assert_array_equal(getattr(given, name), getattr(whole, name))
    pd.testing.assert_frame_equal(dropped, left_out)
    assert given.lengths.tolist() == [7, 7, 7, 6, 5, 3]
    assert len(dropped) == 5


def test_portions_are_encoded_as_one_table(encoded):
    whole, _ = encoded(survey("abcd"))
    given, _ = encoded(survey("ab"), survey("cd"))
    np.testing.assert_array_equal(given.points, whole.points)
    assert given.object_id.tolist() == list("abcd")


@pytest.mark.parametrize("others", ["ba", "abc", "a", "xb", ""])
def test_light_curves_of_other_objects_are_refused(tmp_path, others):
    (tmp_path / "others").mkdir()
    _, points = written(tmp_path, survey("ab"))
    objects, _ = written(tmp_path / "others", survey(others))
    with pytest.raises(DataError, match=r"light_curves\.parquet: .* object table"):
        encode_tables(objects, points, RULES, tmp_path)
