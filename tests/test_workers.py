"""Tasks side by side in worker processes: what one meets, the others do not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from transients.errors import DataError
from transients.workers import run_side_by_side

SCRIPTS = Path(__file__).parent.parent / "workflow" / "scripts"


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_every_task_is_done_once(tmp_path, at_once):
    def work(task):
        with (tmp_path / task).open("x"):
            pass

    assert run_side_by_side("abc", work, at_once) == {}
    assert {path.name for path in tmp_path.iterdir()} == set("abc")


def test_a_worker_keeps_what_it_imported_for_its_next_task(tmp_path):
    def work(task):
        (tmp_path / str(task)).write_text(str(os.getpid()))

    run_side_by_side(range(6), work, at_once=2)
    workers = {path.read_text() for path in tmp_path.iterdir()}
    assert 1 <= len(workers) <= 2
    assert str(os.getpid()) not in workers


def test_no_more_than_asked_run_at_once(tmp_path):
    def work(task):
        running = tmp_path / f"running{task}"
        running.touch()
        (tmp_path / f"saw{task}").write_text(str(len(list(tmp_path.glob("running*")))))
        running.unlink()

    run_side_by_side(range(8), work, at_once=2)
    assert max(int(path.read_text()) for path in tmp_path.glob("saw*")) <= 2


def test_a_failure_is_told_and_stops_no_other(tmp_path):
    def work(task):
        if task == "b":
            raise DataError("b.csv: no column mjd")
        if task == "c":
            raise ZeroDivisionError("of c")
        (tmp_path / task).touch()

    failed = run_side_by_side("abcd", work, at_once=1)
    assert failed.pop("b") == "b.csv: no column mjd"
    told = failed.pop("c")
    assert "Traceback" in told
    assert "ZeroDivisionError: of c" in told
    assert failed == {}
    assert {path.name for path in tmp_path.iterdir()} == {"a", "d"}


@pytest.mark.parametrize("at_once", [1, 2])
def test_a_killed_worker_takes_one_task_with_it(tmp_path, at_once):
    def work(task):
        if task == "b":
            os.kill(os.getpid(), signal.SIGKILL)
        (tmp_path / task).touch()

    failed = run_side_by_side("abcd", work, at_once)
    assert failed == {
        "b": "its process was ended by SIGKILL; did it run out of memory?"
    }
    assert {path.name for path in tmp_path.iterdir()} == {"a", "c", "d"}


def test_a_worker_that_exits_is_told_with_its_status():
    def work(_):
        os._exit(7)

    assert run_side_by_side("a", work, at_once=1) == {
        "a": "its process was ended with status 7"
    }


def alone(*body):
    """Run lines in a Python of their own, which tests may interrupt and kill."""
    script = [
        "import os, signal, sys",
        f"sys.path.insert(0, {str(SCRIPTS)!r})",
        "from transients.workers import run_side_by_side",
        *body,
    ]
    process = subprocess.Popen(
        [sys.executable, "-c", "\n".join(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    printed, told = process.communicate(timeout=60)  # till the last holder has ended
    return process.returncode, printed.split(), told


def test_ctrl_c_ends_the_workers():
    status, workers, told = alone(
        "signal.signal(signal.SIGINT, signal.default_int_handler)",
        "def work(_):",
        "    os.write(1, b'%d\\n' % os.getpid())",
        "    os.kill(os.getppid(), signal.SIGINT)",
        "    while True: signal.sigtimedwait([], 0.01)",
        "run_side_by_side('a', work, at_once=1)",
    )
    assert status == -signal.SIGINT
    assert "KeyboardInterrupt" in told
    assert len(workers) == 1
    assert not is_running(workers[0])


def is_running(pid):
    """Whether a process lives; one that only waits to be reaped does not."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc")
def test_workers_end_with_a_parent_that_was_killed():
    status, workers, _ = alone(
        "def work(task):",
        "    os.write(1, b'%d\\n' % os.getpid())",
        "    if task == 'a': os.write(there, b'.')",
        "    if task == 'b': os.read(here, 1), os.kill(os.getppid(), signal.SIGKILL)",
        "    while True: signal.sigtimedwait([], 0.01)",
        "here, there = os.pipe()",
        "run_side_by_side('ab', work, at_once=2)",
    )
    assert status == -signal.SIGKILL
    assert len(workers) == 2
    give_up = time.monotonic() + 30
    while any(map(is_running, workers)) and time.monotonic() < give_up:
        pass
    assert not any(map(is_running, workers))


def test_sigterm_lets_a_worker_tidy_up(tmp_path):
    def work(_):
        try:
            (tmp_path / "draft").touch()
            os.kill(os.getpid(), signal.SIGTERM)
            while True:
                signal.sigtimedwait([], 0.01)
        finally:
            (tmp_path / "draft").unlink()

    failed = run_side_by_side("a", work, at_once=1)
    assert failed == {"a": "its process was ended with status 143"}
    assert not list(tmp_path.iterdir())
