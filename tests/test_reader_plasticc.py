"""The plasticc reader: both releases, one file or several, what is refused."""

from __future__ import annotations

import gzip
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from generated import assert_same, survey_tables
from hypothesis import given
from hypothesis import strategies as st
from mutations import COUNT, check_reader
from toy_csv import PLASTICC_CLASSES, TAXONOMY, read_all, reasons
from toy_plasticc import write_plasticc

from transients.errors import ConfigurationError, DataError
from transients.readers import Dataset, plasticc
from transients.tables import SurveyTables

METADATA = """\
object_id,ra,decl,ddf_bool,hostgal_specz,distmod,mwebv,target,true_target,true_z
615,349.05,-61.94,1,0.0,-9.0,0.017,92,92,0.0
713,53.09,-27.78,1,1.6,45.4,0.007,88,88,1.817
730,33.57,-6.58,1,0.2,40.3,0.021,99,42,0.0
"""
LIGHT_CURVES = """\
object_id,mjd,passband,flux,flux_err,detected_bool
615,59750.4229,2,-544.8,3.6,1
713,59825.26,5,-6.53,2.41,0
713,59798.32,0,60.0,3.0,1
730,59800.0,3,11.0,2.0,1
"""
OPTIONS = {"class_map": "plasticc"}


def toy(folder: Path, light_curves: str = "light_curves.csv") -> Dataset:
    paths = {"metadata": "metadata.csv", "light_curves": light_curves}
    files = {name: folder / path for name, path in paths.items()}
    return Dataset("toy", PLASTICC_CLASSES, tuple("ugrizy"), files, TAXONOMY)


def read(data: Dataset, **options: dict[str, str | None]) -> SurveyTables:
    return read_all(OPTIONS | options, data, "plasticc")


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    (tmp_path / "metadata.csv").write_text(METADATA)
    (tmp_path / "light_curves.csv").write_text(LIGHT_CURVES)
    return toy(tmp_path)


def change(data: Dataset, file: str, old: str, new: str) -> None:
    path = data.files[file]
    path.write_text(path.read_text().replace(old, new))


def test_release(data: Dataset) -> None:
    tables = read(data)
    objects, points = tables.objects, tables.light_curves
    assert list(objects["object_id"]) == ["713", "730"]
    assert list(objects["class"]) == ["AGN", "SNII"]
    assert list(objects["dec"]) == [-27.78, -6.58]
    assert list(objects["mwebv"]) == [0.007, 0.021]
    assert objects["redshift"].to_numpy() == pytest.approx([1.817, np.nan], nan_ok=True)
    assert list(points["mjd"]) == [59798.32, 59825.26, 59800.0]
    assert list(points["passband"]) == ["u", "y", "i"]
    assert points["flux"].to_numpy() == pytest.approx([60.0, -6.53, 11.0])
    assert list(points["detected"]) == [True, False, True]
    assert reasons(tables) == [("615", "class '92' is not used")]
    assert plasticc.count(OPTIONS, data) == 2


def test_first_release(data: Dataset) -> None:
    """Its metadata have target and hostgal_specz, its light curves detected."""
    change(data, "metadata", ",true_target,true_z", ",a,b")
    change(data, "metadata", ",99,42", ",42,99")
    change(data, "light_curves", "detected_bool", "detected")
    tables = read(data)
    assert list(tables.objects["class"]) == ["AGN", "SNII"]
    assert list(tables.objects["redshift"]) == [1.6, 0.2]
    assert list(tables.light_curves["detected"]) == [True, False, True]


def test_folder_of_several_files(data: Dataset, tmp_path: Path) -> None:
    """Gzipped or not, beside the metadata, as the test set comes."""
    whole = read(data)
    first, *rows = LIGHT_CURVES.splitlines(keepends=True)
    data.files["light_curves"].unlink()
    (tmp_path / "test_01.csv").write_text(first + "".join(rows[:3]))
    packed = gzip.compress((first + rows[3]).encode())
    (tmp_path / "test_02.csv.gz").write_bytes(packed)
    assert_same(read(toy(tmp_path, ".")), whole)


def test_passband_left_out(data: Dataset) -> None:
    numbers = {str(i): name for i, name in enumerate("ugrizy")} | {"5": None}
    tables = read(data, passbands=numbers)
    assert list(tables.light_curves["passband"]) == ["u", "i"]
    assert reasons(tables)[1][1] == "1 observations in passbands not in use removed"


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("metadata", "target", "type", r"metadata\.csv: no column 'true_target' or 't"),
        ("metadata", "713,", "730,", r"metadata\.csv: object '730' has more than one"),
        ("metadata", ",42,", ",43,", r"object '730' has the label '43'"),
        ("light_curves", "detected_bool", "d", "no column 'detected_bool' or 'dete"),
        ("light_curves", "flux_err", "err", "no column 'flux_err'.*: object_id, mjd"),
        ("light_curves", ",5,", ",6,", r"'713', line 3: .*'6'.*plasticc\.passbands"),
        ("light_curves", "60.0", "inf", r"light_curves\.csv: object '713', line 4: fl"),
        ("light_curves", "3.0", "-3.0", "'713', line 4: flux_err .* -3, not possible"),
        ("light_curves", LIGHT_CURVES[51:], "", "the file has no observations"),
        ("light_curves", "\n7", "\n8", "'713' there and '813' here"),
    ],
)
def test_refusals(data: Dataset, file: str, old: str, new: str, words: str) -> None:
    change(data, file, old, new)
    with pytest.raises(DataError, match=words):
        read(data)


@pytest.mark.parametrize("file", ["metadata", "light_curves"])
def test_missing_files_name_the_key(data: Dataset, file: str) -> None:
    files = {**data.files, file: Path("nowhere")}
    with pytest.raises(
        ConfigurationError, match=rf"plasticc\.files\.{file}: .*nowhere"
    ):
        read(replace(data, files=files))


@pytest.mark.fuzz
@given(
    tables=survey_tables(PLASTICC_CLASSES, "ugrizy", st.integers(1, 99999).map(str)),
)
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory, tables: SurveyTables
) -> None:
    data = toy(tmp_path_factory.mktemp("plasticc"))
    write_plasticc(tables, data.files)
    assert_same(read(data), tables)


@pytest.mark.fuzz
@pytest.mark.parametrize("file", ["metadata", "light_curves"])
def test_mutated_input(data: Dataset, file: str) -> None:
    refused = check_reader("plasticc", OPTIONS, data, data.files[file])
    assert 0.2 * COUNT < refused < COUNT


def test_real_training_set() -> None:
    folder = Path(os.environ.get("TRANSIENT_DATA", "/nonexistent")) / "plasticc"
    if not folder.is_dir():
        pytest.skip("TRANSIENT_DATA names no folder with real light curves")
    files = {
        "metadata": folder / "plasticc_train_metadata.csv.gz",
        "light_curves": folder / "plasticc_train_lightcurves.csv.gz",
    }
    data = replace(toy(folder), files=files)
    tables = read(data)
    counts = tables.objects["class"].value_counts().to_dict()
    expected = (925, 83, 73, 477, 193, 70, 198, 148)
    assert counts == dict(zip(PLASTICC_CLASSES, expected, strict=True))
    assert plasticc.count(OPTIONS, data) == sum(expected)
    assert tables.objects[["ra", "dec", "mwebv", "redshift"]].notna().all(axis=None)
    assert tables.dropped["reason"].str.endswith("is not used").all()
