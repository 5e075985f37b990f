"""The reader of ZTF forced photometry: fluxes, whose file, forms of the file."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutations import COUNT, check_reader, mutated
from toy_csv import reasons
from toy_forced_photometry import (
    NAME,
    PEAK,
    curve,
    dataset,
    epochs,
    event,
    options,
    read,
    read_one,
    text,
    write,
)

from transients.errors import ConfigurationError, DataError
from transients.readers import ztf_forced_photometry

# Fluxes


def test_every_epoch_has_its_zero_point(tmp_path: Path) -> None:
    rows = epochs(
        PEAK + np.arange(3),
        filter=["ZTF_r", "ZTF_g", "ZTF_r"],
        forcediffimflux=[100.0, 100.0, -20.0],
        forcediffimfluxunc=[10.0, 20.0, 4.0],
        zpdiff=[25.0, 27.5, 26.25],
    )
    points = read_one(tmp_path, rows).light_curves
    assert list(points["mjd"]) == [59000.0, 59001.0, 59002.0]
    assert list(points["passband"]) == ["r", "g", "r"]
    # 10 ** (0.4 * 2.5) = 10; 10 ** (0.4 * 1.25) = 3.1622777
    assert points["flux"].to_numpy() == pytest.approx([1000.0, 100.0, -63.245553])
    assert points["flux_err"].to_numpy() == pytest.approx([100.0, 20.0, 12.649111])
    assert list(points["detected"]) == [True, False, False]  # S/N = 5 is not above 5


@pytest.mark.fuzz
@given(
    values=st.lists(
        st.tuples(
            st.integers(0, 20000).map(lambda n: PEAK - 500 + n / 16),
            st.floats(-1e4, 1e4),
            st.floats(0.1, 1e3),
            st.floats(22.0, 28.0),
            st.sampled_from(["ZTF_g", "ZTF_r"]),
        ),
        min_size=1,
        max_size=9,
        unique_by=lambda value: value[0],
    )
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[Any, ...]]
) -> None:
    """Too few epochs for a baseline: fluxes differ by the zero point only."""
    jd, flux, error, zero_point, passband = map(np.array, zip(*values, strict=True))
    rows = epochs(
        jd,
        filter=passband,
        zpdiff=zero_point,
        forcediffimflux=flux,
        forcediffimfluxunc=error,
    )
    points = read_one(tmp_path_factory.mktemp("toy"), rows).light_curves
    order = np.argsort(jd)
    scale = 10 ** (0.4 * (27.5 - zero_point[order]))
    assert points["mjd"].to_numpy() == pytest.approx(jd[order] - 2400000.5, abs=1e-9)
    assert points["flux"].to_numpy() == pytest.approx(flux[order] * scale, rel=1e-6)
    assert points["flux_err"].to_numpy() == pytest.approx(error[order] * scale)
    assert list("ZTF_" + points["passband"]) == list(passband[order])


# Whose file


@pytest.mark.parametrize(
    "name",
    [
        f"{NAME}.txt",
        f"{NAME}_lc.txt",
        f"{NAME}-2.txt",
        f"forcedphotometry_{NAME}_lc.txt",
        "forcedphotometry_req00069624_lc.txt",
        "batchfp_req0002064117_lc.txt",
        f"{NAME}.txt.gz",
    ],
)
def test_a_file_is_found_by_name_or_by_position(tmp_path: Path, name: str) -> None:
    write(tmp_path, {NAME: epochs([PEAK]), f"{NAME}b": epochs([PEAK + 1])})
    data = curve(tmp_path).read_bytes()
    curve(tmp_path).unlink()
    pack = gzip.compress if name.endswith("gz") else bytes
    (tmp_path / "curves" / name).write_bytes(pack(data))
    tables = read(tmp_path)
    assert list(tables.objects["object_id"]) == [NAME, f"{NAME}b"]
    assert list(tables.light_curves["mjd"]) == [59000.0, 59001.0]


@pytest.mark.parametrize(("offset", "found"), [(1.9, True), (2.1, False)])
def test_the_radius_is_on_the_sky(tmp_path: Path, offset: float, found: bool) -> None:
    """In right ascension, at a declination of 60 degrees and across 0 h."""
    labels = f"ZTFID,type,RA,Dec\n{NAME},SN Ia,0.0001,60\nZTFb,SN Ia,50,60\n"
    write(tmp_path, {"ZTFb": epochs([PEAK])}, labels)
    ra = (0.0001 - offset / 3600 / 0.5) % 360
    (tmp_path / "curves" / "req1_lc.txt").write_text(text(epochs([PEAK]), ra, 60.0))
    tables = read(tmp_path)
    assert (NAME in set(tables.objects["object_id"])) == found
    stranger = ("req1_lc.txt", "file not of an object in use, by name or position")
    assert (stranger in reasons(tables)) == (not found)
    assert ((NAME, "listed, but no light curve") in reasons(tables)) == (not found)
    wide = read(tmp_path, match_radius=3)
    assert list(wide.objects["object_id"]) == [NAME, "ZTFb"]


def test_files_of_one_object_are_joined(tmp_path: Path) -> None:
    """Of an epoch in both, the later request's flux is kept."""
    first = epochs(PEAK + np.arange(3), forcediffimflux=1.0, zpdiff=27.5)
    second = epochs(PEAK + np.arange(2, 5), forcediffimflux=2.0, zpdiff=27.5)
    write(tmp_path, {NAME: first})
    (tmp_path / "curves" / f"{NAME}_req2.txt").write_text(text(second, 10.0, 20.0))
    tables = read(tmp_path)
    assert list(tables.light_curves["mjd"]) == [59000.0 + day for day in range(5)]
    assert list(tables.light_curves["flux"]) == [1.0, 1.0, 2.0, 2.0, 2.0]
    assert (NAME, "1 epochs removed: repeated") in reasons(tables)


def test_logs_and_objects_not_in_use_are_passed_over(tmp_path: Path) -> None:
    labels = f"ZTFID,type,RA,Dec\n{NAME},SN Ia,10,20\nZTFx,nova,11,20\n"
    write(tmp_path, {NAME: epochs([PEAK]), "ZTFx": epochs([PEAK])}, labels)
    (tmp_path / "curves" / "forcedphotometry_req1_log.txt").write_text("a log")
    tables = read(tmp_path)
    assert list(tables.objects["object_id"]) == [NAME]
    assert reasons(tables)[0] == ("ZTFx", "class 'nova' is not used")
    assert len(reasons(tables)) == 2  # and the zero level


def test_a_named_file_of_another_place_is_listed(tmp_path: Path) -> None:
    write(tmp_path, {NAME: epochs([PEAK])})
    curve(tmp_path).write_text(text(epochs([PEAK]), 10.1, 20.0))
    assert (NAME, "measured over 2 arcsec from ra and dec") in reasons(read(tmp_path))


def test_a_file_of_two_objects_is_refused(tmp_path: Path) -> None:
    labels = f"ZTFID,type,RA,Dec\n{NAME},SN Ia,10,20\nZTFb,SN Ia,10,20.0002\n"
    write(tmp_path, {"req1": epochs([PEAK])}, labels)
    with pytest.raises(DataError, match=rf"req1\.txt.*{NAME}.*ZTFb.*match_radius"):
        read(tmp_path)
    curve(tmp_path, "req1").rename(curve(tmp_path, "ZTFb_lc"))
    assert list(read(tmp_path).objects["object_id"]) == ["ZTFb"]  # the name decides


def test_a_name_against_the_position_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {NAME: epochs([PEAK]), "ZTFb": epochs([PEAK])})
    curve(tmp_path, "ZTFb").rename(curve(tmp_path, f"{NAME}_2"))
    with pytest.raises(DataError, match=rf"{NAME}_2\.txt: .*{NAME}.*ZTFb"):
        read(tmp_path)


def test_portions_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ztf_forced_photometry, "PORTION", 1)
    write(tmp_path, {name: event(seed) for seed, name in enumerate("abc")})
    whole = read(tmp_path)
    portions = list(ztf_forced_photometry.read(options(), dataset(tmp_path)))
    assert [list(p.objects["object_id"]) for p in portions] == [["a"], ["b"], ["c"]]
    joined = pd.concat([p.light_curves for p in portions], ignore_index=True)
    pd.testing.assert_frame_equal(joined, whole.light_curves)
    assert ztf_forced_photometry.count(options(), dataset(tmp_path)) == 3


# Forms of the file, and what is refused


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("procstatus\n", "procstatus,\n"),  # a comma at the end of the names
        (" index, field", "# index,field"),  # names in a comment, without spaces
        ("\n", "\r\n"),
        (" 663 ", "  663\t"),
        (" 30. ", "  30. "),
        ("0\n", "0 \n"),
        ("\n ", "\n"),
        ("degrees", "degr\xe9s"),
    ],
)
def test_forms_that_are_read(tmp_path: Path, old: str, new: str) -> None:
    expected = read_one(tmp_path, epochs(PEAK + np.arange(3)))
    changed = curve(tmp_path).read_text().replace(old, new)
    assert changed != curve(tmp_path).read_text()
    curve(tmp_path).write_bytes(changed.encode("latin-1"))
    tables = read(tmp_path)
    pd.testing.assert_frame_equal(tables.light_curves, expected.light_curves)
    assert reasons(tables) == reasons(expected)


def test_a_file_without_its_end_mark_is_listed(tmp_path: Path) -> None:
    write(tmp_path, {NAME: epochs(PEAK + np.arange(3))})
    whole = curve(tmp_path).read_text()
    curve(tmp_path).write_text(whole[: whole.index("\n 2 ")])
    tables = read(tmp_path)
    assert len(tables.light_curves) == 2
    assert (NAME, f"{NAME}.txt has no END mark: perhaps cut off") in reasons(tables)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (" index,", " number,", ["no line of column names", "begins with b'#"]),
        ("zpdiff", "zpdif", ["no column 'zpdiff' (did you mean 'zpdif'?)"]),
        ("pid", "jd", ["more than one column 'jd'"]),
        (" 30. ", " ", ["line 15", "39 values instead of 40", "cut off"]),
        (" 2459001.5 ", " later ", ["line 16: jd is 'later', not a number"]),
        (" 2459001.5 ", " null ", ["line 16: jd is nan"]),
        (" 2459001.5 ", " 59001.0 ", ["line 16: jd is 59001.0", "Julian date"]),
        ("10 3 ZTF_r", "10 3 ZTF_u", ["line 15", "'ZTF_u'", "passbands"]),
        ("10 3 ZTF_r", "10 3 \xff", ["line 15", "UTF8"]),
        ("END", "END\n# index\n 1 2 3", ["line 20: rows after a comment"]),
    ],
)
def test_bad_files_are_refused(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    write(tmp_path, {NAME: epochs(PEAK + np.arange(3))})
    good = curve(tmp_path).read_text()
    assert old in good
    curve(tmp_path).write_bytes(good.replace(old, new).encode("latin-1"))
    with pytest.raises(DataError) as caught:
        read(tmp_path)
    for word in [f"{NAME}.txt", f"object {NAME!r}", *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Error: no records returned by database query (63)\n",
        b"<html><body>404 Not Found</body></html>",
        b"x" * 5_000_000,
        b"\n" * 500_000,
        text(epochs([PEAK]))[:300].encode(),
        bytes(range(256)),
    ],
    ids=["empty", "error", "html", "endless line", "blank", "header only", "binary"],
)
def test_files_without_a_light_curve_are_refused(
    tmp_path: Path, content: bytes
) -> None:
    write(tmp_path, {NAME: epochs([PEAK])})
    curve(tmp_path).write_bytes(content)
    with pytest.raises(DataError, match=rf"{NAME}\.txt: object '{NAME}': no line of"):
        read(tmp_path)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {NAME: epochs([PEAK])})
    whole = gzip.compress(curve(tmp_path).read_bytes())
    curve(tmp_path).unlink()
    (tmp_path / "curves" / f"{NAME}.txt.gz").write_bytes(whole[:-40])
    with pytest.raises(DataError, match=rf"{NAME}\.txt\.gz: "):
        read(tmp_path)


def test_a_folder_without_files_of_objects_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {NAME: epochs([PEAK])})
    curve(tmp_path).unlink()
    with pytest.raises(DataError, match=r"curves: no file of an object in use"):
        read(tmp_path)


def test_options_are_checked(tmp_path: Path) -> None:
    write(tmp_path, {NAME: epochs([PEAK])})
    with pytest.raises(ConfigurationError, match=r"passbands\.ZTF_g: 'z' is not among"):
        read(tmp_path, passbands={"ZTF_g": "z"})
    for curves, words in (("nowhere", "no such"), ("labels.csv", "is a file")):
        wrong = ztf_forced_photometry.read(options(), dataset(tmp_path, curves))
        with pytest.raises(
            ConfigurationError, match=rf"files\.light_curves: .*{words}"
        ):
            next(wrong)


@pytest.mark.fuzz
def test_mutated_files(tmp_path: Path) -> None:
    """Half of them have one value of one row replaced, the others any change."""
    write(tmp_path, {NAME: event(seed=7)[100:130]})
    good = curve(tmp_path).read_bytes()
    mutants = (
        mutated(good, seed) if seed % 2 else value_replaced(good, seed)
        for seed in range(COUNT)
    )
    refused = check_reader(
        "ztf_forced_photometry",
        options(),
        dataset(tmp_path),
        curve(tmp_path),
        mutants,
    )
    assert 0 < refused < COUNT


def value_replaced(data: bytes, seed: int) -> bytes:
    rng = np.random.default_rng(seed)
    lines = data.split(b"\n")
    number = int(rng.integers(14, len(lines) - 2))
    values = lines[number].split(b" ")
    odd = [*b"null nan inf -inf -99999 1e400 1e39 1e-60 x \xff 2459000".split(), b""]
    values[rng.integers(1, len(values))] = odd[rng.integers(len(odd))]
    lines[number] = b" ".join(values)
    return b"\n".join(lines)
