"""New light curves in files: what is taken where something is unknown, or refused."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from transients.errors import DataError
from transients.new_light_curves import read_file


def rows(**changed):
    """Four observations of one object with an S/N of 4 and 6 in turn."""
    told = {
        "object_id": "SN 1",
        "mjd": 58000.0 + np.arange(4),
        "passband": "g",
        "flux": [40.0, 60.0, 40.0, 60.0],
        "flux_err": 10.0,
    }
    return pd.DataFrame(told | changed)


def read(frame, path):
    """Write a table in the format of a path's ending; return its portions as read."""
    write = frame.to_parquet if path.suffix == ".parquet" else frame.to_csv
    write(path, index=False)
    return list(read_file(path, ("g",)))


@pytest.mark.parametrize("name", ["new.csv", "new.csv.gz", "new.parquet"])
def test_without_a_word_the_signal_to_noise_decides(tmp_path, name):
    (portion,) = read(rows(), tmp_path / name)
    assert portion.light_curves["detected"].tolist() == [False, True, False, True]


@pytest.mark.parametrize("word", ["", "null", "NaN", " - "])
def test_a_row_without_a_word_goes_by_its_own_signal_to_noise(tmp_path, word):
    frame = rows(detected=["true", "false", word, word])
    (portion,) = read(frame, tmp_path / "new.csv")
    assert portion.light_curves["detected"].tolist() == [True, False, False, True]


@pytest.mark.parametrize("told", [[True, False], [1, 0]])
def test_a_missing_truth_in_parquet_is_no_word(tmp_path, told):
    frame = rows(detected=pd.array([*told, None, None]))
    (portion,) = read(frame, tmp_path / "new.parquet")
    assert portion.light_curves["detected"].tolist() == [True, False, False, True]


def test_another_word_is_no_unknown(tmp_path):
    with pytest.raises(DataError, match=r"'perhaps', neither true nor false"):
        read(rows(detected=["true", "", "perhaps", ""]), tmp_path / "new.csv")


def test_a_column_that_is_there_twice_is_refused(tmp_path):
    table = pa.Table.from_pandas(rows(), preserve_index=False)
    table = table.append_column("flux", table["flux_err"])
    pq.write_table(table, tmp_path / "new.parquet")
    lines = rows().to_csv(index=False).splitlines()
    text = "\n".join([f"{lines[0]},flux", *(f"{line},1" for line in lines[1:])])
    (tmp_path / "new.csv").write_text(text)
    for name in ("new.parquet", "new.csv"):
        message = rf"{name}: has the column 'flux' more than once"
        with pytest.raises(DataError, match=message):
            list(read_file(tmp_path / name, ("g",)))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("mwebv", [0.1, 0.1, 0.2, 0.1]),
        ("mwebv", [0.1, np.nan, 0.2, np.nan]),
        ("mwebv", [np.inf] * 4),
        ("mwebv", [1e300] * 4),
        ("mwebv", [-0.1] * 4),
        ("trigger_mjd", [58001.0, 58001.0, 58002.0, 58001.0]),
        ("trigger_mjd", [2458001.0] * 4),
    ],
)
def test_values_of_an_object_are_possible_and_the_same(tmp_path, name, values):
    with pytest.raises(DataError, match=rf"new.csv: object 'SN 1': {name} is"):
        read(rows(**{name: values}), tmp_path / "new.csv")


def test_a_value_of_an_object_is_taken_from_the_rows_that_give_it(tmp_path):
    frame = rows(mwebv=[np.nan, 0.2, np.nan, 0.2], trigger_mjd=np.nan)
    other = rows(object_id="SN 2", mwebv=np.nan, trigger_mjd=58001.0)
    (portion,) = read(pd.concat([frame, other]), tmp_path / "new.csv")
    np.testing.assert_array_equal(portion.objects["mwebv"], [0.2, np.nan])
    np.testing.assert_array_equal(portion.objects["trigger_mjd"], [np.nan, 58001.0])
