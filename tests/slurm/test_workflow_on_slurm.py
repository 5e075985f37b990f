"""The complete workflow through a real Slurm with the profile that users are given."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from command_line import ROOT, TINY, said, snakemake
from shipped_profile import write_profile

# What TINY takes through Slurm; all else runs where Snakemake was started.
JOBS = {
    **{"ingest": 3, "encode": 3, "sheets": 3, "pretrain": 2},
    **{"extract_features": 3, "score_target": 1, "measure_coverage": 2},
    **{"classify_bts": 1, "classify_lsst_sims": 1},
    **{"fine_tune_bts": 2, "fine_tune_lsst_sims": 1},
    **{
        "find_misclassified": 2,
        "score_since_trigger": 2,
        "embed_objects": 2,
        "tables": 1,
    },
}
ON_A_GPU = {"pretrain", "fine_tune_lsst_sims"}
OF_SCIENCE = ["performance.csv", "performance.md", "class_counts.csv", "dropped.csv"]


def on_slurm(cluster, folder, profile, *arguments):
    """Run the workflow in a folder, with a profile that write_profile wrote."""
    command = [sys.executable, Path(__file__).parent / "brisk_snakemake.py", *arguments]
    command += ["--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["--configfile", TINY, "--profile", profile]
    return subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **cluster.env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("profiles") / "slurm"
    write_profile(folder, {})
    return folder


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    folder = tmp_path_factory.mktemp("local")
    wanted = [f"results/tables/{name}" for name in OF_SCIENCE]
    process = snakemake(folder, *wanted, "--configfile", TINY, "--cores", 2)
    assert process.returncode == 0, said(process)
    return folder


@pytest.fixture(scope="module")
def run(cluster, profile, tmp_path_factory):
    folder = tmp_path_factory.mktemp("on slurm")  # a space in the path, as users have
    options = ("--config", "missing_gpu=warn")  # the GPUs of this cluster are none
    process = on_slurm(cluster, folder, profile, "all", *options)
    assert process.returncode == 0, said(process)
    return folder


@pytest.fixture(scope="module")
def jobs(cluster, run):
    """Slurm's own account of the run: one row a job, by rule or group."""
    run_id = re.search(r"SLURM run ID: (\S+)", log_of(run))[1]
    fields = ["JobID", "Partition", "State", "ReqTRES", "AllocTRES", "ReqMem"]
    fields += ["Comment", "Timelimit"]
    rows = pd.DataFrame(
        cluster.sacct("--allocations", f"--name={run_id}", fields=fields)
    )
    names = "|".join(sorted(JOBS, key=len, reverse=True))
    rows["rule"] = rows["Comment"].str.extract(f"(?:rule|group)_({names})")
    return rows


def log_of(run):
    return "".join(
        path.read_text() for path in sorted((run / ".snakemake/log").glob("*.log"))
    )


def test_few_jobs_do_all_the_work(jobs):
    assert Counter(jobs["rule"]) == JOBS
    assert set(jobs["State"]) == {"COMPLETED"}


def test_who_asks_for_a_gpu_gets_one_and_nobody_else_does(jobs):
    for job in jobs.itertuples():
        for resources in (job.ReqTRES, job.AllocTRES):
            assert ("gres/gpu=1" in resources) == (job.rule in ON_A_GPU), job
        assert job.Partition == ("gpu" if job.rule in ON_A_GPU else "cpu")


@pytest.mark.parametrize("table", OF_SCIENCE)
def test_tables_are_those_of_a_local_run_bit_for_bit(run, local, table):
    ours, theirs = (folder / "results/tables" / table for folder in (run, local))
    assert ours.read_bytes() == theirs.read_bytes()


def test_units_are_those_of_a_local_run_bit_for_bit(run, local):
    units = sorted(path.relative_to(run) for path in run.glob("results/units/*/*/*"))
    assert len(units) == 8
    for unit in units:
        for table in ("scores", "predictions"):
            ours, theirs = (
                (folder / unit / f"{table}.parquet").read_bytes()
                for folder in (run, local)
            )
            assert ours == theirs, unit


def test_every_unit_says_where_it_ran(run, jobs):
    training = pd.read_parquet(run / "results/tables/training.parquet")
    fine_tuning = jobs[jobs["rule"].str.startswith(("fine_tune", "classify"))]
    assert set(training["slurm_job_id"]) == set(fine_tuning["JobID"])
    assert (training["queue_seconds"] >= 0).all()
    assert (training["wall_seconds"] > training["seconds"]).all()
    lsst = training.query("target == 'lsst_sims' and n_train > 0")
    assert set(lsst["host"]) <= {"gpu1", "gpu2"}


def test_resources_compare_what_was_asked_for_with_what_was_used(run, jobs):
    resources = pd.read_csv(run / "results/tables/resources.csv", dtype={"jobid": str})
    assert list(resources) == [
        *["rule", "unit", "jobid", "host", "gpu", "mem_req_mb", "mem_max_mb"],
        *["time_req_s", "wall_s", "queue_s"],
    ]
    assert set(jobs["JobID"]) == set(resources["jobid"])
    used = resources.query("rule.str.startswith('fine_tune')")
    assert (used["mem_max_mb"] < used["mem_req_mb"]).all()
    assert (used["mem_max_mb"] > 500).all()
    assert (used["wall_s"] < used["time_req_s"]).all()
    on_a_gpu = resources[resources["rule"].isin(ON_A_GPU)]
    assert on_a_gpu["gpu"].notna().all()
    assert resources.drop(on_a_gpu.index)["gpu"].isna().all()


def test_second_run_has_nothing_to_do(cluster, run, profile):
    options = ("--config", "missing_gpu=warn")  # as it ran: provenance.json tells
    process = on_slurm(cluster, run, profile, "all", "-n", *options)
    assert "Nothing to be done" in said(process)


def test_a_gpu_that_tensorflow_does_not_see_stops_the_job(cluster, run, profile):
    target = "results/sources/ztf_sims/seed0/classifier.keras"
    options = ("--forcerun", "pretrain", "--retries", 0)
    process = on_slurm(cluster, run, profile, target, *options)
    assert process.returncode != 0
    assert "this job was given" in said(process)
    assert "TensorFlow sees no GPU" in said(process)
    assert "--require-hashes -r envs/gpu.txt" in said(process)
    assert "Traceback" not in said(process)
