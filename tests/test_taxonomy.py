"""From the labels of surveys to classes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from toy_csv import BTS_CLASSES, PLASTICC_CLASSES, TAXONOMY

from transients.errors import ConfigurationError, DataError
from transients.readers import Dataset
from transients.readers.taxonomy import classify, read_scheme


def test_bts_merges_are_those_of_the_paper() -> None:
    scheme = read_scheme(TAXONOMY, "bts", "key")
    merged = {
        name: {k.removeprefix("SN ") for k, v in scheme.items() if v == name}
        for name in BTS_CLASSES
    }
    assert {"Ia", "Ia-91T", "Ia-91bg"} <= merged["SN Ia"]
    assert {"II", "IIP", "IIn", "IIb"} <= merged["SN II"]
    assert {"Ib", "Ic", "Ib/c", "Ic-BL", "Ibn", "Icn"} <= merged["SN Ib/c"]
    assert merged["SLSN-I"] == {"SLSN-I"}
    assert set(scheme.values()) == {*BTS_CLASSES, ""}
    unused = "other,LBV,ILRT,LRN,Ca-rich,nova,SLSN-II,SN Ia-pec,SN Iax,SN II-pec,-"
    assert {scheme[label] for label in unused.split(",")} == {""}


def test_plasticc_classes() -> None:
    scheme = read_scheme(TAXONOMY, "plasticc", "key")
    numbers = ("90", "67", "52", "42", "62", "95", "15", "88")
    assert tuple(scheme[number] for number in numbers) == PLASTICC_CLASSES
    assert sum(name != "" for name in scheme.values()) == 8


def test_taxonomy_with_a_label_twice(tmp_path: Path) -> None:
    path = tmp_path / "taxonomy.csv"
    path.write_text("scheme,label,class\nmine,a,X\nyours,a,Y\nmine,a,Y\n")
    with pytest.raises(ConfigurationError, match=r"'mine' has the label 'a' twice"):
        read_scheme(path, "mine", "key")


def test_a_class_map_may_stand_in_the_configuration() -> None:
    dataset = Dataset("mine", ("SN Ia", "TDE"), ("c", "o"), {}, Path())
    given = pd.Series(["Ia", "90", "nova"], index=["a", "b", "c"])
    own = {"Ia": "SN Ia", 90: "TDE", "nova": None}
    classes = classify(given, own, dataset, Path("x.csv"), "key")
    assert classes.tolist() == ["SN Ia", "TDE", ""]
    with pytest.raises(DataError, match="'c' has the label 'nova', which key does not"):
        classify(given, {"Ia": "SN Ia", "90": "TDE"}, dataset, Path("x.csv"), "key")
    with pytest.raises(DataError, match="which key makes class 'Ia', which is not"):
        classify(given, own | {"Ia": "Ia"}, dataset, Path("x.csv"), "key")
