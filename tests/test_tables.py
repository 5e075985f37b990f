"""Every rule of a data set's tables, and what its Parquet files hold."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from toys import survey

from transients.errors import DataError
from transients.tables import (
    LIGHT_CURVES,
    OBJECTS,
    SurveyTables,
    TablesWriter,
    Vocabulary,
    collect_dropped,
    dropped_frame,
    join,
    read_dropped,
    read_provenance,
    read_tables,
    validate,
)

WORDS = Vocabulary("toy survey", ("A", "B"), ("g", "r"))


def spoil(table, column, value, row):
    """Return the toy survey with one value of one table changed."""
    portion = survey()
    frame = getattr(portion, table).astype({column: object})
    frame.loc[row, column] = value
    return replace(portion, **{table: frame})


def write(folder, *portions, provenance=None):
    paths = folder / "objects.parquet", folder / "light_curves.parquet"
    with TablesWriter(*paths, WORDS, provenance or {}) as writer:
        for portion in portions:
            writer.write(portion)
    return paths


def test_a_sound_portion_passes():
    validate(survey(), WORDS)


@pytest.mark.parametrize(
    ("table", "column", "value", "row", "what"),
    [
        ("objects", "object_id", "a", 1, "an object_id that occurs twice.* a"),
        ("objects", "class", "C", 1, r"a class not in \['A', 'B'\].* b"),
        ("objects", "class", None, 1, r"a class not in \['A', 'B'\].* b"),
        ("objects", "ra", 360.5, 2, "ra outside 0 to 360.* c"),
        ("objects", "dec", -90.5, 2, "dec outside -90 to 90.* c"),
        ("objects", "mwebv", -0.01, 0, "mwebv outside 0 to 100.* a"),
        ("objects", "mwebv", np.inf, 1, "mwebv outside 0 to 100.* b"),
        ("objects", "redshift", 20.5, 0, "redshift outside -0.01 to 20.* a"),
        ("light_curves", "mjd", np.nan, 7, "mjd that is not a finite number.* b"),
        ("light_curves", "mjd", 58000.0, 7, "out of chronological order.* b"),
        ("light_curves", "flux", np.nan, 7, "flux that is not a finite number.* b"),
        ("light_curves", "flux", np.inf, 7, "flux that is not a finite number.* b"),
        ("light_curves", "flux", 1e39, 7, "flux that is not a finite number.* b"),
        ("light_curves", "flux_err", np.nan, 7, "flux_err that is not a finite.* b"),
        ("light_curves", "flux_err", 0.0, 7, "flux_err not above zero.* b"),
        ("light_curves", "flux_err", -1.0, 7, "flux_err not above zero.* b"),
        ("light_curves", "flux_err", 1e-50, 7, "flux_err not above zero.* b"),
        ("light_curves", "passband", "i", 7, r"a passband not in \['g', 'r'\].* b"),
        ("light_curves", "passband", None, 7, r"a passband not in \['g', 'r'\].* b"),
        ("light_curves", "detected", None, 7, "detected that is missing.* b"),
        ("light_curves", "object_id", "x", 17, "of an object not listed.* x"),
        ("light_curves", "object_id", None, 17, "of an object not listed.*"),
    ],
)
def test_a_broken_rule_names_data_set_column_and_object(
    table, column, value, row, what
):
    """Numbers beyond the float32 that is stored (1e39, 1e-50) break rules too."""
    with pytest.raises(DataError, match=f"^data set 'toy survey': .*{what}$"):
        validate(spoil(table, column, value, row), WORDS)


def test_missing_values_are_legal_where_the_schema_says_so():
    for column in ("ra", "dec", "mwebv", "redshift"):
        validate(spoil("objects", column, None, 1), WORDS)


def test_an_object_without_observations_is_refused():
    portion = survey()
    points = portion.light_curves.query("object_id != 'b'")
    with pytest.raises(DataError, match=r"empty light curve: 1 rows, first in b"):
        validate(replace(portion, light_curves=points), WORDS)


@pytest.mark.parametrize(
    ("order", "misplaced"),
    [
        ([*range(6, 12), *range(6), *range(12, 18)], "b, a"),
        ([*range(5), *range(6, 18), 5], "a"),  # a's last point comes at the end
    ],
)
def test_light_curves_not_in_the_order_of_the_objects_are_refused(order, misplaced):
    portion = survey()
    shuffled = portion.light_curves.iloc[order]
    with pytest.raises(DataError, match=rf"'toy survey'.*not grouped.* in {misplaced}"):
        validate(replace(portion, light_curves=shuffled), WORDS)


def test_time_may_step_back_between_objects_and_stand_still_within():
    portion = survey()
    points = portion.light_curves.assign(mjd=59000.0 - np.repeat([0, 1, 2], 6))
    validate(replace(portion, light_curves=points), WORDS)


def test_round_trip_keeps_values_and_types(tmp_path):
    portion = survey()
    paths = write(tmp_path, portion)
    objects, points = read_tables(*paths)
    pd.testing.assert_frame_equal(objects, portion.objects, check_dtype=False)
    pd.testing.assert_frame_equal(points, portion.light_curves, check_dtype=False)
    for path, schema in zip(paths, (OBJECTS, LIGHT_CURVES), strict=True):
        assert pq.read_schema(path).equals(schema, check_metadata=False)


def test_files_say_what_their_columns_mean_and_where_they_come_from(tmp_path):
    provenance = {"reader": "simulate", "seed": 3, "source_files": {"x.csv": "0f"}}
    for path, schema in zip(
        write(tmp_path, survey(), provenance=provenance),
        (OBJECTS, LIGHT_CURVES),
        strict=True,
    ):
        stored = pq.read_schema(path)
        for field in schema:
            description = stored.field(field.name).metadata[b"description"]
            assert description == field.metadata[b"description"]
        assert read_provenance(path) == provenance
    assert "[d]" in stored.field("mjd").metadata[b"description"].decode()


def test_portions_are_appended(tmp_path):
    paths = write(tmp_path, survey("ab"), survey("cd", n_points=2))
    objects, points = read_tables(*paths)
    assert list(objects["object_id"]) == list("abcd")
    assert points["object_id"].value_counts().to_dict() == {
        "a": 6,
        "b": 6,
        **dict.fromkeys("cd", 2),
    }


def test_an_object_in_two_portions_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"'toy survey'.*twice: \['b'\]"):
        write(tmp_path, survey("ab"), survey("bc"))


@pytest.mark.parametrize("typed", [True, False])
def test_a_portion_that_lost_all_objects_can_be_written(tmp_path, typed):
    lost = (
        SurveyTables(survey().objects[:0], survey().light_curves[:0])
        if typed
        else SurveyTables(
            pd.DataFrame(columns=OBJECTS.names),
            pd.DataFrame(columns=LIGHT_CURVES.names),
        )
    )
    objects, points = read_tables(*write(tmp_path, survey("a"), lost))
    assert (len(objects), len(points)) == (1, 6)


def test_nothing_beside_the_schema_is_written(tmp_path):
    portion = survey()
    wider = replace(portion, objects=portion.objects.assign(peak_mag=18.0))
    assert list(read_tables(*write(tmp_path, wider))[0]) == OBJECTS.names


def test_provenance_is_plain_json(tmp_path):
    path, _ = write(tmp_path, survey(), provenance={"seed": 1})
    assert json.loads(pq.read_schema(path).metadata[b"provenance"]) == {"seed": 1}


def test_dropped_lists_are_collected_under_the_data_set():
    table = collect_dropped("toy", dropped_frame("ab", "cut"), dropped_frame([], "no"))
    assert table.to_dict("list") == {
        "dataset": ["toy", "toy"],
        "object_id": ["a", "b"],
        "reason": ["cut", "cut"],
    }


def test_dropped_objects_keep_names_that_look_like_blanks(tmp_path):
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path, names in zip(paths, (["NA", "1"], ["null", "007"]), strict=True):
        dropped_frame(names, "cut").to_csv(path, index=False)
    assert read_dropped(*paths)["object_id"].tolist() == ["NA", "1", "null", "007"]


def parts(folder, *portions):
    """The files of parts, of which each was read from a file of its own."""
    paths = []
    for i, portion in enumerate(portions):
        (folder / str(i)).mkdir()
        sources = {"reader": "snana", "source_files": {f"{i}.FITS": str(i)}}
        paths.append(write(folder / str(i), portion, provenance=sources))
    return paths


def test_joined_parts_equal_the_data_set_read_at_once(tmp_path):
    whole = read_tables(*write(tmp_path, survey("abc"), survey("de", n_points=2)))
    joined = tmp_path / "joined_objects", tmp_path / "joined_light_curves"
    join(parts(tmp_path, survey("abc"), survey("de", n_points=2)), *joined)
    for ours, expected in zip(read_tables(*joined), whole, strict=True):
        pd.testing.assert_frame_equal(ours, expected)
    assert read_provenance(joined[1]) == {
        "reader": "snana",
        "source_files": {"0.FITS": "0", "1.FITS": "1"},
    }
    assert pq.read_schema(joined[0]).field("ra").metadata[b"description"]


def test_an_object_in_two_parts_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"'b' occurs in more than one.*1 such"):
        join(
            parts(tmp_path, survey("ab"), survey("bc")), tmp_path / "o", tmp_path / "l"
        )
