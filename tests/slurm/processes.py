"""The processes of a test cluster: started with a log file, found and killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

DAEMONS = ("munged", "mariadbd", "slurmdbd", "slurmctld", "slurmd", "slurmstepd")
PATIENCE = 30.0  # seconds that a condition has to come true
PAUSE = 0.02  # seconds between two looks
TAIL = 15  # lines of a log that an error shows
# Debian keeps daemons where a plain user's PATH does not look.
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


class ClusterError(RuntimeError):
    """A part of the cluster did not do what it should."""


def program(name: str) -> str:
    """The program's full path."""
    if found := shutil.which(name, path=PATH):
        return found
    raise ClusterError(
        f"{name} is not installed (tests/slurm/install.sh installs what is needed)"
    )


def wait_until(
    condition: Callable[[], bool],
    describe: Callable[[], str],
    patience: float = PATIENCE,
    pause: float = PAUSE,
) -> None:
    """Return as soon as the condition holds; say what did not come true otherwise."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise ClusterError(f"{describe()} (waited {patience:g} s)")
        time.sleep(pause)


@dataclass(frozen=True)
class Daemon:
    """A process in the foreground of a session of its own; its output is its log."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(
        cls,
        name: str,
        command: tuple[str, ...],
        log: Path,
        environment: Mapping[str, str],
    ) -> Daemon:
        """Start it without any of this process's pipes, which it would keep open."""
        with log.open("ab") as output:
            process = subprocess.Popen(
                [program(command[0]), *command[1:]],
                env={**os.environ, **environment, "PATH": PATH},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,
            )
        return cls(name, log, process)

    def wait_until(self, answers: Callable[[], bool]) -> None:
        """Wait for its answer; a readable error if it ends or does not answer."""
        wait_until(lambda: self._checked() and answers(), self._complaint)

    def _checked(self) -> bool:
        if self.process.poll() is not None:
            raise ClusterError(self._complaint())
        return True

    def _complaint(self) -> str:
        code = self.process.poll()
        fate = "does not answer" if code is None else f"ended with {code}"
        lines = self.log.read_text(errors="replace").splitlines()[-TAIL:]
        return "\n    ".join([f"{self.name} {fate}; its log ends:", *lines])


def members(folder: Path) -> set[int]:
    """Daemons and jobs of the cluster in `folder`, with all that descends from them."""
    parents: dict[int, int] = {}
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            name, _, rest = (entry / "stat").read_text().rpartition(")")
            variables = set((entry / "environ").read_bytes().split(b"\0"))
        except OSError:
            continue  # it has just ended
        pid = int(entry.name)
        parents[pid] = int(rest.split()[1])
        if _belongs(name.partition("(")[2], variables, folder):
            found.add(pid)
    return _with_descendants(found, parents)


def _belongs(name: str, variables: set[bytes], folder: Path) -> bool:
    """Whoever uses the cluster has its SLURM_CONF too, so that is not enough."""
    if f"SLURM_CONF={folder / 'slurm.conf'}".encode() not in variables:
        return False
    in_a_job = any(variable.startswith(b"SLURM_JOB_ID=") for variable in variables)
    return in_a_job or name in DAEMONS


def _with_descendants(found: set[int], parents: dict[int, int]) -> set[int]:
    while more := {p for p, parent in parents.items() if parent in found} - found:
        found = found | more
    return found


def kill_all(folder: Path) -> None:
    """Kill what belongs to the cluster until nothing does."""

    def all_gone() -> bool:
        for pid in (left := members(folder)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        return not left

    wait_until(all_gone, lambda: f"processes survive SIGKILL: {members(folder)}")
