"""Equation 1: trigger, window, cuts, channels, and the files on disk."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from toys import mixed_lengths, model_input, survey

from transients.encoding import (
    Encoding,
    count_classes,
    encode,
    load,
    read_for_encoding,
    require_every_class,
    save,
)
from transients.errors import DataError
from transients.tables import SurveyTables, TablesWriter, Vocabulary

RULES = Encoding(wavelengths={"g": 0.472, "r": 0.634}, classes=("A", "B"))


def one_object(mjd, detected=True):
    """A survey of one object observed at the given times."""
    portion = survey("a", n_points=len(mjd))
    points = portion.light_curves.assign(mjd=np.asarray(mjd, float), detected=detected)
    return replace(portion, light_curves=points)


def encoded(portion, **changes):
    return encode(portion.objects, portion.light_curves, replace(RULES, **changes))


def reasons(dropped):
    return list(dropped.itertuples(index=False, name=None))


def test_channels_by_hand():
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


def test_window_scale_and_first_detection_are_the_users():
    portion = one_object([59000, 59001, 59002, 59003, 59010])
    rules = {"window": (-1.0, 9.0), "flux_scale": 100.0, "min_points": 1}
    given, _ = encoded(portion, trigger="first_detection", **rules)
    np.testing.assert_allclose(given.points[:, 1], [0.1, 0.2, 0.3, 0.4], atol=1e-6)
    np.testing.assert_allclose(given.points[:, 2], [1, 2, 3, 4])


def test_both_ends_of_the_window_are_in_it():
    days = np.array([-30.01, -30, -1, 0, 69, 70, 70.01])  # triggers on day 0
    given, dropped = encoded(one_object(59000 + days, detected=days >= -1))
    np.testing.assert_allclose(given.points[:, 1], [0, 0.29, 0.3, 0.99, 1], atol=1e-6)
    assert dropped.empty


def test_too_few_points_in_the_window_are_dropped_and_listed():
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


def test_longer_light_curves_keep_their_earliest_points_and_are_listed():
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


def test_missing_extinction_is_filled_with_the_median_of_what_is_kept():
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


def test_extinction_that_nobody_knows_is_zero():
    portion = survey()
    given, dropped = encoded(
        replace(portion, objects=portion.objects.assign(mwebv=np.nan))
    )
    assert given.metadata.tolist() == [[0], [0], [0]]
    assert len(dropped) == 3


def test_nothing_detected_at_all_leaves_nothing():
    portion = one_object(range(59000, 59006), detected=False)
    given, dropped = encoded(portion)
    assert len(given) == 0
    assert reasons(dropped) == [("a", "no trigger")]


def test_rows_follow_the_object_table_and_labels_the_configured_classes():
    names = ["z", "a", "m"]  # not in alphabetical order
    portion = survey(names)
    points = portion.light_curves.assign(flux=np.repeat([500.0, 1000.0, 1500.0], 6))
    given, _ = encoded(replace(portion, light_curves=points), classes=("B", "A"))
    assert given.object_id.tolist() == names
    assert given.labels.tolist() == [1, 0, 1]
    np.testing.assert_allclose(given.points[::6, 2], [1, 2, 3])
    assert given.offsets.tolist() == [0, 6, 12, 18]


def test_tables_read_from_disk_are_encoded_the_same(tmp_path):
    portion = survey(["z", "a", "m"])
    paths = tmp_path / "objects.parquet", tmp_path / "light_curves.parquet"
    with TablesWriter(*paths, Vocabulary("toy", "AB", "gr"), {}) as writer:
        writer.write(portion)
    from_disk, _ = encode(*read_for_encoding(*paths), RULES)
    in_memory, _ = encoded(portion)
    for name in ("points", "offsets", "metadata", "labels", "object_id"):
        np.testing.assert_array_equal(
            getattr(from_disk, name), getattr(in_memory, name)
        )


def test_padding_is_zero_and_on_the_right():
    given = model_input([2, 5, 3])
    batch = given.padded(np.array([2, 0]))
    assert batch.shape == (2, 3, 4)
    np.testing.assert_array_equal(batch[0], given.points[7:10])
    np.testing.assert_array_equal(batch[1, :2], given.points[:2])
    assert not batch[1, 2:].any()


def test_saved_input_comes_back_memory_mapped(tmp_path):
    given = model_input(mixed_lengths(9))
    save(given, tmp_path)
    back = load(tmp_path)
    assert isinstance(back.points, np.memmap)
    for name in ("points", "offsets", "metadata", "labels", "object_id"):
        stored, original = getattr(back, name), getattr(given, name)
        np.testing.assert_array_equal(stored, original)
        assert stored.dtype == original.dtype
    rows = np.array([4, 0, 8])
    np.testing.assert_array_equal(back.padded(rows), given.padded(rows))


def test_a_class_that_lost_every_object_is_an_error():
    require_every_class(np.array([0, 1, 1]), ("A", "B"))
    with pytest.raises(DataError, match=r"\['B'\] is left after trigger"):
        require_every_class(np.array([0, 2, 2]), ("A", "B", "C"))


def test_class_counts_keep_the_order_of_the_classes_and_their_zeros():
    table = count_classes("toy", np.array([2, 0, 2]), ("A", "B", "C"))
    expected = {"dataset": "toy", "class": ["A", "B", "C"], "n": [1, 0, 2]}
    pd.testing.assert_frame_equal(table, pd.DataFrame(expected), check_dtype=False)
