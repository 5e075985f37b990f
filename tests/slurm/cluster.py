"""A real Slurm on one machine for tests: `python cluster.py up|down FOLDER`, as root.

All that it writes lies in FOLDER. `up` prints the variables to export.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shlex
import shutil
import socket
import string
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from client import Client
from processes import ClusterError, Daemon, kill_all, program

NODES = ("cpu1", "cpu2", "gpu1", "gpu2")
GPUS = 2  # on each node of the partition gpu
ACCOUNT = "lab"
TEMPLATES = ("slurm.conf", "slurmdbd.conf", "gres.conf", "mariadb.cnf")
PROGRAMS = (
    *("munged", "mariadbd", "mariadb-install-db", "mariadb-admin", "slurmdbd"),
    *("slurmctld", "slurmd", "sacctmgr", "sacct", "sbatch", "scontrol", "sinfo"),
)
# A socket's path has at most 107 letters, and Slurm appends node, job and step.
LONGEST_FOLDER = 70
WRAPPER = """#!/bin/sh
SLURM_CONF='{conf}' exec '{srun}' "$@"
"""


def obstacle() -> str | None:
    """What keeps this machine from running a cluster, if anything."""
    if os.geteuid() != 0:
        return "only root can start a Slurm"
    try:
        for name in PROGRAMS:
            program(name)
    except ClusterError as error:
        return str(error)
    return None


@dataclass(frozen=True)
class Cluster(Client):
    """The cluster in `folder`, up or not."""

    _daemons: list[Daemon] = field(default_factory=list, repr=False)

    def up(self) -> None:
        """Start everything and return when all nodes wait for work."""
        if reason := obstacle():
            raise ClusterError(reason)
        if len(str(self.folder)) > LONGEST_FOLDER:
            raise ClusterError(f"longer than {LONGEST_FOLDER} letters: {self.folder}")
        if self.folder.exists() and any(self.folder.iterdir()):
            raise ClusterError(f"not empty: {self.folder}")
        try:
            self._furnish()
            self._start_accounting()
            self._start_slurm()
        except BaseException:
            self.down()
            raise

    def down(self) -> None:
        """End every daemon and job and remove the folder, if there is one.

        It needs no answer from Slurm, so it also works when parts have crashed.
        """
        if not self.folder.exists():
            return
        if not (self.folder / "slurm.conf").exists():
            raise ClusterError(f"no cluster: {self.folder}")
        kill_all(self.folder)
        for daemon in self._daemons:
            daemon.process.wait()
        self._daemons.clear()
        shutil.rmtree(self.folder)

    def _furnish(self) -> None:
        """Write configuration, key and GPUs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        values = {"folder": str(self.folder), "host": socket.gethostname()}
        names = ("slurmctld", "slurmdbd", *NODES)
        for name, port in zip(names, free_ports(len(names)), strict=True):
            values[f"{name}_port"] = str(port)
        for name in TEMPLATES:
            template = string.Template((Path(__file__).parent / name).read_text())
            self._write(name, template.substitute(values).encode())
        # Snakemake's plugin starts srun without SLURM_CONF, which is no loss where the
        # file is in its usual place.
        (self.folder / "bin").mkdir()
        wrapper = WRAPPER.format(conf=self.folder / "slurm.conf", srun=program("srun"))
        (self.folder / "bin/srun").write_text(wrapper)
        (self.folder / "bin/srun").chmod(0o755)
        (self.folder / "dev").mkdir()
        (self.folder / "state").mkdir()
        self._write("munge.key", secrets.token_bytes(128))
        null = Path("/dev/null").stat()
        for number in range(GPUS):
            os.mknod(self.folder / f"dev/gpu{number}", null.st_mode, null.st_rdev)

    def _write(self, name: str, content: bytes) -> None:
        """Write a file as the daemons insist on it: closed to others."""
        (self.folder / name).touch(mode=0o600)
        (self.folder / name).write_bytes(content)

    def _start_accounting(self) -> None:
        at = self.folder
        munged = self._start(
            "munged",
            "munged",
            "--foreground",
            # Otherwise it declines to work in a folder that only root may enter.
            "--force",
            f"--socket={at}/munge.socket",
            f"--key-file={at}/munge.key",
            f"--pid-file={at}/munge.pid",
            f"--seed-file={at}/munge.seed",
        )
        defaults = f"--defaults-file={at}/mariadb.cnf"
        self.run("mariadb-install-db", defaults, "--skip-test-db")
        mariadb = self._start("mariadb", "mariadbd", defaults)
        ping = ("mariadb-admin", defaults, f"--socket={at}/mariadb.socket", "ping")
        munged.wait_until((at / "munge.socket").is_socket)
        mariadb.wait_until(lambda: self._succeeds(*ping))
        slurmdbd = self._start("slurmdbd", "slurmdbd", "-D")
        slurmdbd.wait_until(lambda: self._succeeds("sacctmgr", "show", "cluster"))
        add = ("sacctmgr", "--immediate", "add")
        self.run(*add, "cluster", "test")
        self.run(*add, "account", ACCOUNT)
        self.run(*add, "user", "root", f"account={ACCOUNT}")

    def _start_slurm(self) -> None:
        controller = self._start("slurmctld", "slurmctld", "-D")
        nodes = {
            node: self._start(f"slurmd-{node}", "slurmd", "-D", "-N", node)
            for node in NODES
        }
        controller.wait_until(lambda: bool(self.node_states()))
        for name, node in nodes.items():
            node.wait_until(lambda name=name: self.node_states().get(name) == "idle")

    def _start(self, name: str, *command: str) -> Daemon:
        socket_of_mariadb = {"MYSQL_UNIX_PORT": f"{self.folder}/mariadb.socket"}
        log = self.folder / f"{name}.log"
        environment = {**self.env, **socket_of_mariadb}
        self._daemons.append(Daemon.start(name, command, log, environment))
        return self._daemons[-1]

    def _succeeds(self, *command: str) -> bool:
        return self.ask(*command).returncode == 0


def free_ports(count: int) -> list[int]:
    """Different ports on which nothing listens."""
    with ExitStack() as stack:
        doors = [stack.enter_context(socket.socket()) for _ in range(count)]
        for door in doors:
            door.bind(("127.0.0.1", 0))
        return [door.getsockname()[1] for door in doors]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=("up", "down"))
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    cluster = Cluster(arguments.folder.resolve())
    try:
        if arguments.action == "down":
            cluster.down()
            return
        cluster.up()
    except ClusterError as error:
        sys.exit(f"cluster.py: {error}")
    for name, value in cluster.env.items():
        print(f"{name}={shlex.quote(value)}")


if __name__ == "__main__":
    main()
