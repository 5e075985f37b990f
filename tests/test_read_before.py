"""Fetched files that change once they have been read stop the next run."""

import json
import os

import pytest
from configurations import DEFAULT
from toys import survey

from transients.errors import DataError
from transients.hashes import sha256_of
from transients.read_before import require_as_read
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
    for path in (objects, summary):
        path.parent.mkdir(parents=True)
    tables, known = survey(["a"]), Vocabulary("bts", ("A", "B"), ("g", "r"))
    told = {"source_files": {"data/unpacked/one.csv": sha256_of(one)}}
    light_curves = objects.with_name("light_curves.parquet")
    with TablesWriter(objects, light_curves, known, told) as writer:
        writer.write(tables)
    summary.write_text(json.dumps({"sha256": sha256_of(weights)}))
    require_as_read(config)
    return {"unpacked/one.csv": (one, objects), "weights.h5": (weights, summary)}


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


def test_no_file_is_read_that_has_not_been_touched(config, read, monkeypatch):
    """Gigabytes of a survey are not hashed at each start."""
    for _, result in read.values():
        later = result.stat().st_mtime_ns + 10 * 10**9
        os.utime(result, ns=(later, later))
    monkeypatch.setattr("transients.source_files.sha256_of", lambda _: 1 / 0)
    require_as_read(config)
