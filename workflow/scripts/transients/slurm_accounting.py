"""What Slurm itself counted for jobs that have ended, asked of its `sacct`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from transients.allocation import answer_of

FIELDS = ("JobID", "State", "Submit", "Start", "ElapsedRaw", "MaxRSS")
AT_ONCE = 1000  # job ids in one call: a command line has its limits
PATIENCE = 120.0  # [s], a busy database may be slow
MEBIBYTES = {"": 2**-20, "K": 2**-10, "M": 1.0, "G": 2.0**10, "T": 2.0**20}


@dataclass(frozen=True)
class Usage:
    """What Slurm counted for a job: None where it does not know.

    mem_max_mb is the largest resident memory of one of its steps [MiB], as sampled;
    wall_s and queue_s [s] are its run time and its wait, of its last start if it was
    put back into the queue.
    """

    mem_max_mb: float | None
    wall_s: float | None
    queue_s: float | None


def usage_of(job_ids: Collection[str]) -> dict[str, Usage]:
    """Return what Slurm counted for each of these jobs that it knows as completed."""
    ids = sorted(set(job_ids))
    usage: dict[str, Usage] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ",".join(ids[start : start + AT_ONCE])
        command = ["sacct", "--noheader", "--parsable2", f"--jobs={some}"]
        told = answer_of([*command, f"--format={','.join(FIELDS)}"], PATIENCE)
        usage |= dict(_usages(told or ""))
    return usage


def _usages(told: str) -> Iterator[tuple[str, Usage]]:
    """Read the lines of sacct: one for each job, then one for each of its steps."""
    split = [line.split("|") for line in told.splitlines()]
    rows = [dict(zip(FIELDS, r, strict=True)) for r in split if len(r) == len(FIELDS)]
    steps: dict[str, list[float]] = {}
    for row in rows:
        job, dot, _ = row["JobID"].partition(".")
        if dot and (memory := _mebibytes(row["MaxRSS"])):
            steps.setdefault(job, []).append(memory)
    for row in rows:
        job = row["JobID"]
        if "." not in job and row["State"] == "COMPLETED":
            memory = max(steps.get(job, []), default=None)
            yield job, Usage(memory, _number(row["ElapsedRaw"]), _wait(row))


def _wait(row: dict[str, str]) -> float | None:
    submitted, started = _number(row["Submit"]), _number(row["Start"])
    return None if submitted is None or started is None else started - submitted


def _number(text: str) -> float | None:
    return float(text) if text.replace(".", "", 1).isdigit() else None


def _mebibytes(text: str) -> float | None:
    """Memory as sacct writes it: 812K, 1.5G, or bytes without a letter."""
    digits = text.rstrip("KMGT")
    number = _number(digits)
    return None if number is None else number * MEBIBYTES[text[len(digits) :]]
