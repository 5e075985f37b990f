"""A cluster comes up beside others, explains itself, and goes without a trace."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import cluster as module
import processes
import pytest
from cluster import Cluster, obstacle
from processes import ClusterError, Daemon, members, wait_until

HERE = Path(__file__).parent


def command(action: str, folder: Path) -> str:
    """What the command line prints, through a pipe that no daemon may keep open."""
    return subprocess.run(
        [sys.executable, HERE / "cluster.py", action, folder],
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    ).stdout


def traces(folder: Path) -> list[str]:
    """Processes other than this one that know of the folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            known = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in known and entry.name != str(os.getpid()):
            found.append(known.decode(errors="replace"))
    return found


def name_of(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def start_stubborn_job(cluster: Cluster) -> None:
    """A job that ignores signals, with a child that hides what it descends from."""
    hide = f"env --ignore-environment setsid sh -c 'sleep 600; : {cluster.folder}'"
    job = cluster.submit(f"trap '' TERM; echo ready; {hide} & sleep 600")
    cluster.wait(job, "RUNNING")
    wait_until(lambda: "ready" in cluster.output(job), lambda: "it prints nothing")


def test_down_leaves_nothing_even_after_a_crash(
    cluster: Cluster, tmp_path: Path
) -> None:
    other = Cluster(tmp_path / "other")
    printed = command("up", other.folder)
    configuration, path = printed.splitlines()
    assert configuration == f"SLURM_CONF={other.folder}/slurm.conf"
    assert path.startswith(f"PATH={other.folder}/bin:")
    start_stubborn_job(other)
    for pid in members(other.folder):
        if name_of(pid) in ("slurmctld", "slurmd"):
            os.kill(pid, signal.SIGKILL)
    assert traces(other.folder)
    command("down", other.folder)
    assert traces(other.folder) == []
    assert not other.folder.exists()
    command("down", other.folder)
    assert set(cluster.node_states()) == set(module.NODES), "the other one goes on"


def test_all_that_is_open_lies_in_the_folder(cluster: Cluster) -> None:
    job = cluster.submit("sleep 60")
    cluster.wait(job, "RUNNING")
    own = (str(cluster.folder), "/dev/null", "/proc/", "/usr/")
    for pid in members(cluster.folder):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            target = str(entry.readlink())
            assert not target.startswith("/") or target.startswith(own), name_of(pid)
    cluster.run("scancel", job)


def test_a_daemon_that_ends_says_why(tmp_path: Path) -> None:
    script = ("sh", "-c", "echo the reason >&2; exit 7")
    daemon = Daemon.start("munged", script, tmp_path / "log", {})
    with pytest.raises(ClusterError, match=r"munged ended with 7.*\n.*the reason"):
        daemon.wait_until(lambda: False)


def test_a_daemon_that_fails_leaves_no_others(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Cluster, "_start_slurm", lambda self: self.scontrol("nonsense"))
    broken = Cluster(tmp_path / "broken")
    with pytest.raises(ClusterError, match="nonsense"):
        broken.up()
    assert traces(broken.folder) == []
    assert not broken.folder.exists()
    assert cluster.node_states()


def test_only_a_cluster_is_taken_down(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    with pytest.raises(ClusterError, match="no cluster"):
        Cluster(tmp_path).down()
    with pytest.raises(ClusterError, match="not empty"):
        Cluster(tmp_path).up()
    with pytest.raises(ClusterError, match="longer than"):
        Cluster(tmp_path / ("x" * module.LONGEST_FOLDER)).up()
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]
    assert cluster.node_states()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(processes, "PATH", "")
    assert obstacle() == (
        "munged is not installed (tests/slurm/install.sh installs what is needed)"
    )
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert obstacle() == "only root can start a Slurm"


def test_installing_what_is_there_does_nothing(cluster: Cluster) -> None:
    done = subprocess.run(
        ["sh", HERE / "install.sh"], capture_output=True, text=True, check=True
    )
    assert done.stdout + done.stderr == ""
    assert cluster.node_states()
