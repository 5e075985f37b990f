"""What the csv reader refuses: the change of a good data set, words of the message."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from mutations import COUNT, check_reader
from toy_csv import (
    CURVE_B,
    LABELS,
    Options,
    bts_options,
    curve,
    dataset,
    long_dataset,
    plasticc_options,
    read_all,
    replace,
    write_folder,
    write_long,
)

from transients.errors import ConfigurationError, DataError, TransientsError
from transients.readers import tabular


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path)


@pytest.fixture
def long(tmp_path: Path) -> Path:
    return write_long(tmp_path)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("labels.csv", "SN IIP", "SN IIp", ["ZTFa", "SN IIp", "'SN IIP'", "taxonomy"]),
        ("labels.csv", "ZTFa", "ZTFb", ["labels.csv", "ZTFb", "more than one row"]),
        ("labels.csv", "ZTFa", "", ["labels.csv", "line 3", "no object_id"]),
        ("labels.csv", "ZTFa", "ZTF\x07", ["labels.csv", "line 3", "not readable"]),
        ("labels.csv", "ZTFa,SN IIP", "ZTFa", ["labels.csv", "line 3: 6 fields", "7"]),
        ("labels.csv", LABELS, "ZTFID,type,RA,Dec,redshift,A_V\n", ["none of its 0"]),
        (
            "labels.csv",
            "\nZTF",
            "\nAT",
            ["without a match", "labels.csv", "light curves"],
        ),
        ("labels.csv", "SN I", "SLSN-II#I", ["SLSN-II#Ia-91T"]),
        ("labels.csv", "ZTFID", "name", ["toy.csv.labels.object_id", "name, type"]),
        ("labels.csv", "type", "Type", ["toy.csv.labels.class", "mean 'Type'"]),
        ("curve", ",R,", ",i,", ["ZTFb.csv", "'ZTFb', line 2", "toy.csv.passbands"]),
        ("curve", "0.2", "", ["'ZTFb', line 3", "magnitude_err", "missing"]),
        ("curve", "20.0", "", ["'ZTFb', line 2", "'ant_mag'", "missing"]),
        ("curve", "0.2", "0.0", ["'ZTFb', line 3", "magnitude_err", "not possible"]),
        ("curve", "0.2", "-1", ["'ZTFb', line 3", "-1, not possible"]),
        ("curve", "58001.5", "", ["'ZTFb', line 3", "mjd", "missing"]),
        ("curve", "58001.5", "inf", ["'ZTFb', line 3", "mjd", "not possible"]),
        ("curve", "20.0", "99.0", ["'ZTFb', line 2", "99, not possible"]),
        ("curve", "20.0", "1e400", ["'ZTFb', line 2", "inf, not possible"]),
        ("curve", ",0.1", ",1e38", ["'ZTFb', line 2", "FLUXCAL", "not possible"]),
        ("curve", "58002.5", "2458003.0", ["'ZTFb', line 2", "2458003,", "mjd_offset"]),
        ("curve", "\n7,", "\n\n7,7,", ["ZTFb.csv: line 3: 6 fields", "header has 5"]),
        ("curve", "20.0", ">19.5", ["ZTFb.csv: line 2", "'ant_mag' has '>19.5'"]),
        ("curve", "ant_magerr", "err", ["ZTFb.csv", "light_curves.magnitude_err"]),
        ("curve", CURVE_B, "", ["ZTFb.csv: the file has no header line"]),
        ("curve", CURVE_B, CURVE_B[:40], ["'ZTFb' has an empty light curve", "remove"]),
    ],
)
def test_folder_refusals(
    folder: Path, file: str, old: str, new: str, words: list[str]
) -> None:
    replace(curve(folder) if file == "curve" else folder / file, old, new)
    with pytest.raises(TransientsError) as caught:
        read_all(bts_options(), dataset(folder))
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("59001.0,5", "59001.0,6", ["'713', line 4", "'6'", "toy.csv.passbands"]),
        ("-5.5,1.0", "-5.5,", ["'713', line 2", "flux_err", "missing"]),
        ("-5.5,1.0", "-5.5,0", ["'713', line 2", "flux_err", "not possible"]),
        ("-5.5,1.0", "-5.5,1e39", ["'713', line 2", "not possible"]),
        ("77,", ",", ["light curves: line 6: no object_id"]),
        ("60.0", "sixty", ["light curves: line 3: column 'flux'", "'sixty'"]),
        ("2.0,1\n", "2.0,maybe\n", ["'713', line 4", "detected_bool", "'maybe'"]),
        ("flux,", "Flux,", ["toy.csv.light_curves.flux:", "mean 'Flux'"]),
        ("object_id,", "SNID,", ["toy.csv.light_curves.object_id:", "SNID, mjd"]),
    ],
)
def test_long_file_refusals(long: Path, old: str, new: str, words: list[str]) -> None:
    replace(long / "light curves", old, new)
    data = long_dataset(long)
    with pytest.raises(TransientsError) as caught:
        read_all(plasticc_options(), data)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("section", "change", "message"),
    [
        ("class_map", "btz", r"toy\.csv\.class_map: .*mean 'bts'\?"),
        ("labels", {"class": None}, r"toy\.csv\.labels\.class: .*required"),
        ("light_curves", {"mjd": None}, r"toy\.csv\.light_curves\.mjd"),
        ("light_curves", {"flux": "f"}, r"either magnitude and magnitude_err or"),
        ("light_curves", {"magnitude_err": None}, r"either magnitude and"),
        ("light_curves", {"object_id": "x"}, r"object_id: .*no column 'x'"),
        ("light_curves", {"mjd": "ant_mag"}, r"light_curves: .*'ant_mag' stands twice"),
        ("light_curves", {"zero_point": "z"}, r"zero_point: for fluxes only"),
        ("passbands", {"R": "R"}, r"toy\.csv\.passbands\.R: 'R' is not among"),
    ],
)
def test_option_refusals(folder: Path, section: str, change: Any, message: str) -> None:
    options = bts_options()
    options[section] = change if isinstance(change, str) else options[section] | change
    with pytest.raises(ConfigurationError, match=message):
        read_all(options, dataset(folder))


@pytest.mark.parametrize("file", ["labels", "light_curves"])
def test_missing_files_name_the_key(folder: Path, file: str) -> None:
    data = dataset(folder, **{file: "nowhere"})
    with pytest.raises(ConfigurationError, match=rf"csv\.files\.{file}: .*nowhere"):
        read_all(bts_options(), data)


def test_one_file_needs_the_object_column(folder: Path) -> None:
    data = dataset(folder, light_curves="light curves/ZTFb.csv")
    with pytest.raises(ConfigurationError, match=r"object_id: a column is required"):
        read_all(bts_options(), data)


def test_long_file_without_rows(long: Path) -> None:
    path = long / "light curves"
    path.write_text(path.read_text().splitlines()[0] + "\n")
    data = long_dataset(long)
    with pytest.raises(DataError, match="light curves: the file has no observations"):
        read_all(plasticc_options(), data)


def test_two_files_of_one_object(folder: Path) -> None:
    curve(folder).with_suffix(".csv.gz").write_bytes(gzip.compress(CURVE_B.encode()))
    with pytest.raises(DataError, match=r"'ZTFb' has two files"):
        read_all(bts_options(), dataset(folder))


def test_truncated_gzip(folder: Path) -> None:
    curve(folder).with_suffix(".csv.gz").write_bytes(
        gzip.compress(CURVE_B.encode())[:-9]
    )
    curve(folder).unlink()
    with pytest.raises(DataError, match=r"ZTFb\.csv\.gz: cannot be read"):
        read_all(bts_options(), dataset(folder))


def test_class_that_the_data_set_lacks(folder: Path) -> None:
    with pytest.raises(DataError, match=r"'ZTFa' has .*'SN IIP', .*toy\.classes"):
        read_all(bts_options(), dataset(folder, classes=("SN Ia",)))


def test_no_class_in_use(folder: Path) -> None:
    (folder / "labels.csv").write_text("\n".join(LABELS.splitlines()[::3]) + "\n")
    with pytest.raises(DataError, match=r"none of its 1 objects is of a class in use"):
        read_all(bts_options(), dataset(folder))


def test_object_in_two_long_files(long: Path) -> None:
    text = (long / "light curves").read_text()
    (long / "a.csv").write_text(text)
    (long / "b.csv").write_text(text)
    with pytest.raises(
        DataError, match=r"'713' has .* two files: .*a\.csv and .*b\.csv"
    ):
        read_all(plasticc_options(), long_dataset(long, "."))


def test_lines_are_counted_across_blocks(
    long: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = long / "light curves"
    path.write_text(path.read_text() + "713,59005.0,1,1.0,1.0,1\n" * 30)
    path.write_text(path.read_text() + "713,59006.0,1,1.0,-1.0,1\n")
    monkeypatch.setattr(tabular, "_BLOCK_BYTES", 200)
    with pytest.raises(DataError, match=r"'713', line 37: flux_err .* is -1"):
        read_all(plasticc_options(), long_dataset(long))


def test_fluxes_without_a_zero_point(long: Path) -> None:
    options = plasticc_options()
    del options["zero_point"]
    with pytest.raises(ConfigurationError, match=r"toy\.csv\.zero_point: .*27\.5 for"):
        read_all(options, long_dataset(long))


def test_zero_point_given_twice(long: Path) -> None:
    options: Options = plasticc_options() | {"zero_point": 25.0}
    options["light_curves"]["zero_point"] = "zp"
    with pytest.raises(ConfigurationError, match=r"not together with the constant"):
        read_all(options, long_dataset(long))


def test_zero_point_that_is_a_code(long: Path) -> None:
    path = long / "light curves"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([f"{lines[0]},zp", *(f"{x},-99" for x in lines[1:])]))
    options = plasticc_options()
    del options["zero_point"]
    options["light_curves"]["zero_point"] = "zp"
    with pytest.raises(DataError, match=r"'713', line 2: zero_point .* -99, not poss"):
        read_all(options, long_dataset(long))


def test_folder_without_csv_files(folder: Path) -> None:
    for path in (folder / "light curves").iterdir():
        path.rename(path.with_suffix(".dat"))
    with pytest.raises(
        DataError, match=r"light curves: the folder has no file \*\.csv"
    ):
        read_all(bts_options(), dataset(folder))


@pytest.mark.fuzz
@pytest.mark.parametrize("file", ["labels.csv", "light curves/ZTFb.csv"])
def test_mutated_folder(folder: Path, file: str) -> None:
    refused = check_reader("csv", bts_options(), dataset(folder), folder / file)
    assert 0.2 * COUNT < refused < COUNT


@pytest.mark.fuzz
def test_mutated_long_file(long: Path) -> None:
    data = long_dataset(long)
    path = data.files["light_curves"]
    assert 0.2 * COUNT < check_reader("csv", plasticc_options(), data, path) < COUNT
