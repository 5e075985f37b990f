"""Memory of processes that are really there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from transients import peak_memory
from transients.peak_memory import (
    PeakMemory,
    largest_size,
    snakemakes_above,
    started_by,
)

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="looks into /proc"
)
MIB = 1 << 20
HOLD = "held = bytearray({n} << 20); print(flush=True); input()"
"""A program that takes n MiB, says so, and waits for its input to end."""


@pytest.fixture
def hold():
    """Return what starts a process that takes some MiB; all end with the test."""
    processes = []

    def start(mebibytes, program=HOLD, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-c", program.format(n=mebibytes), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        processes.append(process)
        process.stdout.readline()
        return process

    yield start
    for process in processes:
        process.communicate()


def test_memory_that_was_given_back_counts(hold):
    freed = "held = bytearray({n} << 20); del held; print(flush=True); input()"
    assert 60 < largest_size(hold(60, freed).pid) / 1024 < 100
    assert largest_size(2**22 + 1) == 0  # no such process


def test_processes_that_live_at_once_add_up(hold):
    memory = PeakMemory()
    alone = PeakMemory().end()
    for _ in range(3):
        hold(50)
    assert memory.end() > alone + 150


def test_descendants_of_descendants_count(hold):
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLD!r}])"
    child = hold(50, nested)
    (grandchild,) = started_by(child.pid)
    assert largest_size(grandchild) > 50 * 1024
    assert {child.pid, grandchild} <= set(started_by(os.getpid()))


def test_what_is_above_counts_up_to_the_topmost_snakemake(tmp_path, monkeypatch):
    """10 is slurmstepd, 20 and 40 are Snakemake, 30 is a shell, 50 the job."""
    commands = {10: "slurmstepd: [812.0]", 20: "python\0-m\0snakemake\0", 30: "sh\0-c"}
    commands |= {40: "python\0-m\0snakemake\0--nocolor", 50: "python\0encode.py"}
    for number, command in commands.items():
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "cmdline").write_text(command)
        parent = number - 10 or 1
        (folder / "status").write_text(f"Name:\tx\nPPid:\t{parent}\nVmHWM:\t9 kB\n")
    monkeypatch.setattr(peak_memory, "PROC", str(tmp_path))
    assert snakemakes_above(50) == [40, 30, 20]
    assert snakemakes_above(20) == []
    assert largest_size(20) == 9


def test_the_watcher_ends_in_silence_with_a_job_that_is_killed():
    job = (
        "import os, signal; from transients.peak_memory import PeakMemory;"
        "memory = PeakMemory(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    process = subprocess.run(
        [sys.executable, "-c", job],
        env={**os.environ, "PYTHONPATH": str(Path(peak_memory.__file__).parents[1])},
        stderr=subprocess.PIPE,  # the watcher has it, too: its end is waited for
        timeout=20,
        check=False,
    )
    assert (process.returncode, process.stderr) == (-9, b"")


def test_a_watcher_that_was_killed_is_unknown_memory():
    memory = PeakMemory()
    memory._watcher.kill()
    assert memory.end() is None
