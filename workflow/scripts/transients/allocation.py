"""Where a job runs and what it was given there; imported by every job, so light."""

from __future__ import annotations

import os
import platform
import re
import socket
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATIENCE = 5.0  # [s], until a program of the cluster counts as not answering
NO_DEVICES = ("", "-1", "NoDevFiles")
"""What stands in CUDA_VISIBLE_DEVICES where there is no GPU for this job."""


@dataclass(frozen=True)
class Allocation:
    """The machine of a job and its share of it.

    job_id is Slurm's, ARRAY_TASK for a task of an array; None outside Slurm. gpus are
    the identifiers of the GPUs that the job was given, as CUDA_VISIBLE_DEVICES has
    them. queue_seconds [s] is the wait from submission to start; of a job that Slurm
    put back into the queue it is the last wait, since Slurm submits it anew then. None
    where that is not known.
    """

    host: str
    cpu: str
    job_id: str | None = None
    gpus: tuple[str, ...] = ()
    queue_seconds: float | None = None


@cache
def current_allocation() -> Allocation:
    """Return the allocation of this process; Slurm is asked once."""
    return allocation_of(os.environ)


def allocation_of(environment: Mapping[str, str]) -> Allocation:
    """Return the allocation that these environment variables tell of."""
    job_id = environment.get("SLURM_JOB_ID")
    return Allocation(
        host=environment.get("SLURMD_NODENAME") or socket.gethostname(),
        cpu=cpu_name(),
        job_id=_task_id(environment) or job_id,
        gpus=_gpus(environment),
        queue_seconds=_queue_seconds(job_id) if job_id else None,
    )


def _task_id(environment: Mapping[str, str]) -> str | None:
    array = environment.get("SLURM_ARRAY_JOB_ID")
    return f"{array}_{environment['SLURM_ARRAY_TASK_ID']}" if array else None


def _gpus(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Identifiers of the given GPUs; an empty CUDA_VISIBLE_DEVICES means none."""
    told = ("CUDA_VISIBLE_DEVICES", "SLURM_STEP_GPUS", "SLURM_JOB_GPUS")
    given = next((environment[name] for name in told if name in environment), "")
    return () if given.strip() in NO_DEVICES else tuple(given.strip().split(","))


def cpu_name(described: Path = Path("/proc/cpuinfo")) -> str:
    """Return the processor's model name, or its architecture where none is told."""
    try:
        model = re.search(r"^model name\s*: *(.+)$", described.read_text(), re.M)
    except OSError:
        model = None
    name = model[1].strip() if model else platform.processor()
    return name or platform.machine()


def gpu_names(gpus: Sequence[str]) -> str | None:
    """Return the models of these GPUs, "2 x" before what is there twice.

    Where the driver does not tell, their identifiers; None for no GPU.
    """
    if not gpus:
        return None
    query = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    told = answer_of([*query, f"--id={','.join(gpus)}"])
    names = Counter(line.strip() for line in (told or "").splitlines() if line.strip())
    if not names:
        return f"GPU {','.join(gpus)}"
    return ", ".join(f"{n} x {name}" if n > 1 else name for name, n in names.items())


def _queue_seconds(job_id: str) -> float | None:
    """Wait [s] of a running job in the queue; None if Slurm does not say."""
    told = answer_of(["scontrol", "--oneliner", "show", "job", job_id]) or ""
    submitted = re.search(r"\bSubmitTime=(\d+)", told)
    started = re.search(r"\bStartTime=(\d+)", told)
    return float(started[1]) - float(submitted[1]) if started and submitted else None


def answer_of(command: Sequence[str], patience: float = PATIENCE) -> str | None:
    """Return what a program prints, with Slurm's times in seconds since 1970.

    None if it is missing, fails, or does not answer within `patience` [s].
    """
    try:
        process = subprocess.run(
            command,
            env={**os.environ, "SLURM_TIME_FORMAT": "%s"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=patience,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return process.stdout
