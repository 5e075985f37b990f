"""The snana reader: layouts, models, what is delivered and what is listed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from mutations import COUNT, check_reader
from toy_csv import reasons
from toy_snana import (
    HEAD,
    OLD,
    OPTIONS,
    PHOT,
    Columns,
    changed,
    dataset,
    read_all,
    without,
    write_pair,
)

from transients.readers import Dataset, snana
from transients.readers.taxonomy import read_scheme

ELASTICC = Path(__file__).parents[1] / "config" / "taxonomy.csv"
NUMBERS = [np.nan, np.inf, -np.inf, -777.0, -9.0, 0.0, -1.0, 1e30, 1e-30]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a survey, still empty."""
    return tmp_path / "survey"


@pytest.fixture
def model(folder: Path) -> Path:
    """The folder of one model of the survey, still empty."""
    return folder / "SNIa-SALT3"


# What is delivered


@pytest.mark.parametrize("suffix", [".FITS", ".FITS.gz", ".fits", ".fits.gz"])
@pytest.mark.parametrize("names", [{}, OLD], ids=["BAND, DEC", "FLT, DECL"])
def test_layouts(model: Path, suffix: str, names: dict[str, str]) -> None:
    head, phot = (
        {names.get(name, name): values for name, values in table.items()}
        for table in (HEAD, PHOT)
    )
    write_pair(model, suffix=suffix, head=head, phot=phot)
    tables = read_all(dataset(model.parent))
    objects, points = tables.objects, tables.light_curves
    assert list(objects["object_id"]) == ["17", "20"]
    assert list(objects["class"]) == ["SNIa", "SNIa"]
    assert list(objects["ra"]) == [350.0, 20.0]
    assert list(objects["dec"]) == [-5.0, 5.0]
    assert list(objects["mwebv"].fillna(99)) == [0.5, 99]
    assert list(objects["redshift"].fillna(99)) == [0.25, 99]
    assert list(objects["trigger_mjd"].fillna(99)) == [59002.0, 99]
    assert list(points["object_id"]) == ["17", "17", "17", "20", "20"]
    assert list(points["mjd"]) == [59001.25, 59002.0, 59003.5, 59001.0, 59005.0]
    assert list(points["passband"]) == ["y", "g", "g", "g", "y"]
    assert list(points["flux"]) == [4.0, 20.0, 30.0, 2.0, 50.0]
    assert list(points["flux_err"]) == [1.0, 3.0, 2.0, 1.5, 10.0]
    assert list(points["detected"]) == [False, True, True, False, True]
    assert points["flux"].dtype == np.float32
    assert reasons(tables) == []


def test_models_are_folders(folder: Path) -> None:
    """Two models make one class; one not in use is listed, its pair not looked at."""
    write_pair(folder / "LSST_SNIa-SALT3")
    write_pair(folder / "more" / "LSST_SNIa-SALT2", head=HEAD | {"SNID": [1, 2]})
    write_pair(folder / "LSST_TDE", head=HEAD | {"SNID": ["x", "y"]})
    write_pair(folder / "LSST_EB")
    for path in (folder / "LSST_EB").iterdir():
        path.write_text("not even FITS")
    options = {"model_prefix": "LSST_"}
    tables = read_all(dataset(folder), **options)
    assert tables.objects.set_index("object_id")["class"].to_dict() == {
        **{"17": "SNIa", "20": "SNIa", "1": "SNIa", "2": "SNIa"},
        **{"x": "TDE", "y": "TDE"},
    }
    assert reasons(tables) == [("EB", "a model that is not used")]
    assert snana.count(OPTIONS | options, dataset(folder)) == 6


def test_models_in_a_column(model: Path) -> None:
    write_pair(model)
    tables = read_all(dataset(model.parent), model="SIM_TYPE_INDEX", model_in_id=True)
    assert list(tables.objects["object_id"]) == ["1:17"]
    assert len(tables.light_curves) == 3
    assert reasons(tables) == [("2:20", "class '2' is not used")]
    options = OPTIONS | {"model": "SIM_TYPE_INDEX"}
    assert snana.count(options, dataset(model.parent)) == 1


def test_parts_share_the_pairs(folder: Path) -> None:
    write_pair(folder / "EB")
    for i in range(5):
        head = HEAD | {"SNID": [2 * i, 2 * i + 1]}
        write_pair(folder / "TDE", stem=f"toy-{i}_", head=head)
    parts = [read_all(dataset(folder, part, 3)) for part in range(3)]
    names = [list(part.objects["object_id"]) for part in parts]
    assert names == [["0", "1", "6", "7"], ["2", "3", "8", "9"], ["4", "5"]]
    assert [len(part.dropped) for part in parts] == [1, 0, 0]
    assert list(snana.read(OPTIONS, dataset(folder, 5, 6))) == []


def test_one_portion_a_pair(folder: Path) -> None:
    """Memory is bounded by one pair."""
    for i in range(3):
        write_pair(folder / "TDE", stem=f"toy-{i}_", head=HEAD | {"SNID": [i, 10 + i]})
    portions = list(snana.read(OPTIONS, dataset(folder)))
    assert [len(portion.objects) for portion in portions] == [2, 2, 2]


@pytest.mark.parametrize(
    "phot", [without(PHOT, "PHOTFLAG"), PHOT | {"PHOTFLAG": [0] * 7}]
)
def test_detections_without_photflag(model: Path, phot: Columns) -> None:
    write_pair(model, phot=phot)  # S/N 4, 6.67, 15; 1.33, 5: not above 5
    tables = read_all(dataset(model.parent))
    detected = list(tables.light_curves["detected"])
    assert detected == [False, True, True, False, False]
    assert tables.objects["trigger_mjd"].isna().all()
    assert reasons(tables) == [
        ("toy-0001_PHOT.FITS", "no PHOTFLAG: detected is S/N > 5")
    ]


def test_key_words(model: Path) -> None:
    """A zero point of 30 divides by 10; the bits may be others."""
    write_pair(
        model,
        phot=PHOT | {"PHOTFLAG": [1, 0, 0, 0, 4, 0, 0]},
        key_words={"ZP_FLUXCAL": 30.0, "PHOTFLAG_DETECT": 1, "PHOTFLAG_TRIGGER": 4},
    )
    tables = read_all(dataset(model.parent))
    points = tables.light_curves
    assert points["flux"].to_numpy() == pytest.approx([0.4, 2.0, 3.0, 0.2, 5.0])
    assert points["flux_err"].to_numpy() == pytest.approx([0.1, 0.3, 0.2, 0.15, 1.0])
    assert list(points["detected"]) == [False, False, True, False, False]
    assert list(tables.objects["trigger_mjd"].fillna(99)) == [99, 59001.0]


def test_a_file_that_names_its_bits_may_have_none_set(model: Path) -> None:
    phot = PHOT | {"PHOTFLAG": [0] * 7}
    write_pair(model, phot=phot, key_words={"PHOTFLAG_DETECT": 4096})
    tables = read_all(dataset(model.parent))
    assert not tables.light_curves["detected"].any()
    assert reasons(tables) == []


def test_redshift_of_older_files(model: Path) -> None:
    write_pair(model, head=without(HEAD, "REDSHIFT_HELIO"))
    assert list(read_all(dataset(model.parent)).objects["redshift"]) == [0.26, 1.0]


@pytest.mark.parametrize("kind", [np.uint32, np.int64])
def test_names_that_are_numbers(model: Path, kind: type) -> None:
    """FITS stores unsigned integers with an offset."""
    write_pair(model, head=HEAD | {"SNID": np.array([17, 20], kind)})
    assert list(read_all(dataset(model.parent)).objects["object_id"]) == ["17", "20"]


@pytest.mark.parametrize("padding", [b"  ", b" \x00", b"\x00x"])
def test_names_are_padded(model: Path, padding: bytes) -> None:
    """By blanks or NUL, behind which C reads no further."""
    write_pair(model, head=HEAD | {"SNID": [b"17", b"2012"]})
    path = model / "toy-0001_HEAD.FITS"
    path.write_bytes(path.read_bytes().replace(b"17\x00\x00", b"17" + padding))
    names = list(read_all(dataset(model.parent)).objects["object_id"])
    assert names == ["17", "2012"]


def test_nearby_galaxies_come_towards_us(model: Path) -> None:
    write_pair(model, head=HEAD | {"REDSHIFT_HELIO": [-0.001, -9.0]})
    redshift = read_all(dataset(model.parent)).objects["redshift"]
    assert list(redshift.fillna(99)) == [-0.001, 99]


def test_unknown_coordinates_are_missing(model: Path) -> None:
    write_pair(model, head=HEAD | {"RA": [-999.0, np.nan], "DEC": [-999.0, np.nan]})
    objects = read_all(dataset(model.parent)).objects
    assert objects[["ra", "dec"]].isna().all(axis=None)


def test_a_gz_name_without_gzip_is_read(model: Path) -> None:
    """Some browsers decompress a download and keep its name."""
    write_pair(model)
    path = model / "toy-0001_PHOT.FITS"
    path.rename(path.with_suffix(".FITS.gz"))
    assert len(read_all(dataset(model.parent)).objects) == 2


def test_scratch_is_cleared(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    write_pair(model, suffix=".FITS.gz")
    portions = snana.read(OPTIONS, dataset(model.parent))
    assert len(next(portions).objects) == 2
    assert list(scratch.iterdir()) == []


# What is left out and listed


def test_what_is_left_out(model: Path) -> None:
    phot = changed(changed(PHOT, "FLUXCAL", 1, np.nan), "MJD", 0, 59002.00005)
    write_pair(model, phot=phot)
    tables = read_all(dataset(model.parent), passbands={"g": "g", "Y": None})
    assert list(tables.light_curves["flux"]) == [20.0, 2.0]
    assert sorted(reasons(tables)) == [
        ("17", "1 near-duplicate observations removed"),
        ("17", "1 observations in passbands not in use removed"),
        ("20", "1 observations in passbands not in use removed"),
    ]


def test_fluxes_that_are_nan(model: Path) -> None:
    phot = changed(changed(PHOT, "FLUXCAL", 4, np.nan), "FLUXCAL", 5, np.nan)
    write_pair(model, phot=phot)
    tables = read_all(dataset(model.parent))
    assert list(tables.objects["object_id"]) == ["17"]
    assert reasons(tables) == [
        ("20", "2 observations without a measurement removed"),
        ("20", "no measurement in the light curve"),
    ]


def test_an_empty_head(folder: Path) -> None:
    write_pair(folder / "TDE")
    nothing = {name: np.array(values)[:0] for name, values in HEAD.items()}
    write_pair(folder / "TDE", stem="toy-0002_", head=nothing)
    tables = read_all(dataset(folder))
    assert len(tables.objects) == 2
    assert reasons(tables) == [("toy-0002_HEAD.FITS", "a HEAD file without objects")]


def test_an_empty_light_curve(model: Path) -> None:
    head = changed(changed(HEAD, "NOBS", 1, 0), "PTROBS_MAX", 1, 4)
    write_pair(model, head=head)
    tables = read_all(dataset(model.parent))
    assert list(tables.objects["object_id"]) == ["17"]
    assert reasons(tables) == [
        ("20", "no measurement in the light curve"),
        ("toy-0001_PHOT.FITS", "2 observations that belong to no object"),
    ]


def test_light_curves_without_end_rows(model: Path) -> None:
    keep = [0, 1, 2, 4, 5]
    phot = {name: np.array(values)[keep] for name, values in PHOT.items()}
    write_pair(
        model, head=HEAD | {"PTROBS_MIN": [1, 4], "PTROBS_MAX": [3, 5]}, phot=phot
    )
    tables = read_all(dataset(model.parent))
    assert len(tables.light_curves) == 5
    assert reasons(tables) == []


# Mutated input and real data


@pytest.mark.fuzz
@pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyUserWarning")
@pytest.mark.parametrize("kind", ["HEAD", "PHOT"])
def test_mutated_bytes(model: Path, kind: str) -> None:
    write_pair(model)
    path = model / f"toy-0001_{kind}.FITS"
    assert check_reader("snana", OPTIONS, dataset(model.parent), path) > COUNT / 2


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", ["HEAD", "PHOT"])
def test_mutated_values(model: Path, kind: str) -> None:
    """Changes of the table alone, which random bytes seldom hit."""
    write_pair(model)
    path = model / f"toy-0001_{kind}.FITS"
    refused = check_reader(
        "snana", OPTIONS, dataset(model.parent), path, hit_rows(path)
    )
    assert 0 < refused < COUNT // 2


def hit_rows(path: Path) -> Iterator[bytes]:
    """Yield the file with one to three values of its table changed."""
    pristine = path.read_bytes()
    with fits.open(path) as file:
        start, dtype = file[1].fileinfo()["datLoc"], file[1].data.dtype
        length = len(file[1].data)
    rng = np.random.default_rng(0)
    for _ in range(COUNT // 2):
        mutant = bytearray(pristine)
        rows = np.frombuffer(mutant, dtype, length, start)
        for _ in range(rng.integers(1, 4)):
            column = rows[rng.choice(dtype.names)]
            others = NUMBERS if column.dtype.kind == "f" else [*column, 0, 1, 2, 99]
            column[rng.integers(length)] = others[rng.integers(len(others))]
        yield bytes(mutant)


def test_elasticc_models() -> None:
    """The merging of models is that of the paper; what it does not use is known."""
    scheme = read_scheme(ELASTICC, "elasticc", "key")
    merged: dict[str, set[str]] = {}
    for model, name in scheme.items():
        merged.setdefault(name, set()).add(model)
    assert merged["SNIb"] == {"SNIb-Templates", "SNIb+HostXT_V19"}
    assert merged["SNIc"] == {"SNIc-Templates", "SNIc+HostXT_V19"}
    assert merged["SNII"] == {"SNII-NMF", "SNII-Templates", "SNII+HostXT_V19"}
    assert merged["SLSN-I"] == {"SLSN-I+host", "SLSN-I_no_host"}
    assert len(merged.keys() - {""}) == 12
    assert {"PISN", "KN_B19", "dwarf-nova", "uLens-Binary"} <= merged[""]


@pytest.fixture
def real(tmp_path: Path) -> Dataset:
    """PLAsTiCC simulations in the older layout; models from a column."""
    folder = Path(os.environ.get("TRANSIENT_DATA", "nowhere"), "snana/plasticc_layout")
    if not folder.is_dir():
        pytest.skip("TRANSIENT_DATA names no folder with SNANA data")
    taxonomy = tmp_path / "taxonomy.csv"
    taxonomy.write_text("scheme,label,class\ntoy,11,SNIa\n")
    return Dataset("real", ("SNIa",), tuple("ugrizy"), {"folder": folder}, taxonomy)


def test_real_simulations(real: Dataset) -> None:
    passbands = {**{name: name for name in "ugriz"}, "Y": "y"}
    tables = read_all(real, model="SIM_TYPE_INDEX", passbands=passbands)
    objects, points = tables.objects, tables.light_curves
    assert len(objects) == 115
    assert set(points["passband"]) == set("ugrizy")
    assert objects["trigger_mjd"].notna().all()
    assert reasons(tables) == []
    first = points[points["object_id"] == "60583001"]
    assert len(first) == 160
    assert first["mjd"].iloc[0] == 61219.4048
    assert first["flux"].iloc[0] == np.float32(14.332019)
    later = points.merge(objects[["object_id", "trigger_mjd"]], on="object_id")
    at_trigger = later[later["mjd"] == later["trigger_mjd"]]
    assert at_trigger.groupby("object_id")["detected"].any().sum() == 115
