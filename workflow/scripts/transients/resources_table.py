"""What the jobs of a run asked for and used, so that a profile can be tightened."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from transients.job_records import ENDED_WELL, RECORD_COLUMNS
from transients.slurm_accounting import Usage

MARGIN = 1.5
"""Times what was used at most is what a request need not exceed."""
LEAST_AND_STEP = {"mem_mb": (600, 100), "runtime": (5, 5)}
"""Least and step of requests that are advised [MiB, min]: Snakemake takes some, too."""
SAMPLED_FROM = 60.0
"""Run time [s] from which Slurm has surely looked at a job's memory: by default it
does each 30 s."""

WITHOUT = ("compare_resources", "record_provenance", "write_pages")
"""Rules that the table leaves out: itself, and those that run after it and so have no
record yet, or that of a run before."""

MEASURED = ["mem_req_mb", "mem_max_mb", "time_req_s", "wall_s", "queue_s"]


def read_records(logs: Path, without: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return the records of the jobs that ended well whose logs are in this folder.

    Records of the rules `without` are left out, and those of another configuration,
    whose logs are in a folder of their own inside this one.
    """
    records = []
    for path in sorted(logs.rglob("*.json")):
        record = _read(path)
        first = path.relative_to(logs).parts[0].removesuffix(".json")
        if record is None or not record["rule"].startswith(first):
            continue
        if record[ENDED_WELL] and record["rule"] not in without:
            records.append(record)
    return records


def _read(path: Path) -> dict[str, Any] | None:
    """Return a record; None if the file is something else."""
    try:
        record = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    whole = isinstance(record, dict) and {*RECORD_COLUMNS, ENDED_WELL} <= set(record)
    return record if whole else None


def job_ids(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the Slurm jobs that were one job of the workflow each.

    What Slurm counts for a job that holds several, as a group or a run inside an
    allocation does, tells nothing of one of them.
    """
    ids = pd.Series([record["jobid"] for record in records], dtype=object).dropna()
    return sorted(ids[~ids.duplicated(keep=False)])


def resources_table(
    records: Sequence[Mapping[str, Any]], usage: Mapping[str, Usage]
) -> pd.DataFrame:
    """Return one row a job, sorted by rule and unit.

    Memory is in MiB, times in s, rounded up. Where `usage` has the job, memory, wall
    and queue time are Slurm's; what Slurm does not know is the record's, and so is the
    memory, if it is larger, of a job too short for Slurm to have looked.
    """
    rows = [{**record, **_counted(record, usage)} for record in records]
    rows.sort(key=lambda row: (row["rule"], _natural(row["unit"]), str(row["jobid"])))
    table = pd.DataFrame(rows, columns=RECORD_COLUMNS)
    for column in MEASURED:
        numbers = pd.to_numeric(table[column]).astype(float)
        table[column] = np.ceil(numbers).astype("Int64")
    return table


def _counted(record: Mapping[str, Any], usage: Mapping[str, Usage]) -> dict[str, Any]:
    slurm = usage.get(record["jobid"])
    if slurm is None:
        return {}
    known = {name: value for name, value in vars(slurm).items() if value is not None}
    own = record["mem_max_mb"]
    if own is not None and (slurm.wall_s or 0.0) < SAMPLED_FROM:
        known["mem_max_mb"] = max(known.get("mem_max_mb", 0.0), own)
    return known


def _natural(name: str) -> list[tuple[int, str]]:
    """A key that puts n100 before n1000 and part9 before part10."""
    return [
        (int(part), "") if part.isdigit() else (-1, part)
        for part in re.split(r"(\d+)", name)
    ]


def summarise_rules(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a rule: the largest of what its jobs asked for and used.

    advice says which request could be lowered, or should be raised, to what was used
    and half as much again, in the words of a profile (mem_mb [MiB], runtime [min]).
    """
    groups = table.groupby("rule", sort=True)
    summary = groups[MEASURED].max()
    summary.insert(0, "jobs", groups.size())
    minutes = summary[["time_req_s", "wall_s"]].astype("Float64") / 60
    memory = _advice("mem_mb", summary["mem_req_mb"], summary["mem_max_mb"])
    runtime = _advice("runtime", minutes["time_req_s"], minutes["wall_s"])
    both = ["; ".join(filter(None, pair)) for pair in zip(memory, runtime, strict=True)]
    return summary.assign(advice=both).reset_index()


def _advice(name: str, asked: pd.Series, used: pd.Series) -> list[str]:
    """What should be done to a request of each rule, nothing where it is right."""
    least, step = LEAST_AND_STEP[name]
    advice = []
    for request, most in zip(asked, used, strict=True):
        if pd.isna(request) or pd.isna(most):
            advice.append("")
            continue
        enough = max(least, step * math.ceil(MARGIN * most / step))
        verb = "raise" if most > request else "lower" if enough < request else ""
        advice.append(f"{verb} {name} to {enough}" if verb else "")
    return advice
