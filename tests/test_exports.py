"""Exports: what other tools find in the files, and the way back through the reader."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st
from toys import survey

from transients.errors import DataError
from transients.exports.portions import count_rows, portions_of
from transients.exports.snana import (
    DIPOLE_DEC,
    DIPOLE_RA,
    Export,
    cmb_redshift,
    write_snana,
)
from transients.readers import Dataset, snana
from transients.tables import SurveyTables, TablesWriter, Vocabulary, validate

CLASSES = ("A", "B/c 1")
KINDS = ("LIST", "README")


def tables(n: int = 5) -> SurveyTables:
    """Objects of two classes in turn, with triggers for all but the last."""
    made = survey([f"object {i}" for i in range(n)], n_points=4)
    objects = made.objects.assign(
        **{"redshift": 0.125, "class": [CLASSES[i % 2] for i in range(n)]},
        trigger_mjd=[*[59002.0] * (n - 1), np.nan],
    )
    types = {"flux": np.float32, "flux_err": np.float32}
    return SurveyTables(objects, made.light_curves.astype(types))


def export(**changes: Any) -> Export:
    options = {"dataset": "toy", "survey": "ZTF", "passbands": "gr"}
    return Export(**(options | {"classes": CLASSES, "trigger": "survey"} | changes))


def write(
    folder: Path, made: SurveyTables, reader: str = "csv", **changes: Any
) -> Path:
    """Write tables to Parquet and on to SNANA files; return the folder of these."""
    paths = folder / "objects.parquet", folder / "light_curves.parquet"
    with TablesWriter(
        *paths, Vocabulary("toy", CLASSES, "gr"), {"reader": reader}
    ) as file:
        file.write(made)
    write_snana(*paths, folder / "snana", export(**changes))
    return folder / "snana"


def read_back(folder: Path) -> SurveyTables:
    """Read SNANA files; the classes are in a column, as some are no folder names."""
    taxonomy = folder.parent / "taxonomy.csv"
    rows = "".join(f"toy,{name},{name}\n" for name in CLASSES)
    taxonomy.write_text(f"scheme,label,class\n{rows}")
    data = Dataset("toy", CLASSES, ("g", "r"), {"folder": folder}, taxonomy)
    options = {"class_map": "toy", "model": "SIM_TYPE_NAME"}
    portions = list(snana.read(options | {"passbands": {"g": "g", "r": "r"}}, data))
    for portion in portions:
        validate(portion, Vocabulary("toy", CLASSES, "gr"))
    return SurveyTables(
        *(
            pd.concat([getattr(p, name) for p in portions], ignore_index=True)
            for name in ("objects", "light_curves", "dropped")
        )
    )


def by_class(made: SurveyTables) -> SurveyTables:
    """Return the tables in the order of the files: class after class."""
    objects = made.objects.sort_values("class", kind="stable", ignore_index=True)
    rank = pd.Index(objects["object_id"]).get_indexer(made.light_curves["object_id"])
    points = made.light_curves.iloc[np.argsort(rank, kind="stable")]
    return SurveyTables(objects, points.reset_index(drop=True))


def assert_same(one: SurveyTables, other: SurveyTables) -> None:
    for name in ("objects", "light_curves"):
        pd.testing.assert_frame_equal(
            getattr(one, name), getattr(other, name), check_exact=True
        )


@pytest.mark.parametrize("zipped", [True, False])
def test_there_and_back(tmp_path: Path, zipped: bool) -> None:
    made = tables()
    folder = write(tmp_path, made, zipped=zipped, objects_per_pair=2)
    suffix = ".FITS.gz" if zipped else ".FITS"
    assert {str(path.relative_to(folder)) for path in folder.rglob("*.*")} == {
        *(f"toy_A/toy_A-000{i}_{k}{suffix}" for i in (1, 2) for k in ("HEAD", "PHOT")),
        *(f"toy_B-c-1/toy_B-c-1-0001_{kind}{suffix}" for kind in ("HEAD", "PHOT")),
        *(f"{name}/{name}.{kind}" for name in ("toy_A", "toy_B-c-1") for kind in KINDS),
    }
    back = read_back(folder)
    assert_same(by_class(made), back)
    assert back.dropped.empty


names = st.text("abcXYZ019-+_.", min_size=1, max_size=40)
floats = st.floats(width=32, allow_nan=False, allow_infinity=False)


@st.composite
def any_tables(draw: st.DrawFn) -> SurveyTables:
    """Any objects with any light curves that the schema allows."""
    objects, points = [], []
    for name in draw(st.lists(names, min_size=1, max_size=4, unique=True)):
        numbers = st.none() | st.floats(0, 20)
        times = draw(
            st.lists(st.integers(0, 10**6), min_size=1, max_size=6, unique=True)
        )
        mjd = 59000 + np.sort(times) * 0.001
        objects.append(
            {
                "object_id": name,
                "class": draw(st.sampled_from(CLASSES)),
                "ra": draw(st.none() | st.floats(0, 359)),
                "dec": draw(st.none() | st.floats(-90, 90)),
                "mwebv": draw(numbers),
                "redshift": draw(numbers),
                "trigger_mjd": draw(st.none() | st.sampled_from(list(mjd))),
            }
        )
        points += [
            {
                "object_id": name,
                "mjd": time,
                "passband": draw(st.sampled_from("gr")),
                "flux": draw(floats),
                "flux_err": draw(st.floats(2**-100, 2.0**100, width=32)),
                "detected": draw(st.booleans()),
            }
            for time in mjd
        ]
    types = {"flux": np.float32, "flux_err": np.float32}
    made = pd.DataFrame(objects)
    made[made.columns[2:]] = made[made.columns[2:]].astype(float)
    return SurveyTables(made, pd.DataFrame(points).astype(types))


@pytest.mark.fuzz
@given(made=any_tables())
def test_anything_there_and_back(
    made: SurveyTables, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = write(tmp_path_factory.mktemp("any"), made, zipped=False)
    assert_same(by_class(made), read_back(folder))


def test_what_other_tools_find(tmp_path: Path) -> None:
    """Names of files, key words, pointers, bits and end rows, as SNANA has them."""
    folder = write(tmp_path, tables(), reader="simulate", zipped=False) / "toy_A"
    assert (folder / "toy_A.LIST").read_text() == "toy_A-0001_HEAD.FITS\n"
    assert (folder / "toy_A.README").read_text().startswith("DOCUMENTATION:\n")
    with fits.open(folder / "toy_A-0001_HEAD.FITS") as head:
        key_words, objects = head[0].header, head[1].data
        assert key_words["VERSION"] == "toy_A"
        assert key_words["PHOTFILE"] == "toy_A-0001_PHOT.FITS"
        assert (key_words["SURVEY"], key_words["FILTERS"]) == ("ZTF", "gr")
        assert list(objects["SNID"]) == ["object 0", "object 2", "object 4"]
        assert list(objects["PTROBS_MIN"]) == [1, 6, 11]
        assert list(objects["PTROBS_MAX"]) == [4, 9, 14]
        assert list(objects["FAKE"]) == [2, 2, 2]
    with fits.open(folder / "toy_A-0001_PHOT.FITS") as phot:
        points = phot[1].data
        assert list(points["MJD"][:5]) == [59000, 59001, 59002, 59003, -777]
        assert list(points["BAND"][:5]) == ["g", "r", "g", "r", "-"]
        assert list(points["PHOTFLAG"][:5]) == [4096, 4096, 6144, 4096, 0]
        assert list(points["PHOTFLAG"][10:]) == [4096, 4096, 4096, 4096, 0]


def test_triggers_are_filled_in_by_the_rule(tmp_path: Path) -> None:
    """The survey's own stay; the last object has its first two detections 1 d apart."""
    back = read_back(write(tmp_path, tables(), trigger="two_detections"))
    triggers = back.objects.set_index("object_id")["trigger_mjd"]
    assert triggers.pop("object 4") == 59001
    assert set(triggers) == {59002}


def test_the_trigger_is_the_nearest_observation(tmp_path: Path) -> None:
    made = tables(1)
    made = replace(made, objects=made.objects.assign(trigger_mjd=59001.6))
    assert read_back(write(tmp_path, made)).objects["trigger_mjd"].item() == 59002


def test_classes_without_objects_have_no_folder(tmp_path: Path) -> None:
    folder = write(tmp_path, tables(1))
    assert [path.name for path in folder.iterdir()] == ["toy_A"]


def test_portions_of_a_file_with_many_row_groups(tmp_path: Path) -> None:
    made = tables(7)
    path = tmp_path / "light_curves.parquet"
    pq.write_table(pa.Table.from_pandas(made.light_curves), path, row_group_size=3)
    with pq.ParquetFile(path) as file:
        n_obs = count_rows(file, made.objects["object_id"])
        chosen = np.arange(7) % 2 == 0
        portions = list(portions_of(chosen, made.objects, n_obs, file, size=3))
    assert [len(portion.objects) for portion in portions] == [3, 1]
    taken = pd.concat([portion.light_curves for portion in portions])
    owners = made.light_curves["object_id"]
    expected = made.light_curves[owners.isin([f"object {i}" for i in (0, 2, 4, 6)])]
    pd.testing.assert_frame_equal(
        taken.reset_index(drop=True), expected.reset_index(drop=True)
    )


def test_names_that_fits_cannot_hold(tmp_path: Path) -> None:
    made = tables(1)
    renamed = SurveyTables(
        made.objects.assign(object_id="\u03b7 Car"),
        made.light_curves.assign(object_id="\u03b7 Car"),
    )
    with pytest.raises(DataError, match="ASCII text only: '\u03b7 Car'"):
        write(tmp_path, renamed)


def test_redshifts_against_the_cmb() -> None:
    """+ v / c = 0.0012336 towards the dipole, nothing at right angles to it."""
    towards = (pd.Series([167.942, 347.942, 77.942]), pd.Series([-6.944, 6.944, 0.0]))
    redshift = cmb_redshift(pd.Series([0.0, 0.0, 0.5]), *towards)
    assert redshift.to_numpy() == pytest.approx([0.0012336, -0.0012336, 0.5], abs=1e-7)
    dipole = SkyCoord(264.021, 48.253, unit="deg", frame="galactic").icrs  # its source
    assert dipole.ra.deg == pytest.approx(DIPOLE_RA, abs=0.002)
    assert dipole.dec.deg == pytest.approx(DIPOLE_DEC, abs=0.002)
