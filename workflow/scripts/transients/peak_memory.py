"""Peak memory of a job: a small process beside it looks once a second.

What is measured: of every process that lives at the time of a look, the kernel's record
of its largest resident size (VmHWM) so far; of all looks, the largest sum. Since
processes need not peak together, and pages that they share count for each, it is an
upper bound. Processes are the job's, all that it started (workers that live at once add
up), and the Snakemake processes above it up to the cluster's step or the user's shell:
a cluster's limit counts those, too. Linux alone tells; elsewhere it is None.

This file is also that process's program, so it imports the standard library alone.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

INTERVAL = 1.0  # [s], between two looks
PATIENCE = 2.0  # [s], for the last answer: a cluster that ends a job gives little
PROC = "/proc"


class PeakMemory:
    """Watch the memory of this process and its relatives, from now to the end."""

    def __init__(self) -> None:
        program = [sys.executable, "-I", "-S", __file__, str(os.getpid())]
        self._watcher = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def end(self) -> int | None:
        """Stop watching and return the peak [MiB], rounded up; None if unknown."""
        try:
            told, _ = self._watcher.communicate("end\n", timeout=PATIENCE)
        except (OSError, subprocess.SubprocessError):
            self._watcher.kill()
            self._watcher.wait()
            return None
        kibibytes = int(told) if told.strip() else 0
        return -(-kibibytes // 1024) or None


def watch(job: int) -> int:
    """Look at a job until it says so, or is gone; return its peak memory [KiB]."""
    above = snakemakes_above(job)
    peak = 0
    ended = False
    while not ended and os.getppid() == job:
        ended = bool(select.select([sys.stdin], [], [], INTERVAL if peak else 0)[0])
        peak = max(peak, sum(map(largest_size, [*above, job, *started_by(job)])))
    return peak


def snakemakes_above(process: int) -> list[int]:
    """Return the ancestors up to the topmost one that runs Snakemake."""
    ancestors = []
    process = _parent(process)
    while process > 1:
        ancestors.append(process)
        process = _parent(process)
    while ancestors and "snakemake" not in _read(ancestors[-1], "cmdline"):
        ancestors.pop()
    return ancestors


def started_by(process: int) -> list[int]:
    """Return all living descendants of a process."""
    children = []
    try:
        for thread in os.listdir(f"{PROC}/{process}/task"):  # noqa: PTH208
            listed = _read(process, f"task/{thread}/children")
            children += [int(child) for child in listed.split()]
    except OSError:  # it is gone
        return []
    return children + [deeper for child in children for deeper in started_by(child)]


def largest_size(process: int) -> int:
    """Return the largest resident size [KiB] of a process so far; 0 if it is gone."""
    return int(_status(process, "VmHWM", "0"))


def _parent(process: int) -> int:
    return int(_status(process, "PPid", "0"))


def _status(process: int, name: str, default: str) -> str:
    for line in _read(process, "status").splitlines():
        if line.startswith(f"{name}:"):
            return line.split()[1]
    return default


def _read(process: int, name: str) -> str:
    try:
        return Path(PROC, str(process), name).read_text(errors="replace")
    except OSError:
        return ""


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the job: it ends us
        signal.signal(number, signal.SIG_IGN)
    answer = f"{watch(int(sys.argv[1]))}\n"
    with contextlib.suppress(BrokenPipeError):  # nobody is left to read it
        os.write(sys.stdout.fileno(), answer.encode())
