"""The record that a job leaves beside its log."""

import json
import logging
import os
from importlib.metadata import version
from types import SimpleNamespace

import pytest

from transients import job_records
from transients.allocation import Allocation
from transients.errors import DataError
from transients.job_records import ENDED_WELL, RECORD_COLUMNS, recorded, unit_name

HERE = Allocation("gpu2", "AMD EPYC", "812", ("0",), 42.0)


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """A job of Slurm, without a driver that knows its GPU."""
    monkeypatch.setattr(job_records, "current_allocation", lambda: HERE)
    monkeypatch.setattr(job_records, "gpu_names", lambda gpus: f"GPU {gpus[0]}")


@pytest.fixture
def script(tmp_path):
    return SimpleNamespace(
        rule="fine_tune",
        log=[str(tmp_path / "a log.txt")],
        wildcards={"target": "bts", "n_train": "100"},
        resources={"mem_mb": 3000, "runtime": 240, "gpu": 1},
    )


def read(tmp_path):
    return json.loads((tmp_path / "a log.json").read_text())


def test_a_record_says_what_was_asked_given_and_used(tmp_path, script):
    with recorded(script):
        assert not list(tmp_path.iterdir())
    record = read(tmp_path)
    assert list(record) == [*RECORD_COLUMNS, ENDED_WELL, "packages"]
    assert record.pop("packages")["numpy"] == version("numpy")
    assert 0 <= record.pop("wall_s") < 60
    assert 5 < record.pop("mem_max_mb") < 100_000
    assert record == {
        "rule": "fine_tune",
        "unit": "bts n100",
        "jobid": "812",
        "host": "gpu2",
        "gpu": "GPU 0",
        "mem_req_mb": 3000,
        "time_req_s": 240 * 60,
        "queue_s": 42.0,
        "ended_well": True,
    }
    assert [path.name for path in tmp_path.iterdir()] == ["a log.json"]


@pytest.mark.parametrize("error", [DataError, KeyboardInterrupt, SystemExit])
def test_a_job_that_fails_is_recorded_as_failed(tmp_path, script, error):
    with pytest.raises(error), recorded(script):
        raise error("a reason")
    assert read(tmp_path)["ended_well"] is False
    assert read(tmp_path)["mem_max_mb"] > 5


def test_what_is_not_known_is_null(tmp_path, script):
    script.resources = {"runtime": "TBD"}
    with recorded(script):
        pass
    assert read(tmp_path)["mem_req_mb"] is None
    assert read(tmp_path)["time_req_s"] is None


def test_a_job_that_is_killed_leaves_no_record_of_an_earlier_one(tmp_path, script):
    with recorded(script):
        pass
    if (child := os.fork()) == 0:
        with recorded(script):
            os._exit(9)  # no `finally` runs, as when it is killed
    os.waitpid(child, 0)
    assert not (tmp_path / "a log.json").exists()


def unanswered():
    raise OSError("no /proc here")


@pytest.mark.parametrize("broken", ["current_allocation", "PeakMemory", "_write"])
def test_a_failure_to_record_harms_no_job(
    tmp_path, script, broken, monkeypatch, caplog
):
    monkeypatch.setattr(job_records, broken, lambda *_: unanswered())
    done = []
    with caplog.at_level(logging.WARNING), recorded(script):
        done.append(True)
    assert done
    assert "no /proc here" in caplog.text
    assert (broken == "_write") or read(tmp_path)["ended_well"]


def test_a_log_that_cannot_be_written_beside_harms_no_job(tmp_path, script):
    script.log = [str(tmp_path / "no such folder" / "log.txt")]
    with recorded(script):
        pass


@pytest.mark.parametrize(
    ("wildcards", "name"),
    [
        ({"target": "bts", "n_train": "100", "seed": "3"}, "bts n100 seed3"),
        ({"source": "ztf_sims", "seed": "0"}, "ztf_sims seed0"),
        ({"dataset": "lsst_sims", "part": "12"}, "lsst_sims part12"),
        ({"figure": "fig1_left"}, "fig1_left"),
        ({}, ""),
    ],
)
def test_units_are_named_by_their_wildcards(wildcards, name):
    assert unit_name(wildcards) == name
