"""The csv reader: layouts, laws of photometry, what is listed and what is refused."""

from __future__ import annotations

import dataclasses
import gzip
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from transients.errors import ConfigurationError, DataError, TransientsError
from transients.photometry import flux_from_magnitude, flux_scale, near_duplicates
from transients.readers import Dataset, csv
from transients.readers.labels import degrees
from transients.readers.taxonomy import read_scheme
from transients.tables import SurveyTables, Vocabulary, validate

TAXONOMY = Path(__file__).parents[1] / "config" / "taxonomy.csv"
BTS_CLASSES = ("SN Ia", "SN II", "SN Ib/c", "SLSN-I", "TDE")
PLASTICC_CLASSES = (
    "SNIa",
    "SNIa-91bg",
    "SNIax",
    "SNII",
    "SNIbc",
    "SLSN-I",
    "TDE",
    "AGN",
)

LABELS = """\
ZTFID,type,RA,Dec,redshift,rise,A_V
ZTFb,SN Ia-91T,10:22:41.10,+15:56:20.8,0.044,>16.002,0.31
ZTFa,SN IIP,150.5,-0.25,-,3.9,
ZTFc,nova,1.0,1.0,0.1,-,0.1
"""
CURVE_B = """\
,ant_mjd,ant_passband,ant_mag,ant_magerr
7,58002.5,R,20.0,0.1
8,58001.5,g,17.5,0.2
"""
CURVE_A = CURVE_B.replace("58002.5", "58000.25").replace("20.0", "22.5")

Options = dict[str, Any]


def bts_options(**changes: Any) -> Options:
    """Return the options of the ANTARES form of BTS."""
    options: Options = {
        "class_map": "bts",
        "labels": {
            **{"object_id": "ZTFID", "class": "type", "ra": "RA", "dec": "Dec"},
            **{"redshift": "redshift", "mwebv": None, "a_v": "A_V"},
        },
        "light_curves": {
            **{"object_id": None, "mjd": "ant_mjd", "passband": "ant_passband"},
            **{"magnitude": "ant_mag", "magnitude_err": "ant_magerr"},
            **{"flux": None, "flux_err": None, "detected": None},
        },
        "passbands": {"g": "g", "R": "r"},
        "zero_point": 27.5,
        "mjd_offset": 0.0,
    }
    return options | changes


def plasticc_options() -> Options:
    """Return the options of the public PLAsTiCC release."""
    return {
        "class_map": "plasticc",
        "labels": {
            **{"object_id": "object_id", "class": "true_target", "ra": "ra"},
            **{"dec": "decl", "redshift": "true_z", "mwebv": "mwebv", "a_v": None},
        },
        "light_curves": {
            **{"object_id": "object_id", "mjd": "mjd", "passband": "passband"},
            **{"flux": "flux", "flux_err": "flux_err", "detected": "detected_bool"},
        },
        "passbands": dict(enumerate("ugrizy")),
    }


def dataset(
    folder: Path,
    labels: str = "labels.csv",
    light_curves: str = "light curves",
    classes: tuple[str, ...] = BTS_CLASSES,
    passbands: str = "gr",
) -> Dataset:
    files = {"labels": folder / labels, "light_curves": folder / light_curves}
    return Dataset("toy", classes, tuple(passbands), files, TAXONOMY)


def read_all(options: Mapping[str, Any], data: Dataset) -> SurveyTables:
    """Read and validate all portions, and join them."""
    portions = list(csv.read(options, data))
    for portion in portions:
        validate(portion, Vocabulary(data.name, data.classes, data.passbands))
    return SurveyTables(
        *(
            pd.concat([getattr(p, name) for p in portions], ignore_index=True)
            for name in ("objects", "light_curves", "dropped")
        )
    )


def replace_file(data: Dataset, file: str) -> Dataset:
    """Return the data set with one file that does not exist."""
    files = {**data.files, file: Path("nowhere")}
    return dataclasses.replace(data, files=files)


def reasons(tables: SurveyTables) -> list[tuple[str, str]]:
    return list(tables.dropped.itertuples(index=False, name=None))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a label table and a folder of light curves in the form of BTS."""
    (tmp_path / "labels.csv").write_text(LABELS)
    curves = tmp_path / "light curves"
    curves.mkdir()
    (curves / "ZTFb.csv").write_text(CURVE_B)
    (curves / "ZTFa.csv").write_text(CURVE_A)
    return tmp_path


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """Write a label table and one long file of fluxes in the form of PLAsTiCC."""
    (tmp_path / "labels.csv").write_text(
        "object_id,true_target,ra,decl,true_z,mwebv\n"
        "615,42,10.0,-1.0,0.2,0.017\n713,90,11.0,-2.0,0.3,\n9,92,1.0,1.0,0.0,0.1\n"
    )
    (tmp_path / "light curves").write_text(
        "object_id,mjd,passband,flux,flux_err,detected_bool\n"
        "713,59002.0,3,-5.5,1.0,0\n615,59001.0,0,60.0,10.0,1\n"
        "713,59001.0,5,30.0,2.0,1\n9,59001.0,9,,0.0,1\n77,59001.0,1,1.0,1.0,1\n"
    )
    return tmp_path


def curve(folder: Path, name: str = "ZTFb") -> Path:
    return folder / "light curves" / f"{name}.csv"


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


# What is delivered


def test_folder_of_magnitudes(folder: Path) -> None:
    tables = read_all(bts_options(), dataset(folder))
    points = tables.light_curves
    assert list(tables.objects["object_id"]) == ["ZTFb", "ZTFa"]  # the table's order
    assert list(tables.objects["class"]) == ["SN Ia", "SN II"]
    assert list(points["object_id"]) == ["ZTFb", "ZTFb", "ZTFa", "ZTFa"]
    assert list(points["mjd"]) == [58001.5, 58002.5, 58000.25, 58001.5]
    assert list(points["passband"]) == ["g", "r", "r", "g"]
    # 10 ** (0.4 * 7.5) = 1000; error 1000 * 0.1 * ln(10) / 2.5 = 92.103404
    assert points["flux"].to_numpy() == pytest.approx([1e4, 1e3, 1e2, 1e4])
    assert points["flux_err"].to_numpy() == pytest.approx(
        [1842.0681, 92.103404, 9.2103404, 1842.0681]
    )
    assert points["flux"].dtype == np.float32
    assert points["detected"].all()
    assert reasons(tables) == [("ZTFc", "class 'nova' is not used")]


def test_metadata_of_objects(folder: Path) -> None:
    objects = read_all(bts_options(), dataset(folder)).objects
    assert objects["ra"].to_numpy() == pytest.approx([155.67125, 150.5])
    assert objects["dec"].to_numpy() == pytest.approx([15.93911111, -0.25])
    assert objects["mwebv"].iloc[0] == pytest.approx(0.1)  # 0.31 / 3.1
    assert objects["redshift"].iloc[0] == 0.044
    assert objects[["mwebv", "redshift"]].iloc[1].isna().all()


def test_long_file_of_fluxes(long: Path) -> None:
    data = dataset(long, classes=PLASTICC_CLASSES, passbands="ugrizy")
    tables = read_all(plasticc_options(), data)
    points = tables.light_curves
    assert list(tables.objects["object_id"]) == ["615", "713"]
    assert list(tables.objects["class"]) == ["SNII", "SNIa"]
    assert tables.objects["mwebv"].iloc[0] == 0.017
    assert np.isnan(tables.objects["mwebv"].iloc[1])
    assert list(points["passband"]) == ["u", "y", "i"]
    assert list(points["flux"]) == [60.0, 30.0, -5.5]
    assert list(points["detected"]) == [True, True, False]
    assert reasons(tables) == [("9", "class '92' is not used"), ("77", "no label")]


def test_options_of_fluxes(long: Path) -> None:
    """A zero point of 30 divides by 10; S/N > 5 without a column; Julian dates."""
    options = plasticc_options() | {"zero_point": 30.0, "mjd_offset": -0.5}
    options["light_curves"]["detected"] = None
    replace(long / "light curves", "615,59001.0,0,60.0,10.0", "615,59001.0,0,50.0,10.0")
    data = dataset(long, classes=PLASTICC_CLASSES, passbands="ugrizy")
    points = read_all(options, data).light_curves
    assert points["flux"].to_numpy() == pytest.approx([5.0, 3.0, -0.55])
    assert points["flux_err"].to_numpy() == pytest.approx([1.0, 0.2, 0.1])
    assert list(points["detected"]) == [False, True, False]  # S/N = 5 is not above 5
    assert list(points["mjd"]) == [59000.5, 59000.5, 59001.5]


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_transient_table_of_multimodal_supernovae(tmp_path: Path, suffix: str) -> None:
    """The second public form of BTS, whole or gzipped, needs nothing but options."""
    table = b"ZTFID,type,redshift\nZTFx,SN Ic-BL,0.02\n"
    curve = b"time,mag,magerr,band\n58000.0,20.0,0.1,R\n"
    (tmp_path / "curves").mkdir()
    pack = gzip.compress if suffix.endswith("gz") else bytes
    (tmp_path / f"table{suffix}").write_bytes(pack(table))
    (tmp_path / "curves" / f"ZTFx{suffix}").write_bytes(pack(curve))
    options = bts_options(
        labels={"object_id": "ZTFID", "class": "type", "redshift": "redshift"},
        light_curves={
            **{"mjd": "time", "passband": "band"},
            **{"magnitude": "mag", "magnitude_err": "magerr"},
        },
    )
    tables = read_all(options, dataset(tmp_path, f"table{suffix}", "curves"))
    assert list(tables.objects["class"]) == ["SN Ib/c"]
    assert tables.objects[["ra", "dec", "mwebv"]].isna().all(axis=None)
    assert tables.light_curves["flux"].tolist() == pytest.approx([1000.0])


def test_long_file_equals_folder(folder: Path) -> None:
    """The layout does not matter, nor gzip, nor the order of rows, nor portions."""
    expected = read_all(bts_options(), dataset(folder))
    rows = [
        pd.read_csv(curve(folder, name)).assign(name=name) for name in ("ZTFa", "ZTFb")
    ]
    shuffled = pd.concat(rows).sample(frac=1, random_state=1)
    shuffled.to_csv(folder / "long.csv.gz", index=False)
    options = bts_options()
    options["light_curves"]["object_id"] = "name"
    tables = read_all(options, dataset(folder, light_curves="long.csv.gz"))
    for name in ("objects", "light_curves", "dropped"):
        pd.testing.assert_frame_equal(getattr(tables, name), getattr(expected, name))


@pytest.mark.parametrize("layout", ["folder", "long"])
def test_portions_are_bounded(
    folder: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    monkeypatch.setattr(csv, "PORTION", 1)
    options, data = bts_options(), dataset(folder)
    if layout == "long":
        rows = [pd.read_csv(curve(folder, n)).assign(n=n) for n in ("ZTFa", "ZTFb")]
        pd.concat(rows).to_csv(folder / "long.csv", index=False)
        options["light_curves"]["object_id"] = "n"
        data = dataset(folder, light_curves="long.csv")
    portions = list(csv.read(options, data))
    assert [list(p.objects["object_id"]) for p in portions] == [["ZTFb"], ["ZTFa"]]
    assert [len(p.light_curves) for p in portions] == [2, 2]
    assert [len(p.dropped) for p in portions] == [1, 0]  # each entry is listed once


# What is listed


def test_unmatched_are_listed(folder: Path) -> None:
    curve(folder, "ZTFa").rename(curve(folder, "ZTFz"))
    (folder / "light curves" / "README.txt").write_text("not a light curve")
    tables = read_all(bts_options(), dataset(folder))
    assert list(tables.objects["object_id"]) == ["ZTFb"]
    assert reasons(tables)[1:] == [
        ("ZTFa", "labelled, but no light curve"),
        ("ZTFz", "no label"),
    ]


def test_near_duplicates_are_removed_once_listed(folder: Path) -> None:
    """The first by time stays; 1e-4 d is a duplicate, 1.1e-4 d or a new band not."""
    rows = ["58002.5001,R,19.0", "58002.50011,g,18.0", "58001.50011,g,18.0"]
    rows += ["58002.5,R,21.0"]
    text = CURVE_B + "".join(f"9,{row},0.1\n" for row in rows)
    curve(folder).write_text(text)
    tables = read_all(bts_options(), dataset(folder))
    points = tables.light_curves[tables.light_curves["object_id"] == "ZTFb"]
    assert list(points["mjd"]) == [58001.5, 58001.50011, 58002.5, 58002.50011]
    assert points["flux"].iloc[2] == pytest.approx(1000.0)  # the first one in the file
    assert ("ZTFb", "2 near-duplicate observations removed") in reasons(tables)


def test_upper_limits_are_removed_and_listed(folder: Path) -> None:
    curve(folder).write_text(CURVE_B + "9,58003.5,g,,\n10,58004.5,g,nan,NaN\n")
    curve(folder, "ZTFa").write_text(
        "ant_mjd,ant_passband,ant_mag,ant_magerr\n58001.0,g,,\n"
    )
    tables = read_all(bts_options(), dataset(folder))
    assert list(tables.objects["object_id"]) == ["ZTFb"]
    assert len(tables.light_curves) == 2
    assert reasons(tables)[1:] == [
        ("ZTFb", "2 observations without a measurement removed"),
        ("ZTFa", "1 observations without a measurement removed"),
        ("ZTFa", "no measurement in the light curve"),
    ]


def test_passband_not_in_use_is_listed(folder: Path) -> None:
    options = bts_options(passbands={"g": "g", "R": None})
    tables = read_all(options, dataset(folder))
    assert set(tables.light_curves["passband"]) == {"g"}
    assert (
        "ZTFa",
        "1 observations in passbands not in use removed",
    ) in reasons(tables)


def test_unreadable_metadata_are_missing_and_listed(folder: Path) -> None:
    replace(folder / "labels.csv", "0.044", ">0.05")
    replace(folder / "labels.csv", "10:22:41.10", "10:nought")
    replace(folder / "labels.csv", "SN IIP", "")
    tables = read_all(bts_options(), dataset(folder))
    assert tables.objects[["ra", "redshift"]].isna().all(axis=None)
    assert reasons(tables)[:4] == [
        ("ZTFa", "no label"),
        ("ZTFc", "class 'nova' is not used"),
        ("ZTFb", "ra '10:nought' is not a number: taken as missing"),
        ("ZTFb", "redshift '>0.05' is not a number: taken as missing"),
    ]


# What is refused: the change of a good data set, and the words of the message


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("labels.csv", "SN IIP", "SN IIp", ["ZTFa", "SN IIp", "'SN IIP'", "taxonomy"]),
        ("labels.csv", "ZTFa", "ZTFb", ["labels.csv", "ZTFb", "more than one row"]),
        ("labels.csv", "ZTFa", "", ["labels.csv", "line 3", "object_id"]),
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
        ("curve", "20.0", ">19.5", ["ZTFb.csv: line 2", "'ant_mag' has '>19.5'"]),
        ("curve", "ant_magerr", "err", ["ZTFb.csv", "light_curves.magnitude_err"]),
        ("curve", CURVE_B, "", ["ZTFb.csv", "'ZTFb' has an empty light curve"]),
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
        ("60.0", "sixty", ["light curves: line 3: column 'flux'", "'sixty'"]),
        ("2.0,1\n", "2.0,maybe\n", ["'713', line 4", "detected_bool", "'maybe'"]),
        ("flux,", "Flux,", ["toy.csv.light_curves.flux:", "mean 'Flux'"]),
        ("object_id,", "SNID,", ["toy.csv.light_curves.object_id:", "SNID, mjd"]),
    ],
)
def test_long_file_refusals(long: Path, old: str, new: str, words: list[str]) -> None:
    replace(long / "light curves", old, new)
    data = dataset(long, classes=PLASTICC_CLASSES, passbands="ugrizy")
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
        ("light_curves", {"object_id": "x"}, r"object_id: must be null"),
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
    with pytest.raises(ConfigurationError, match=rf"csv\.files\.{file}: .*nowhere"):
        read_all(bts_options(), replace_file(dataset(folder), file))


def test_one_file_needs_the_object_column(folder: Path) -> None:
    data = dataset(folder, light_curves="light curves/ZTFb.csv")
    with pytest.raises(ConfigurationError, match=r"object_id: a column is required"):
        read_all(bts_options(), data)


def test_long_file_without_rows(long: Path) -> None:
    path = long / "light curves"
    path.write_text(path.read_text().splitlines()[0] + "\n")
    data = dataset(long, classes=PLASTICC_CLASSES, passbands="ugrizy")
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
    with pytest.raises(DataError, match=r"'SN IIP' of object 'ZTFa'.*toy\.classes"):
        read_all(bts_options(), dataset(folder, classes=("SN Ia",)))


def test_no_class_in_use(folder: Path) -> None:
    (folder / "labels.csv").write_text("\n".join(LABELS.splitlines()[::3]) + "\n")
    with pytest.raises(DataError, match=r"none of its 1 objects is of a class in use"):
        read_all(bts_options(), dataset(folder))


# Laws


def test_flux_law() -> None:
    flux, error = flux_from_magnitude([27.5, 25.0], [0.1, 0.2])
    assert flux == pytest.approx([1.0, 10.0])
    assert error == pytest.approx([0.0921034, 1.8420681])
    assert flux_scale([27.5, 25.0]) == pytest.approx([1.0, 10.0])


def test_near_duplicates_follow_the_kept_one() -> None:
    """In a chain the third is compared with the first, not with the dropped second."""
    mjd = 59000 + np.array([0.0, 0.8e-4, 1.6e-4, 2.4e-4, 0.8e-4])
    marked = near_duplicates(np.array([0, 0, 0, 0, 1]), mjd)
    assert marked.tolist() == [False, True, False, True, False]


def test_degrees() -> None:
    words = pd.Series(["12:00:00", "-00:30:00", "180.5", "-", "12h30m00s", "?"])
    expected = [180.0, -7.5, 180.5, np.nan, 187.5, np.nan]
    assert degrees(words, "hourangle").to_numpy() == pytest.approx(
        expected, nan_ok=True
    )
    assert degrees(words[1:2], "deg").to_numpy() == pytest.approx([-0.5])


# The taxonomy


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


# Real data


@pytest.fixture
def real() -> Path:
    folder = Path(os.environ.get("TRANSIENT_DATA", "/nonexistent"))
    if not folder.is_dir():
        pytest.skip("TRANSIENT_DATA names no folder with real light curves")
    return folder


def test_real_bts(real: Path) -> None:
    data = dataset(real / "bts", "bts_table.csv", "light-curves")
    tables = read_all(bts_options(), data)
    counts = tables.objects["class"].value_counts().to_dict()
    assert counts == dict(zip(BTS_CLASSES, (989, 238, 79, 12, 4), strict=True))
    unused = tables.dropped["reason"].str.endswith("is not used")
    assert unused.sum() == 1353 - 1322
    assert tables.objects[["ra", "dec", "mwebv"]].notna().all(axis=None)
    removed = tables.dropped["reason"].str.extract(r"^(\d+) near-dup")[0].dropna()
    assert len(tables.light_curves) == 45376 - removed.astype(int).sum()


def test_real_plasticc(real: Path) -> None:
    data = dataset(
        real / "plasticc",
        "plasticc_train_metadata.csv.gz",
        "plasticc_train_lightcurves.csv.gz",
        PLASTICC_CLASSES,
        "ugrizy",
    )
    tables = read_all(plasticc_options(), data)
    counts = tables.objects["class"].value_counts().to_dict()
    expected = (925, 83, 73, 477, 193, 70, 198, 148)
    assert counts == dict(zip(PLASTICC_CLASSES, expected, strict=True))
    assert tables.dropped["reason"].str.endswith("is not used").all()
