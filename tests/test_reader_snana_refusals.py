"""What the snana reader refuses: a change of a good pair, words of the message."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toy_snana import HEAD, PHOT, changed, dataset, read_all, without, write_pair

from transients.errors import ConfigurationError, TransientsError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a survey, still empty."""
    return tmp_path / "survey"


@pytest.fixture
def model(folder: Path) -> Path:
    """The folder of one model of the survey, still empty."""
    return folder / "SNIa-SALT3"


def refusal(folder: Path, **options: Any) -> str:
    with pytest.raises(TransientsError) as caught:
        read_all(dataset(folder), **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("column", "row", "value", "words"),
    [
        ("PTROBS_MAX", 0, 4, ["HEAD", "'17' has NOBS 3", "PTROBS_MAX 4"]),
        ("PTROBS_MAX", 0, 0, ["HEAD", "'17' has NOBS 3", "PTROBS_MAX 0"]),
        ("NOBS", 1, -1, ["HEAD", "'20' has NOBS -1"]),
        ("SNID", 1, b"17", ["HEAD", "'17' occurs twice", "model_in_id"]),
        ("SNID", 1, b"", ["HEAD", "row 2", "without SNID"]),
        ("SNID", 1, b"\xe9", ["HEAD", "SNID is not ASCII text"]),
        ("MJD", 2, -777.0, ["PHOT", "'17', row 3", "MJD -777", "within"]),
        ("MJD", 5, np.nan, ["PHOT", "'20', row 6", "mjd (column 'MJD')"]),
        ("FLUXCAL", 5, np.inf, ["PHOT", "'20', row 6", "inf, not possible"]),
        ("FLUXCALERR", 1, -1.0, ["PHOT", "'17', row 2", "-1, not possible"]),
        ("FLUXCALERR", 1, 0.0, ["PHOT", "'17', row 2", "0, not possible"]),
        ("FLUXCALERR", 1, np.inf, ["PHOT", "'17', row 2", "flux_err"]),
        ("FLUXCALERR", 1, np.nan, ["PHOT", "'17', row 2", "missing"]),
        ("BAND", 1, b"z", ["PHOT", "'17', row 2", "'z'", "toy.snana.passbands"]),
    ],
)
def test_values_refused(
    model: Path, column: str, row: int, value: Any, words: list[str]
) -> None:
    head = changed(HEAD, column, row, value) if column in HEAD else HEAD
    phot = changed(PHOT, column, row, value) if column in PHOT else PHOT
    write_pair(model, head=head, phot=phot)
    message = refusal(model.parent)
    assert [word for word in words if word not in message] == []


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ([1, 3], [3, 4], ["HEAD", "'17' and '20' share rows"]),
        ([3, 2], [5, 3], ["HEAD", "'20' and '17' share rows"]),
        ([1, 7], [3, 8], ["PHOT", "has 7 rows, but object '20' has rows 7 to 8"]),
        ([0, 5], [2, 6], ["PHOT", "'17' has rows 0 to 2"]),
        ([2**31 - 3, 5], [2**31 - 1, 6], ["PHOT", "'17' has rows 2147483645"]),
    ],
)
def test_pointers_refused(
    model: Path, first: list[int], last: list[int], words: list[str]
) -> None:
    write_pair(model, head=HEAD | {"PTROBS_MIN": first, "PTROBS_MAX": last})
    message = refusal(model.parent)
    assert [word for word in words if word not in message] == []


@pytest.mark.parametrize("name", ["ZP_FLUXCAL", "PHOTFLAG_DETECT", "PHOTFLAG_TRIGGER"])
@pytest.mark.parametrize("value", [-1, 1e300, "none"])
def test_key_words_refused(model: Path, name: str, value: Any) -> None:
    write_pair(model, key_words={name: value})
    assert f"PHOT.FITS: key word {name} is {value!r}, not" in refusal(model.parent)


@pytest.mark.parametrize("column", [*HEAD, *PHOT])
def test_columns_refused(model: Path, column: str) -> None:
    optional = {"REDSHIFT_HELIO", "REDSHIFT_FINAL", "SIM_TYPE_INDEX", "PHOTFLAG"}
    write_pair(model, head=without(HEAD, column), phot=without(PHOT, column))
    if column in optional:
        assert len(read_all(dataset(model.parent)).objects) == 2
    else:
        message = refusal(model.parent)
        assert f"no column {column}" in message
        assert ("HEAD.FITS:" if column in HEAD else "PHOT.FITS:") in message


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("NOBS", [3.0, 2.0], "NOBS holds float64, not a whole number"),
        ("MWEBV", [[0.1, 0.2]] * 2, "of (2,), not a number"),
        ("RA", [b"10h", b"2h"], "RA holds str"),
        ("SNID", [1.5, 2.5], "SNID holds float64, not text"),
    ],
)
def test_kinds_of_columns_refused(
    model: Path, column: str, values: list[Any], words: str
) -> None:
    write_pair(model, head=HEAD | {column: values})
    assert words in refusal(model.parent)


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def test_unknown_model_of_a_folder_is_no_object(folder: Path) -> None:
    write_pair(folder / "LSST_EBE")
    message = refusal(folder, model_prefix="LSST_")
    assert f"{folder}: a folder's name, less model_prefix, gives the model" in message
    assert "'EBE', which scheme" in message


@pytest.mark.parametrize("kind", ["HEAD", "PHOT"])
@pytest.mark.parametrize(
    ("suffix", "damage", "words"),
    [
        (".FITS", lambda data: data[:-100], "File may have been truncated"),
        (".FITS", cut, "not a"),
        (".FITS", lambda _: b"", "not a whole FITS file: Empty"),
        (".FITS", lambda _: b"VERSION: TOY\n" * 99, "not a whole FITS file"),
        (".FITS", lambda data: data[:2880], "no binary table in HDU 1"),
        (".FITS", lambda data: data.replace(b"'D  ", b"'E  "), "contradicts itself"),
        (".FITS.gz", cut, "cannot be decompressed"),
        (".FITS.gz", lambda data: data[:20] + b"\x00" * 200, "cannot be decompressed"),
        (".FITS.gz", lambda data: gzip.compress(cut(gzip.decompress(data))), "not a"),
    ],
)
def test_files_refused(
    model: Path, kind: str, suffix: str, damage: Any, words: str
) -> None:
    write_pair(model, suffix=suffix)
    path = model / f"toy-0001_{kind}{suffix}"
    path.write_bytes(damage(path.read_bytes()))
    message = refusal(model.parent)
    assert str(path) in message
    assert words in message
    assert "ignore_missing_simple" not in message


@pytest.mark.parametrize(("lost", "kind"), [("HEAD", "PHOT"), ("PHOT", "HEAD")])
def test_half_a_pair(model: Path, lost: str, kind: str) -> None:
    write_pair(model)
    (model / f"toy-0001_{lost}.FITS").unlink()
    message = refusal(model.parent)
    assert f"toy-0001_{kind}.FITS: its {lost} file is missing" in message


def test_a_file_plain_and_gzipped(model: Path) -> None:
    write_pair(model)
    shutil.copy(model / "toy-0001_PHOT.FITS", model / "toy-0001_PHOT.FITS.gz")
    assert "is also there as" in refusal(model.parent)


def test_objects_in_two_files(folder: Path) -> None:
    write_pair(folder / "TDE")
    write_pair(folder / "SNIa-SALT3")
    message = refusal(folder)
    assert "'17' occurs twice" in message
    assert str(folder / "SNIa-SALT3") in message
    assert str(folder / "TDE") in message
    tables = read_all(dataset(folder), model_in_id=True)
    assert list(tables.objects["object_id"]) == [
        *("SNIa-SALT3:17", "SNIa-SALT3:20", "TDE:17", "TDE:20")
    ]


def test_options_refused(model: Path) -> None:
    write_pair(model)
    assert "toy.snana.passbands.Y: 'Y'" in refusal(model.parent, passbands={"Y": "Y"})
    assert "toy.snana.class_map" in refusal(model.parent, class_map="toys")
    assert "no column TYPE" in refusal(model.parent, model="TYPE")


def test_coordinates_refused(model: Path) -> None:
    write_pair(model, head=HEAD | {"RA": [1000.0, 20.0]})
    assert "ra outside 0 to 360: 1 rows, first in 17" in refusal(model.parent)


def test_models_refused(folder: Path) -> None:
    write_pair(folder / "EB")
    assert "none of its models ['EB'] is of a class in use" in refusal(folder)
    write_pair(folder / "SNIa-SALT")
    message = refusal(folder)
    assert "'SNIa-SALT'" in message
    assert "mean 'SNIa-SALT2'" in message or "mean 'SNIa-SALT3'" in message


def test_folders_refused(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"toy\.snana\.files\.folder: no such"):
        read_all(dataset(folder))
    folder.mkdir()
    assert "no pair of" in refusal(folder)
