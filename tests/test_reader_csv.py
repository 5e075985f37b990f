"""The csv reader: layouts, what is delivered and what is listed."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toy_csv import (
    BTS_CLASSES,
    CURVE_B,
    bts_options,
    curve,
    dataset,
    long_dataset,
    plasticc_options,
    read_all,
    reasons,
    replace,
    write_folder,
    write_long,
)

from transients.readers import csv, portions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path)


@pytest.fixture
def long(tmp_path: Path) -> Path:
    return write_long(tmp_path)


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
    data = long_dataset(long)
    tables = read_all(plasticc_options(), data)
    points = tables.light_curves
    assert list(tables.objects["object_id"]) == ["615", "713"]
    assert list(tables.objects["class"]) == ["SNII", "SNIa"]
    assert tables.objects["mwebv"].iloc[0] == 0.017
    assert np.isnan(tables.objects["mwebv"].iloc[1])
    assert list(points["passband"]) == ["u", "y", "i"]
    assert list(points["flux"]) == [60.0, 30.0, -5.5]
    assert list(points["detected"]) == [True, True, False]
    assert reasons(tables) == [
        ("9", "class '92' is not used"),
        ("77", "a light curve, but not listed"),
    ]


def test_options_of_fluxes(long: Path) -> None:
    """A zero point of 30 divides by 10; S/N > 5 without a column; Julian dates."""
    options = plasticc_options() | {"zero_point": 30.0, "mjd_offset": -0.5}
    options["light_curves"]["detected"] = None
    replace(long / "light curves", "615,59001.0,0,60.0,10.0", "615,59001.0,0,50.0,10.0")
    data = long_dataset(long)
    points = read_all(options, data).light_curves
    assert points["flux"].to_numpy() == pytest.approx([5.0, 3.0, -0.55])
    assert points["flux_err"].to_numpy() == pytest.approx([1.0, 0.2, 0.1])
    assert list(points["detected"]) == [False, True, False]  # S/N = 5 is not above 5
    assert list(points["mjd"]) == [59000.5, 59000.5, 59001.5]


TRANSIENT_TABLE = """\
ZTFID,IAUID,RA,Dec,peakt,peakfilt,peakmag,duration,rise,type,redshift,b,A_V
ZTFx,SN2020a,10:22:41.10,-15:56:20.8,245.65,r,17.27,>16.0,3.9,SN Ic-BL,0.02,53.8,0.31
ZTFy,SN2020b,00:00:10.00,+05:00:00.0,250.10,g,18.10,20.1,6.0,nova,-,10.0,0.62
ZTFz,SN2020c,01:00:00.00,+05:00:00.0,251.10,g,18.20,20.1,6.0,SN IIn,0.1,10.0,-
"""


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_transient_table_of_multimodal_supernovae(tmp_path: Path, suffix: str) -> None:
    """The second public form of BTS, whole or gzipped, needs nothing but options."""
    (tmp_path / "curves").mkdir()
    pack = gzip.compress if suffix.endswith("gz") else bytes
    rows = b"time,mag,magerr,band\n58000.0,20.0,0.1,R\n58001.0,17.5,0.2,g\n"
    (tmp_path / f"table{suffix}").write_bytes(pack(TRANSIENT_TABLE.encode()))
    (tmp_path / "curves" / f"ZTFx{suffix}").write_bytes(pack(rows))
    columns = {"mjd": "time", "passband": "band"}
    columns |= {"magnitude": "mag", "magnitude_err": "magerr"}
    data = dataset(tmp_path, f"table{suffix}", "curves")
    tables = read_all(bts_options(light_curves=columns), data)
    (found,) = tables.objects.to_dict("records")
    assert found["class"] == "SN Ib/c"
    assert found["ra"] == pytest.approx(15 * (10 + 22 / 60 + 41.1 / 3600))
    assert found["dec"] == pytest.approx(-(15 + 56 / 60 + 20.8 / 3600))
    assert found["mwebv"] == pytest.approx(0.1)
    assert list(tables.light_curves["passband"]) == ["r", "g"]
    assert tables.light_curves["flux"].tolist() == pytest.approx([1e3, 1e4])
    assert reasons(tables) == [
        ("ZTFy", "class 'nova' is not used"),
        ("ZTFz", "listed, but no light curve"),
    ]


def test_zero_point_of_each_row(long: Path) -> None:
    path = long / "light curves"
    rows = path.read_text().replace(",detected_bool\n", ",detected_bool,ZP\n")
    path.write_text(rows.replace(",1\n", ",1,30\n").replace(",0\n", ",0,25\n"))
    options = plasticc_options()
    del options["zero_point"]
    options["light_curves"]["zero_point"] = "ZP"
    points = read_all(options, long_dataset(long)).light_curves
    assert points["flux"].to_numpy() == pytest.approx([6.0, 3.0, -55.0])
    assert points["flux_err"].to_numpy() == pytest.approx([1.0, 0.2, 10.0])


def test_folder_of_long_files(long: Path) -> None:
    """Long files may be several, with the label table beside them."""
    whole = read_all(plasticc_options(), long_dataset(long))
    lines = (long / "light curves").read_text().splitlines(keepends=True)
    for number, object_id in enumerate(["713", "615", "9", "77"]):
        rows = [line for line in lines[1:] if line.startswith(f"{object_id},")]
        (long / f"curves_{number}.csv").write_text("".join([lines[0], *rows]))
    parts = read_all(plasticc_options(), long_dataset(long, "."))
    for name in ("objects", "light_curves", "dropped"):
        pd.testing.assert_frame_equal(getattr(parts, name), getattr(whole, name))


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
    monkeypatch.setattr(portions, "PORTION", 1)
    options, data = bts_options(), dataset(folder)
    if layout == "long":
        rows = [pd.read_csv(curve(folder, n)).assign(n=n) for n in ("ZTFa", "ZTFb")]
        pd.concat(rows).to_csv(folder / "long.csv", index=False)
        options["light_curves"]["object_id"] = "n"
        data = dataset(folder, light_curves="long.csv")
    found = list(csv.read(options, data))
    assert [list(p.objects["object_id"]) for p in found] == [["ZTFb"], ["ZTFa"]]
    assert [len(p.light_curves) for p in found] == [2, 2]
    assert [len(p.dropped) for p in found] == [1, 0]  # each entry is listed once


# What is listed


def test_unmatched_are_listed(folder: Path) -> None:
    curve(folder, "ZTFa").rename(curve(folder, "ZTFz"))
    (folder / "light curves" / "README.txt").write_text("not a light curve")
    tables = read_all(bts_options(), dataset(folder))
    assert list(tables.objects["object_id"]) == ["ZTFb"]
    assert reasons(tables)[1:] == [
        ("ZTFa", "listed, but no light curve"),
        ("ZTFz", "a light curve, but not listed"),
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


def test_impossible_metadata_are_missing_and_listed(folder: Path) -> None:
    replace(folder / "labels.csv", "0.044,>16.002,0.31", "-9,>16.002,-0.31")
    replace(folder / "labels.csv", "150.5,-0.25", "150.5,-99")
    tables = read_all(bts_options(), dataset(folder))
    assert tables.objects[["mwebv", "redshift"]].isna().all(axis=None)
    assert tables.objects["dec"].isna().tolist() == [False, True]
    assert reasons(tables)[1:] == [
        ("ZTFa", "dec '-99' is not possible: taken as missing"),
        ("ZTFb", "redshift '-9' is not possible: taken as missing"),
        ("ZTFb", "a_v '-0.31' is not possible: taken as missing"),
    ]


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
