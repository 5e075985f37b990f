"""What each job asked for and used, as one JSON record beside its log."""

from __future__ import annotations

import json
import logging
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from transients.allocation import Allocation, current_allocation, gpu_names
from transients.peak_memory import PeakMemory

RECORD_COLUMNS = [
    *("rule", "unit", "jobid", "host", "gpu", "mem_req_mb", "mem_max_mb"),
    *("time_req_s", "wall_s", "queue_s"),
]
ENDED_WELL = "ended_well"
PACKAGES = [
    *("astropy", "h5py", "jax", "keras", "light-curve", "matplotlib", "numpy"),
    *("pandas", "pyarrow", "scikit-learn", "scipy", "snakemake", "tensorflow", "torch"),
]

log = logging.getLogger(__name__)


class Recorded(Protocol):
    """What a record takes from the object `snakemake` that a script is given."""

    rule: str
    log: Sequence[str]
    wildcards: Mapping[str, str]
    resources: Mapping[str, int | str]


def record_path(log_path: str | Path) -> Path:
    """Return where the record of the job with this log is."""
    return Path(log_path).with_suffix(".json")


@contextmanager
def recorded(script: Recorded) -> Iterator[None]:
    """Write the record of a job when it ends, well or not.

    A job that is killed leaves none, and none of an earlier attempt. Time and memory
    are those of this block: see peak_memory for what memory means. A failure to
    measure or to record is a warning in the log and harms nothing.
    """
    record: dict[str, Any] = {}
    memory = None
    began = time.monotonic()
    try:
        record_path(script.log[0]).unlink(missing_ok=True)
        record = _asked_for(script) | _given(current_allocation())
        memory = PeakMemory()
    except Exception as error:
        log.warning("what this job uses is not fully recorded: %r", error)
    try:
        yield
        record[ENDED_WELL] = True
    finally:
        try:
            record["wall_s"] = round(time.monotonic() - began, 1)
            record["mem_max_mb"] = memory.end() if memory else None
            _write(record_path(script.log[0]), record)
        except Exception as error:
            log.warning("what this job used is not recorded: %r", error)


def _asked_for(script: Recorded) -> dict[str, Any]:
    runtime = script.resources.get("runtime")  # [min]
    return {
        "rule": script.rule,
        "unit": unit_name(script.wildcards),
        "mem_req_mb": script.resources.get("mem_mb"),
        "time_req_s": 60 * runtime if isinstance(runtime, int) else None,
    }


def _given(allocation: Allocation) -> dict[str, Any]:
    return {
        "jobid": allocation.job_id,
        "host": allocation.host,
        "gpu": gpu_names(allocation.gpus),
        "queue_s": allocation.queue_seconds,
    }


def unit_name(wildcards: Mapping[str, str]) -> str:
    """Return a job's wildcards in few words, as in "bts n100 seed3" or "ztf_sims"."""
    prefixes = {"n_train": "n"}
    return " ".join(
        f"{prefixes.get(name, name)}{value}" if str(value).isdigit() else str(value)
        for name, value in wildcards.items()
    )


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages of PACKAGES that are there."""
    there = {"python": platform.python_version()}
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            there[package] = version(package)
    return there


def _write(path: Path, record: Mapping[str, Any]) -> None:
    known = {name: record.get(name) for name in RECORD_COLUMNS}
    known[ENDED_WELL] = record.get(ENDED_WELL, False)
    known["packages"] = versions()
    draft = path.with_name(f".unfinished-{path.name}")
    try:
        draft.write_text(json.dumps(known, indent=1) + "\n")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
