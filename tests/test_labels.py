"""The label table: names, classes, coordinates and other numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toy_csv import bts_options, dataset

from transients.errors import DataError
from transients.readers.labels import degrees, read_labels


def test_degrees() -> None:
    words = pd.Series(["12:00:00", "-00:30:00", "180.5", "-", "12h30m00s", "?"])
    expected = [180.0, -7.5, 180.5, np.nan, 187.5, np.nan]
    found = degrees(words, "hourangle").to_numpy()
    assert found == pytest.approx(expected, nan_ok=True)
    assert degrees(words[1:2], "deg").to_numpy() == pytest.approx([-0.5])


@pytest.mark.parametrize("word", ["1:2:3:4", "1e", "::", "12:x:00"])
def test_words_that_are_no_angle(word: str) -> None:
    assert degrees(pd.Series([word]), "deg").isna().all()


def test_sexagesimal_forms_agree() -> None:
    """The quick way for 12:34:56.7 is that of astropy for 12h34m56.7s."""
    words = pd.Series(
        ["3:04:05.6", "-12:34:56.7", "+0:0:59", "-00:00:01.", "23:59:59.9"]
    )
    written = words.str.replace(":", "h", n=1).str.replace(":", "m", n=1) + "s"
    for unit in ("hourangle", "deg"):
        forms = written if unit == "hourangle" else written.str.replace("h", "d")
        found = degrees(words, unit).to_numpy()
        assert found == pytest.approx(degrees(forms, unit).to_numpy(), rel=1e-14)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a,TDE\n\na,TDE\n", "object 'a' has more than one row"),
        ('a,"TDE\n"\n\n ,TDE\n', "line 5: no object_id"),
        ("a,TDE\na\x1bb,TDE\n", r"line 3: the object_id 'a\\x1bb' is not readable"),
        ("a,TDE\nb\n", "line 3: 1 fields, but the header has 2"),
        ("a,TDE?!\n", "object 'a' has the label 'TDE[?]!', which scheme 'bts'"),
        ("a,TDE?!\n", r".*does not know \(did you mean 'TDE\?'\?\)\. Add"),
        ("a,TDE?!\nb,x!\nc,x!\n", r".*does not know.*; other unknown labels: 1\. Add"),
        ("", "none of its 0 objects"),
    ],
)
def test_refusals(tmp_path: Path, rows: str, message: str) -> None:
    (tmp_path / "labels.csv").write_text(f"id,type\n{rows}")
    columns = {"object_id": "id", "class": "type"}
    with pytest.raises(DataError, match=rf"labels\.csv: {message}"):
        read_labels(columns, bts_options()["class_map"], dataset(tmp_path), "key")
