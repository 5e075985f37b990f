"""Generated tables, written as CSV files, are read back."""

from __future__ import annotations

import numpy as np
import pytest
from generated import assert_same, survey_tables
from hypothesis import given
from hypothesis import strategies as st
from toy_csv import BTS_CLASSES, bts_options, dataset, read_all

from transients.tables import LIGHT_CURVES, OBJECTS, SurveyTables

LABELS = {name: name for name in OBJECTS.names if name != "trigger_mjd"}


@pytest.mark.fuzz
@given(
    tables=survey_tables(BTS_CLASSES, "gr"),
    mark=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig"]),
    suffix=st.sampled_from([".csv", ".csv.gz"]),
)
def test_long_file(
    tmp_path_factory: pytest.TempPathFactory,
    tables: SurveyTables,
    mark: str,
    end: str,
    encoding: str,
    suffix: str,
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    for name, table in (("labels", tables.objects), ("curves", tables.light_curves)):
        table[:: -1 if name == "curves" else 1].to_csv(
            folder / f"{name}{suffix}",
            index=False,
            sep=mark,
            lineterminator=end,
            encoding=encoding,
        )
    options = {
        "class_map": "bts",
        "labels": LABELS,
        "light_curves": {name: name for name in LIGHT_CURVES.names},
        "passbands": {"g": "g", "r": "r"},
        "zero_point": 27.5,
    }
    data = dataset(folder, f"labels{suffix}", f"curves{suffix}")
    assert_same(read_all(options, data), tables)


@pytest.mark.fuzz
@given(tables=survey_tables(BTS_CLASSES, "gr"))
def test_folder_of_magnitudes(
    tmp_path_factory: pytest.TempPathFactory, tables: SurveyTables
) -> None:
    """A flux is known by its magnitude: m = 27.5 - 2.5 log10(flux)."""
    folder = tmp_path_factory.mktemp("csv")
    (folder / "curves").mkdir()
    points = tables.light_curves
    flux, flux_err = 1.0 + points["flux"].abs(), points["flux_err"]
    rows = points.assign(
        mag=27.5 - 2.5 * np.log10(flux), err=2.5 / np.log(10) * flux_err / flux
    )
    tables.objects.to_csv(folder / "labels.csv", index=False)
    for name, row in rows.groupby("object_id"):
        row.to_csv(folder / "curves" / f"{name}.csv")
    columns = {"mjd": "mjd", "passband": "passband"}
    columns |= {"magnitude": "mag", "magnitude_err": "err"}
    options = bts_options(labels=LABELS, light_curves=columns)
    options["passbands"] = {"g": "g", "r": "r"}
    found = read_all(options, dataset(folder, light_curves="curves"))
    names = ["object_id", "mjd", "passband"]
    assert found.light_curves[names].equals(points[names])
    assert found.light_curves["flux"].to_numpy() == pytest.approx(flux, rel=1e-5)
    assert found.light_curves["flux_err"].to_numpy() == pytest.approx(
        flux_err, rel=1e-5
    )
