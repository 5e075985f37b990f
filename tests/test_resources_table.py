"""What jobs asked for and used: records written by hand, and a played sacct."""

import json

import pytest
from programs import play

from transients.job_records import ENDED_WELL, RECORD_COLUMNS
from transients.resources_table import (
    job_ids,
    read_records,
    resources_table,
    summarise_rules,
)
from transients.slurm_accounting import Usage, usage_of

COLUMNS = [
    *("rule", "unit", "jobid", "host", "gpu", "mem_req_mb", "mem_max_mb"),
    *("time_req_s", "wall_s", "queue_s"),
]


def record(**changes):
    known = {
        "rule": "fine_tune_bts",
        "unit": "bts n100",
        "jobid": "812",
        "host": "gpu2",
        "gpu": "NVIDIA H200",
        "mem_req_mb": 3000,
        "mem_max_mb": 900,
        "time_req_s": 14400,
        "wall_s": 120.2,
        "queue_s": 3.0,
        ENDED_WELL: True,
    }
    return known | changes


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def test_records_are_those_of_this_runs_jobs_that_ended_well(tmp_path):
    logs = tmp_path / "my logs"
    write(logs / "fine_tune/bts/n100/job.json", record())
    write(logs / "ingest/bts/part3.json", record(rule="ingest_part"))
    write(logs / "check_claims.json", record(rule="check_claims"))
    write(logs / "compare_resources.json", record(rule="compare_resources"))
    write(logs / "encode/bts.json", record(rule="encode", **{ENDED_WELL: False}))
    write(logs / "bts_real/encode/bts.json", record(rule="encode"))  # another run's
    write(logs / "encode/notes.json", {"rule": "encode"})
    write(logs / "encode/half.json", '{"rule": "enc')
    rules = [one["rule"] for one in read_records(logs, without=["compare_resources"])]
    assert sorted(rules) == ["check_claims", "fine_tune_bts", "ingest_part"]


def test_one_row_a_job_in_natural_order():
    units = ["bts n1000", "bts n100", "bts n20"]
    records = [record(unit=unit, jobid=None) for unit in units]
    table = resources_table([*records, record(rule="encode", unit="bts")], {})
    assert list(table) == COLUMNS == RECORD_COLUMNS
    assert table["rule"].tolist() == ["encode"] + 3 * ["fine_tune_bts"]
    assert table["unit"].tolist() == ["bts", "bts n20", "bts n100", "bts n1000"]
    assert table["wall_s"].tolist() == 4 * [121]


def test_slurms_numbers_count_where_it_has_them():
    usage = {"812": Usage(2048.5, 300.0, 60.0), "813": Usage(None, 300.0, None)}
    known, partly = resources_table([record(), record(jobid="813")], usage).to_dict(
        "records"
    )
    assert (known["mem_max_mb"], known["wall_s"], known["queue_s"]) == (2049, 300, 60)
    assert (partly["mem_max_mb"], partly["wall_s"], partly["queue_s"]) == (900, 300, 3)
    assert known["mem_req_mb"] == 3000


@pytest.mark.parametrize(
    ("sampled", "wall", "memory"),
    [(1.5, 59.0, 900), (950.0, 59.0, 950), (850.0, 60.0, 850)],
)
def test_slurm_has_hardly_seen_the_memory_of_a_short_job(sampled, wall, memory):
    table = resources_table([record()], {"812": Usage(sampled, wall, 0.0)})
    assert table["mem_max_mb"].item() == memory


def test_a_slurm_job_that_held_several_tells_nothing_of_one():
    shared = [record(unit="a"), record(unit="b")]
    assert job_ids([*shared, record(jobid="9"), record(jobid=None)]) == ["9"]


def test_what_is_not_known_is_empty(tmp_path):
    nothing = dict.fromkeys(RECORD_COLUMNS)
    table = resources_table(
        [nothing | {"rule": "encode", "unit": "", ENDED_WELL: True}], {}
    )
    table.to_csv(tmp_path / "a table.csv", index=False)
    assert (tmp_path / "a table.csv").read_text().splitlines()[1] == "encode" + 9 * ","
    assert list(resources_table([], {})) == COLUMNS


def test_the_summary_says_what_could_be_asked_for():
    records = [
        record(unit="a", mem_max_mb=1210, wall_s=130.0),
        record(unit="b", mem_max_mb=900, wall_s=6000.0, queue_s=50.0),
        record(rule="encode", mem_req_mb=4000, mem_max_mb=4100, wall_s=None),
        record(rule="pretrain", mem_max_mb=2500, time_req_s=600, wall_s=500.0),
        record(rule="draw", mem_req_mb=500, mem_max_mb=200, time_req_s=300, wall_s=1.0),
    ]
    summary = summarise_rules(resources_table(records, {})).set_index("rule")
    advice = summary["advice"].to_dict()
    # 1.5 * 1210 = 1815, 1.5 * 6000 s = 150 min; 1.5 * 4100 = 6150
    assert advice.pop("fine_tune_bts") == "lower mem_mb to 1900; lower runtime to 150"
    assert advice.pop("encode") == "raise mem_mb to 6200"
    assert advice == {"pretrain": "", "draw": ""}  # tight, and as little as makes sense
    assert summary.loc["fine_tune_bts", ["jobs", "mem_max_mb", "queue_s"]].tolist() == [
        *(2, 1210, 50)
    ]


SAID_BY_SACCT = """\
4|FAILED|1795436836|1795436842|0|
4.batch|FAILED|1795436842|1795436842|0|
5|PENDING|1795436832|Unknown|0|
7|COMPLETED|1795436870|1795436871|6|
7.batch|COMPLETED|1795436871|1795436871|6|10648K
7.0|COMPLETED|1795436871|1795436871|6|1076568K
8_2|COMPLETED|1795436870|1795436871|5|
8_2.batch|COMPLETED|1795436871|1795436871|5|10592K
8_2.0|COMPLETED|1795436871|1795436871|5|1076564K
8_1|COMPLETED|1795436874|1795436880|5|
8_1.batch|COMPLETED|1795436880|1795436880|5|10688K
8_1.0|COMPLETED|1795436880|1795436880|5|1076416K
"""
"""Of a Slurm 22.05.8, with SLURM_TIME_FORMAT=%s; 8 is an array, 8_1 was requeued."""


def test_sacct_is_asked_once_and_understood(tmp_path, monkeypatch):
    calls = play(tmp_path / "a bin", monkeypatch, "sacct", SAID_BY_SACCT)
    assert usage_of(["8_1", "7", "4", "5", "8_2", "7"]) == {
        "7": Usage(pytest.approx(1051.3, abs=0.05), 6.0, 1.0),
        "8_1": Usage(pytest.approx(1051.2, abs=0.05), 5.0, 6.0),
        "8_2": Usage(pytest.approx(1051.3, abs=0.05), 5.0, 1.0),
    }
    assert calls.read_text() == (
        "%s --noheader --parsable2 --jobs=4,5,7,8_1,8_2"
        " --format=JobID,State,Submit,Start,ElapsedRaw,MaxRSS\n"
    )


@pytest.mark.parametrize(
    ("said", "memory"),
    [("", None), ("0", None), ("1.50G", 1536.0), ("900M", 900.0), ("1048576", 1.0)],
)
def test_memory_is_read_in_every_unit(tmp_path, monkeypatch, said, memory):
    job = f"sacct: a warning\n7|COMPLETED|10|30|5|\n7.0|COMPLETED|30|30|5|{said}\n"
    play(tmp_path / "bin", monkeypatch, "sacct", job)
    assert usage_of(["7"]) == {"7": Usage(memory, 5.0, 20.0)}


def test_many_jobs_are_asked_for_in_parts(tmp_path, monkeypatch):
    calls = play(tmp_path / "bin", monkeypatch, "sacct", "")
    assert usage_of([str(number) for number in range(2001)]) == {}
    assert len(calls.read_text().splitlines()) == 3


def test_without_accounting_and_without_jobs_nothing_is_known(tmp_path, monkeypatch):
    said = "Slurm accounting storage is disabled\n"
    calls = play(tmp_path / "bin", monkeypatch, "sacct", said, status=1)
    assert usage_of(["7"]) == {}
    calls.unlink()
    assert usage_of([]) == {}
    assert not calls.exists()
