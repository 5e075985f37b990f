"""A small run of the workflow on a real Slurm, for faults to be put in its way."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from cluster import Cluster
from command_line import ROOT, TINY
from processes import program, wait_until
from shipped_profile import write_profile

FAULTS = ROOT / "tests" / "config" / "faults.yaml"
SIZES = (20, 40)
SEEDS = 3
TABLES = ("history", "networks", "predictions", "scores", "training")
WITH_TIMES = ("history.parquet", "training.parquet")
RESULTS = ("performance.parquet", "performance.csv", "class_counts.csv", "dropped.csv")
PATIENCE = 600.0  # [s] that anything may take: the machine may be busy with other work
PAUSE = 0.1  # [s] between two looks
TAIL = 40  # lines of Snakemake's output that a failure shows
MADE_BY_FAULTY_RUNS = ("units", "finished", "tables")
Kept = dict[Path, tuple[int | str, ...]]
"""What changes of a finished unit, by its folder, if it is trained again: inode and
content of a table that has wall times in it, and, even if nothing is kept, its log.
"""


@dataclass(frozen=True)
class HalfDone:
    """A run in its middle: all that is kept, and how much of it of the first size.

    job and trainer are what is at work on that size, in Slurm and as a process.
    """

    kept: Kept
    count: int
    job: str = ""
    trainer: int = -1


@dataclass
class FaultyRun:
    """A copy of an undisturbed run that lacks its units and tables, and its makers."""

    home: Path
    cluster: Cluster
    undisturbed: Path
    environment: dict[str, str] = field(default_factory=dict)
    outputs: list[Path] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """Where Snakemake works."""
        return self.home / "a run"

    def prepare(self, changes: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        """Copy what is not under test, and the profile with these changes."""
        for name in ("results", ".snakemake"):
            shutil.copytree(self.undisturbed / name, self.folder / name)
        for name in MADE_BY_FAULTY_RUNS:
            shutil.rmtree(self.folder / "results" / name)
        write_profile(self.home / "profile", changes or {})

    def set_on_nodes(self, name: str, value: str) -> None:
        """Give all jobs an environment variable that Snakemake itself does not have."""
        wrapper = self.home / "bin/sbatch"
        wrapper.parent.mkdir()
        command = [f"{name}={shlex.quote(value)}", "exec", program("sbatch"), '"$@"']
        wrapper.write_text(f"#!/bin/sh\n{' '.join(command)}\n")
        wrapper.chmod(0o755)
        path = f"{wrapper.parent}{os.pathsep}{self.cluster.env['PATH']}"
        self.environment["PATH"] = path

    # -- Snakemake ---------------------------------------------------------------------

    def start(self, *options: str) -> None:
        """Start Snakemake as a user does, and do not wait for it."""
        self.outputs.append(self.home / f"snakemake{len(self.outputs)}.out")
        command = [sys.executable, Path(__file__).parent / "brisk_snakemake.py"]
        command += ["--snakefile", ROOT / "Snakefile", "--directory", self.folder]
        command += ["--configfile", TINY, FAULTS, "--profile", self.home / "profile"]
        command += [*options, "--", *(f"results/tables/{name}" for name in RESULTS)]
        with self.outputs[-1].open("wb") as output:
            self.process = subprocess.Popen(
                list(map(str, command)),
                cwd=ROOT,
                env={**os.environ, **self.cluster.env, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def finish(self) -> None:
        """Wait for Snakemake, which must succeed."""
        assert self.process is not None
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE)
        assert self.process.returncode == 0, self.told()

    def kill(self) -> None:
        """End Snakemake as a crash of its machine does; its jobs run on."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Leave nothing of Snakemake behind, however the test ended."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def printed(self) -> str:
        """All that Snakemake printed, each time that it was started."""
        return "".join(path.read_text(errors="replace") for path in self.outputs)

    def told(self) -> str:
        """The end of what Snakemake printed last, for a failure's message."""
        lines = self.outputs[-1].read_text(errors="replace").splitlines()[-TAIL:]
        return "\n    ".join(["Snakemake's output ends:", *lines])

    def wait_until(self, condition: Callable[[], bool], missing: str) -> None:
        """Wait for something that comes while Snakemake runs."""

        def holds() -> bool:
            assert self.process is not None
            ended = self.process.poll()
            assert ended is None, f"{missing}, and Snakemake has ended. {self.told()}"
            return condition()

        wait_until(holds, lambda: f"{missing}. {self.told()}", PATIENCE, PAUSE)

    # -- Slurm -------------------------------------------------------------------------

    @property
    def run_ids(self) -> list[str]:
        """What Snakemake calls its runs, and all their jobs."""
        return re.findall(r"SLURM run ID: (\S+)", self.printed())

    def attempts(self, size: int) -> list[dict[str, str]]:
        """Slurm's account of all jobs for this size, one that ran twice as two."""
        submitted = rf"SLURM jobid (\d+) \(log: .*/bts_{size}/"
        jobs = ",".join(re.findall(submitted, self.printed()))
        return self.cluster.sacct("--allocations", "--duplicates", f"--jobs={jobs}")

    # -- Units -------------------------------------------------------------------------

    def kept(self, size: int | str = "*") -> Kept:
        """The finished units."""
        pattern = f"results/finished/bts/n{size}/seed*/[!.]*"
        return {unit: self._traces(unit) for unit in self.folder.glob(pattern)}

    def _traces(self, unit: Path) -> tuple[int | str, ...]:
        table = unit / "training.parquet"
        name = unit.parent.relative_to(self.folder / "results/finished")
        log = self.folder / f"logs/fine_tune/{name}.log"
        return table.stat().st_ino, _hash(table), _hash(log) if log.exists() else ""

    def wait_until_half_done(self, seed: int = 1) -> HalfDone:
        """Return while the first size's job trains this seed, others being finished."""
        size = SIZES[0]
        self.wait_until(
            lambda: bool(self.kept(size) and self.trainers(size, seed)),
            f"seed {seed} is not in training after another",
        )
        kept, job = self.kept(), self.attempts(size)[-1]["JobID"]
        trainers = self.trainers(size, seed)
        assert trainers, "the unit is finished before anything fails"
        count = sum(unit.parts[-3] == f"n{size}" for unit in kept)
        return HalfDone(kept, count, job, trainers[0])

    def trainers(self, size: int, seed: int) -> list[int]:
        """The processes, on whatever nodes, that train a unit: its log is open."""
        log = self.folder / f"logs/fine_tune/bts/n{size}/seed{seed}.log"
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has just ended
                if b"fine_tune.py" in (process / "cmdline").read_bytes() and any(
                    file.readlink() == log for file in (process / "fd").iterdir()
                ):
                    found.append(int(process.name))
        return found

    def finished_before(self, size: int) -> int:
        """How many units the size's latest job found finished, by its own account."""
        log = self.folder / f"logs/fine_tune/bts/n{size}/job.log"
        found = re.findall(rf"(\d) of {SEEDS} units were finished", log.read_text())
        assert found, f"{log}: {log.read_text()}"
        return int(found[-1])

    # -- After the fault ---------------------------------------------------------------

    def check(self, before: HalfDone) -> None:
        """All is as undisturbed, nothing is half done, and nothing was done twice."""
        after = self.kept()
        again = [unit for unit, what in before.kept.items() if after.get(unit) != what]
        assert not again, f"trained again: {again}. {self.told()}"
        assert self.finished_before(SIZES[0]) >= before.count, self.told()
        assert len(after) == len(SIZES) * SEEDS, sorted(after)
        drafts = [*self.folder.rglob(".unfinished-*")]
        assert not drafts, f"left behind: {drafts}"
        for unit in after:
            self._check_unit(unit)
        for name in RESULTS:
            ours, theirs = (
                (folder / "results/tables" / name).read_bytes()
                for folder in (self.folder, self.undisturbed)
            )
            assert ours == theirs, f"{name} differs from an undisturbed run's"

    def _check_unit(self, finished: Path) -> None:
        """A unit has all its tables, whole, and the workflow goes on with them."""
        name = finished.parent.relative_to(self.folder / "results/finished")
        tables = [f"{table}.parquet" for table in TABLES]
        assert sorted(path.name for path in finished.iterdir()) == tables, finished
        for table in tables:
            kept, used, reference = (
                finished / table,
                self.folder / "results/units" / name / table,
                self.undisturbed / "results/units" / name / table,
            )
            assert kept.samefile(used), f"{used} is not what was kept"
            if table in WITH_TIMES:
                assert list(pd.read_parquet(used)) == list(pd.read_parquet(reference))
            else:
                assert used.read_bytes() == reference.read_bytes(), used


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
