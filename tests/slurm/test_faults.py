"""Faults in the middle of a run on a real Slurm, with the profile that users are given.

Whatever fails, what was finished is not repeated, and the tables are those of an
undisturbed run, bit for bit.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster import Cluster
from command_line import TINY, said, snakemake
from faulty_run import (
    FAULTS,
    PATIENCE,
    PAUSE,
    RESULTS,
    SEEDS,
    SIZES,
    FaultyRun,
    HalfDone,
)
from processes import wait_until

FIRST, OTHER = SIZES
TOO_LITTLE = 700  # [MB] for one worker, which twice as much is plenty for
ROOM = 64  # [kB] of a small file system; the model input has some 100


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on this machine alone."""
    folder = tmp_path_factory.mktemp("undisturbed")
    tables = [f"results/tables/{name}" for name in RESULTS]
    process = snakemake(folder, "--configfile", TINY, FAULTS, "--cores", 2, *tables)
    assert process.returncode == 0, said(process)
    return folder


@pytest.fixture
def run(healthy: Cluster, undisturbed: Path, tmp_path: Path) -> Iterator[FaultyRun]:
    run = FaultyRun(tmp_path, healthy, undisturbed)
    yield run
    run.end()


@pytest.fixture
def little_room(tmp_path: Path) -> Iterator[Path]:
    """A file system that the model input does not fit in."""
    folder = tmp_path / "little_room"
    folder.mkdir()
    size = f"size={ROOM}k"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def states(run: FaultyRun, size: int) -> list[str]:
    return [row["State"].split()[0] for row in run.attempts(size)]


def seconds(limit: str) -> int:
    """A limit as sacct tells it, [days-]hours:minutes:seconds."""
    days, _, clock = limit.rpartition("-")
    hours, minutes, rest = map(int, clock.split(":"))
    return ((int(days or 0) * 24 + hours) * 60 + minutes) * 60 + rest


def megabytes(memory: str) -> float:
    """Memory as sacct tells it."""
    return float(memory[:-1]) * {"M": 1, "G": 1024}[memory[-1]]


def test_a_unit_whose_process_is_killed_is_trained_again_alone(run: FaultyRun) -> None:
    scratch = run.home / "scratch"
    scratch.mkdir()
    side_by_side = {"fine_tune_bts": {"cpus_per_task": 2, "mem_mb": 3000}}
    run.prepare(
        {"set-resources": side_by_side, "default-resources": {"scratch": str(scratch)}}
    )
    run.start()
    half_done = run.wait_until_half_done(seed=2)
    os.kill(half_done.trainer, signal.SIGKILL)
    run.finish()
    assert states(run, FIRST) == ["FAILED", "COMPLETED"]
    assert states(run, OTHER) == ["COMPLETED"]
    assert run.finished_before(FIRST) == SEEDS - 1
    assert not list(scratch.iterdir())
    run.check(half_done)


def test_a_job_that_hangs_runs_out_of_time_and_gets_more(run: FaultyRun) -> None:
    run.prepare()
    run.start()
    half_done = run.wait_until_half_done()
    first = run.attempts(FIRST)[-1]  # as it was asked for
    os.kill(half_done.trainer, signal.SIGSTOP)
    run.cluster.exhaust_time(half_done.job)
    run.finish()
    assert states(run, FIRST) == ["TIMEOUT", "COMPLETED"]
    second = run.attempts(FIRST)[-1]
    assert seconds(second["Timelimit"]) > seconds(first["Timelimit"])
    assert megabytes(second["ReqMem"]) > megabytes(first["ReqMem"])
    run.check(half_done)


def test_a_job_out_of_memory_gets_more(run: FaultyRun) -> None:
    little = {"fine_tune_bts": {"mem_mb": f"{TOO_LITTLE} * attempt"}}
    run.prepare({"set-resources": little})
    unit = f"results/finished/bts/n{FIRST}/seed0"
    shutil.copytree(run.undisturbed / unit, run.folder / unit)
    half_done = HalfDone(run.kept(), 1)
    run.start()
    run.finish()
    for size in SIZES:
        assert states(run, size) == ["FAILED", "COMPLETED"]
        first, second = run.attempts(size)
        assert megabytes(second["ReqMem"]) == 2 * megabytes(first["ReqMem"])
    assert "Exceeded job memory limit" in run.printed()
    run.check(half_done)


def test_jobs_whose_node_fails_run_again_on_another(run: FaultyRun) -> None:
    run.prepare()
    run.start()
    half_done = run.wait_until_half_done()
    run.cluster.lose(run.attempts(FIRST)[-1]["NodeList"])
    run.finish()
    for size in SIZES:
        assert states(run, size) == ["NODE_FAIL", "COMPLETED"], "twins, or no retry"
    first, second = run.attempts(FIRST)
    assert {first["NodeList"], second["NodeList"]} == {"cpu1", "cpu2"}
    run.check(half_done)


def test_a_job_that_is_cancelled_is_tried_again(run: FaultyRun) -> None:
    run.prepare()
    run.start()
    half_done = run.wait_until_half_done()
    run.cluster.run("scancel", half_done.job)
    run.finish()
    assert states(run, FIRST) == ["CANCELLED", "COMPLETED"]
    assert states(run, OTHER) == ["COMPLETED"]
    run.check(half_done)


def test_after_a_crash_of_snakemake_a_new_run_goes_on(run: FaultyRun) -> None:
    run.prepare()
    run.start()
    half_done = run.wait_until_half_done()
    run.kill()
    run.cluster.run("scancel", f"--name={run.run_ids[0]}")
    wait_until_jobs_end(run)
    unlock_and_start(run)
    run.finish()
    assert states(run, FIRST) == ["CANCELLED", "COMPLETED"]
    run.check(half_done)


def test_jobs_that_outlive_snakemake_do_no_harm_to_a_new_run(run: FaultyRun) -> None:
    """They train what the new run's jobs train, and write where those write."""
    run.prepare()
    run.start()
    half_done = run.wait_until_half_done()
    run.kill()
    run.cluster.scontrol("suspend", half_done.job)  # until its twin is at work, too
    unlock_and_start(run)
    run.wait_until(lambda: len(run.trainers(FIRST, 1)) == 2, "there is no twin")
    run.cluster.scontrol("resume", half_done.job)
    run.finish()
    wait_until_jobs_end(run)
    assert states(run, FIRST) == ["COMPLETED"] * 2
    run.check(half_done)


def test_scratch_without_room_is_done_without(
    run: FaultyRun, little_room: Path
) -> None:
    run.prepare({"default-resources": {"scratch": str(little_room)}})
    run.start()
    run.finish()
    check_warned(run)
    assert not list(little_room.iterdir())


def test_nodes_without_room_for_temporary_files_are_good_enough(
    run: FaultyRun, little_room: Path
) -> None:
    (little_room / "others").write_bytes(bytes(ROOM * 1024))
    run.set_on_nodes("TMPDIR", str(little_room))
    run.prepare({"default-resources": {"scratch": "$TMPDIR"}})
    run.start()
    run.finish()
    check_warned(run)
    assert [path.name for path in little_room.iterdir()] == ["others"]


def check_warned(run: FaultyRun) -> None:
    for size in SIZES:
        assert states(run, size) == ["COMPLETED"]
        log = (run.folder / f"logs/fine_tune/bts/n{size}/job.log").read_text()
        assert "scratch is not used" in log
        assert "No space left on device" in log
        assert "little_room" in log
    run.check(HalfDone({}, 0))


def wait_until_jobs_end(run: FaultyRun) -> None:
    queue = ("squeue", "--noheader", f"--name={','.join(run.run_ids)}")
    wait_until(
        lambda: not run.cluster.run(*queue),
        lambda: f"jobs do not end: {run.cluster.run(*queue)}",
        PATIENCE,
        PAUSE,
    )


def unlock_and_start(run: FaultyRun) -> None:
    """What the manual says: unlock, and give the same command again."""
    run.start("--unlock")
    run.finish()
    run.start()
