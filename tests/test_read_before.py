"""Fetched files that change once they have been read stop the next run."""

import json
import os
import time
from pathlib import Path

import pytest
from configurations import DEFAULT
from toys import survey

from transients.errors import DataError
from transients.hashes import sha256_of
from transients.read_before import require_as_read
from transients.readers.alerce.files import MISSING
from transients.source_files import SETTLED_NS
from transients.tables import TablesWriter, Vocabulary


@pytest.fixture
def config(tmp_path, monkeypatch):
    """One target, read from fetched files and present in results/, and its weights."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data/unpacked").mkdir(parents=True)
    (tmp_path / "data/unpacked/one.csv").write_text("one")
    (tmp_path / "data/weights.h5").write_text("weights")
    (tmp_path / "data/toy.sha256").touch()  # the record of a download
    files = {"objects": "unpacked", "light_curves": "unpacked"}
    parquet = {"reader": "parquet", "download": "toy", "parquet": {"files": files}}
    weights = {"download": "toy", "file": "weights.h5"}
    strategy = {"n_train": "all", "start": ["published"]}
    experiment = DEFAULT["experiments"]["bts"]
    experiment = {**experiment, "strategies": {"zero_shot": strategy}}
    return {
        **{"data_dir": "data", "pathvars": {"results": "results"}, "forests": {}},
        **{"targets": ["bts"], "sources": {"published": {"weights": weights}}},
        "experiments": {"bts": experiment | {"dataset": "bts", "realism": []}},
        "datasets": {"bts": DEFAULT["datasets"]["bts"] | parquet},
    }


@pytest.fixture
def read(config, tmp_path):
    """The files that were read, and the results that tell of it."""
    one, weights = tmp_path / "data/unpacked/one.csv", tmp_path / "data/weights.h5"
    objects = tmp_path / "results/data/bts/objects.parquet"
    summary = tmp_path / "results/sources/published/seed0/summary.json"
    write_objects(objects, {"data/unpacked/one.csv": sha256_of(one)})
    summary.parent.mkdir(parents=True)
    summary.write_text(json.dumps({"sha256": sha256_of(weights)}))
    require_as_read(config)
    return {"unpacked/one.csv": (one, objects), "weights.h5": (weights, summary)}


def write_objects(path, hashes):
    """Write the tables of one object, which tell what they were read from."""
    path.parent.mkdir(parents=True)
    known, told = Vocabulary("bts", ("A", "B"), ("g", "r")), {"source_files": hashes}
    with TablesWriter(
        path, path.with_name("light_curves.parquet"), known, told
    ) as writer:
        writer.write(survey(["a"]))


@pytest.mark.parametrize("name", ["unpacked/one.csv", "weights.h5"])
def test_a_change_is_told_with_the_way_out(config, read, name):
    path, result = read[name]
    size, date = path.stat().st_size, path.stat().st_mtime_ns
    content = path.read_text()
    path.write_text("x" * size)
    os.utime(path, ns=(date, date))
    message = rf"data/{name}: has changed since results/.*{result.name} was made of it"
    for _ in range(2):
        with pytest.raises(
            DataError, match=message + rf".*delete results.*{result.name}"
        ):
            require_as_read(config)
    path.write_text(content)
    require_as_read(config)
    path.write_text("x")
    result.unlink()
    require_as_read(config)


def test_what_is_gone_or_as_it_was_is_not_told(config, read):
    for path, _ in read.values():
        os.utime(path)
        require_as_read(config)
        path.unlink()
        require_as_read(config)


def test_own_files_are_another_matter(config, read, tmp_path):
    """They are read again."""
    (tmp_path / "data/toy.sha256").unlink()
    for path, _ in read.values():
        path.write_text("mine")
    require_as_read(config)


@pytest.mark.parametrize("content", [b"", b"no table", b"{}"])
def test_a_damaged_result_is_left_to_the_job_that_reads_it(config, read, content):
    for _, result in read.values():
        result.write_bytes(content)
    require_as_read(config)


def test_gigabytes_of_a_survey_are_hashed_once(config, read, monkeypatch):
    assert len(read) == 2
    later = time.time_ns() + 10 * SETTLED_NS
    monkeypatch.setattr("transients.source_files.time.time_ns", lambda: later)
    require_as_read(config)
    monkeypatch.setattr("transients.source_files.sha256_of", lambda _: 1 / 0)
    require_as_read(config)


def test_what_was_fetched_again_is_about_to_be_read(config, read):
    record = Path("results/downloads/toy.csv")
    record.parent.mkdir()
    record.touch()
    for path, _ in read.values():
        path.write_text("another release")
    later = time.time_ns() + 10**9
    os.utime(record, ns=(later, later))
    require_as_read(config)
    os.utime(record, ns=(0, 0))
    with pytest.raises(DataError, match="has changed since"):
        require_as_read(config)


def test_the_list_of_what_a_broker_lacks_may_grow(config, tmp_path):
    folder = tmp_path / "data" / "light-curves"
    folder.mkdir()
    files = {"labels": "labels.csv", "light_curves": "light-curves"}
    config["datasets"]["bts"] |= {"reader": "alerce", "alerce": {"files": files}}
    config["sources"] = {}
    config["experiments"]["bts"]["strategies"] = {}
    paths = [folder / "ZTF18a.json", folder / MISSING, tmp_path / "data/labels.csv"]
    for path in paths:
        path.write_text("as it was")
    relative = {str(path.relative_to(tmp_path)): sha256_of(path) for path in paths}
    write_objects(tmp_path / "results/data/bts/objects.parquet", relative)
    for path in paths[1:]:  # the labels are the user's own, and read again
        path.write_text("longer than it was")
        require_as_read(config)
    paths[0].write_text("another light curve")
    with pytest.raises(DataError, match=r"ZTF18a\.json: has changed since"):
        require_as_read(config)
