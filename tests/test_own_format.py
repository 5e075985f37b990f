"""New light curves in the formats of surveys: no reader asks for their labels."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import toy_forced_photometry
from test_reader_plasticc import LIGHT_CURVES, METADATA
from toy_csv import BTS_CLASSES, bts_options, write_folder
from toy_snana import HEAD, write_pair
from toy_snana import OPTIONS as OF_SNANA
from toys import survey

from transients.own_format import READERS, read_format

Options = dict[str, Any]


def in_csv(folder: Path) -> Options:
    write_folder(folder)
    table = pd.read_csv(folder / "labels.csv").drop(columns="type")
    table.to_csv(folder / "labels.csv", index=False)
    options = bts_options(
        files={"labels": "labels.csv", "light_curves": "light curves"}
    )
    del options["class_map"], options["labels"]["class"]
    return options


def in_parquet(folder: Path) -> Options:
    tables = survey()
    objects = tables.objects.drop(columns="class")
    objects.to_parquet(folder / "objects.parquet", index=False)
    tables.light_curves.to_parquet(folder / "points.parquet", index=False)
    return {"files": {"objects": "objects.parquet", "light_curves": "points.parquet"}}


def in_plasticc(folder: Path) -> Options:
    (folder / "metadata.csv").write_text(METADATA)
    table = pd.read_csv(folder / "metadata.csv").drop(columns=["target", "true_target"])
    table.to_csv(folder / "metadata.csv", index=False)
    (folder / "light_curves.csv").write_text(LIGHT_CURVES)
    return {"files": {"metadata": "metadata.csv", "light_curves": "light_curves.csv"}}


def in_snana(folder: Path) -> Options:
    write_pair(folder / "night 1", head=HEAD)
    return {"files": {"folder": "."}, "passbands": OF_SNANA["passbands"]}


def in_ztf_forced_photometry(folder: Path) -> Options:
    event = toy_forced_photometry.event(0)
    toy_forced_photometry.write(
        folder, {"ZTFa": event, "ZTFb": event}, "ZTFID,RA,Dec\nZTFa,10,20\nZTFb,11,20\n"
    )
    options = toy_forced_photometry.options(
        files={"labels": "labels.csv", "light_curves": "curves"}
    )
    del options["class_map"], options["labels"]["class"]
    return options


FORMATS: dict[str, tuple[Callable[[Path], Options], str, int]] = {
    "csv": (in_csv, "gr", 2),
    "parquet": (in_parquet, "gr", len(survey().objects)),
    "plasticc": (in_plasticc, "ugrizy", 3),
    "snana": (in_snana, "gy", 2),
    "ztf_forced_photometry": (in_ztf_forced_photometry, "gr", 2),
}
"""Of each reader: what writes toy files, their passbands, their objects."""


def written(folder: Path, options: Options) -> Path:
    path = folder / "own.yaml"
    path.write_text(json.dumps(options))
    return path


def test_every_reader_is_tested() -> None:
    assert set(FORMATS) == set(READERS)


@pytest.mark.parametrize("reader", FORMATS)
def test_all_objects_are_read_without_a_label(tmp_path: Path, reader: str) -> None:
    write, passbands, n_objects = FORMATS[reader]
    path = written(tmp_path, write(tmp_path))
    portions = list(read_format(reader, path, tuple(passbands)))
    objects = pd.concat([portion.objects for portion in portions])
    assert len(objects) == n_objects
    assert set(objects["class"]) == {"unlabelled"}


def test_a_column_of_models_need_not_be_there(tmp_path: Path) -> None:
    options = in_snana(tmp_path) | {"model": "SIM_TYPE_NAME", "class_map": "toy"}
    (portion,) = read_format("snana", written(tmp_path, options), ("g", "y"))
    assert len(portion.objects) == len(HEAD["SNID"])


@pytest.mark.parametrize("reader", FORMATS)
def test_a_class_map_and_classes_are_not_looked_at(tmp_path: Path, reader: str) -> None:
    write, passbands, n_objects = FORMATS[reader]
    options = write(tmp_path) | {"class_map": {90: 5}, "classes": ["A"]}
    path = written(tmp_path, options)
    portions = list(read_format(reader, path, tuple(passbands)))
    assert sum(len(portion.objects) for portion in portions) == n_objects


def test_labels_that_are_there_make_no_difference(tmp_path: Path) -> None:
    write_folder(tmp_path)  # one of its labels is empty, one has no class
    text = (tmp_path / "labels.csv").read_text().replace("SN IIP", "")
    (tmp_path / "labels.csv").write_text(text)
    (tmp_path / "light curves" / "ZTFc.csv").write_text(
        (tmp_path / "light curves" / "ZTFa.csv").read_text()
    )
    options = bts_options(
        files={"labels": "labels.csv", "light_curves": "light curves"},
        class_map={"SN Ia-91T": BTS_CLASSES[0], "nova": None},
    )
    (portion,) = read_format("csv", written(tmp_path, options), ("g", "r"))
    assert list(portion.objects["object_id"]) == ["ZTFb", "ZTFa", "ZTFc"]
    assert not len(portion.dropped)
