"""How tests talk to a cluster: by Slurm's own commands, and wait for what they say."""

from __future__ import annotations

import csv
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from processes import PATIENCE, ClusterError, program, wait_until

FIELDS = (
    *("JobID", "JobName", "State", "ExitCode", "Partition", "Account", "NodeList"),
    *("AllocTRES", "ReqMem", "MaxRSS", "Elapsed", "Timelimit", "Comment"),
)


@dataclass(frozen=True)
class Client:
    """Commands for the cluster in `folder`."""

    folder: Path

    @property
    def env(self) -> dict[str, str]:
        """What has to be added to the environment of whoever uses the cluster."""
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return {"SLURM_CONF": str(self.folder / "slurm.conf"), "PATH": path}

    def ask(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command that may fail."""
        return subprocess.run(
            [program(command[0]), *command[1:]],
            env={**os.environ, **self.env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def run(self, *command: str) -> str:
        """What a command prints that must not fail."""
        done = self.ask(*command)
        if done.returncode != 0:
            said = (done.stdout + done.stderr).strip()
            raise ClusterError(f"{' '.join(command)}: {said}")
        return done.stdout

    def scontrol(self, *arguments: str) -> str:
        """What `scontrol` prints."""
        return self.run("scontrol", *arguments)

    def node_states(self) -> dict[str, str]:
        """Each node's state in small letters; empty while the controller is silent."""
        done = self.ask("sinfo", "--noheader", "--Node", "--format=%N %T")
        return dict(line.split() for line in done.stdout.splitlines())

    def sacct(
        self, *options: str, fields: Iterable[str] = FIELDS
    ) -> list[dict[str, str]]:
        """The accounting's rows, by column: each job's own, then those of its steps."""
        # By default there are only today's: nothing just after midnight.
        since = "--starttime=now-1days"
        form = f"--format={','.join(fields)}"
        table = self.run("sacct", "--parsable2", since, form, *options)
        return list(csv.DictReader(table.splitlines(), delimiter="|"))

    def submit(self, script: str, *options: str) -> str:
        """The number of a new job that runs some lines of shell."""
        output = f"--output={self.folder}/%j.out"
        return self.run(
            "sbatch", "--parsable", output, *options, f"--wrap={script}"
        ).strip()

    def output(self, job: str) -> str:
        """What a job of `submit` printed."""
        return (self.folder / f"{job}.out").read_text()

    def lose(self, node: str) -> None:
        """Let a node fail, as if somebody had pulled its plug, until it is resumed."""
        self.scontrol("update", f"nodename={node}", "state=down", "reason=test")

    def exhaust_time(self, job: str) -> None:
        """Let a running job reach its time limit, which has at least one minute."""
        self.scontrol("update", f"jobid={job}", "endtime=now")

    def wait(
        self, job: str, *states: str, patience: float = PATIENCE
    ) -> dict[str, str]:
        """The accounting's row of the job, once it is in one of these states."""
        rows: list[dict[str, str]] = []

        def arrived() -> bool:
            rows[:] = self.sacct("--allocations", f"--jobs={job}")
            return any(row["State"].split()[0] in states for row in rows)

        wait_until(arrived, lambda: f"job {job} is not {states}: {rows}", patience)
        return rows[0]
