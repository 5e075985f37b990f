"""Worker processes: tasks of one job side by side, none sharing another's fate."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import TypeVar

from transients.errors import TransientsError

Task = TypeVar("Task")

WATCH_INTERVAL = 1.0  # [s], between two looks at whether the parent still lives
_FORK = multiprocessing.get_context("fork")


def run_side_by_side(
    tasks: Iterable[Task], work: Callable[[Task], None], at_once: int
) -> dict[Task, str]:
    """Do `work` on every task, `at_once` at a time; return why which of them failed.

    Each worker process takes one task after another, so what `work` imports is
    imported once a worker. A task that fails, or whose process dies, harms no other:
    a new worker takes the place of a dead one. Workers are forked: call this before
    anything starts threads. They end with this process, however it ends.
    """
    waiting = list(tasks)[::-1]
    failed: dict[Task, str] = {}
    workers: dict[Connection, tuple[BaseProcess, Task]] = {}
    try:
        while waiting or workers:
            while waiting and len(workers) < at_once:
                connection, process = _start(work)
                _give(connection, process, waiting.pop(), workers)
            for ready in wait(list(workers)):
                assert isinstance(ready, Connection)
                process, task = workers.pop(ready)
                alive, failure = _outcome(ready, process)
                if failure is not None:
                    failed[task] = failure
                if alive and waiting:
                    _give(ready, process, waiting.pop(), workers)
                else:
                    _dismiss(ready, process)
    finally:
        _stop(process for process, _ in workers.values())
    return failed


def _start(work: Callable[[Task], None]) -> tuple[Connection, BaseProcess]:
    ours, theirs = _FORK.Pipe()
    process = _FORK.Process(target=_serve, args=(theirs, work, os.getpid()))
    process.start()
    theirs.close()
    return ours, process


def _give(
    connection: Connection,
    process: BaseProcess,
    task: Task,
    workers: dict[Connection, tuple[BaseProcess, Task]],
) -> None:
    workers[connection] = (process, task)
    with suppress(BrokenPipeError):  # dead between two tasks: its outcome will say so
        connection.send((task,))


def _dismiss(connection: Connection, process: BaseProcess) -> None:
    with suppress(BrokenPipeError):
        connection.send(None)  # closing says nothing: later workers hold this end, too
    connection.close()
    process.join()


def _outcome(connection: Connection, process: BaseProcess) -> tuple[bool, str | None]:
    """Whether the worker lives on, and why its task failed if it did."""
    try:
        return True, connection.recv()
    except (EOFError, ConnectionResetError):
        process.join()
        code = process.exitcode or 0
        ended = (
            f"by {signal.Signals(-code).name}" if code < 0 else f"with status {code}"
        )
        hint = "; did it run out of memory?" if code == -signal.SIGKILL else ""
        return False, f"its process was ended {ended}{hint}"


def _stop(processes: Iterable[BaseProcess]) -> None:
    for process in list(processes):
        process.terminate()
        process.join()


def _serve(connection: Connection, work: Callable[[Task], None], parent: int) -> None:
    """What a worker process does until its parent has no more tasks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # at Ctrl-C the parent stops us
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    while (given := connection.recv()) is not None:
        connection.send(_failure(work, given[0]))


def _leave(*_: object) -> None:
    """End as SIGTERM asks, but through every `finally` on the way out."""
    sys.exit(128 + signal.SIGTERM)


def _end_with(parent: int) -> None:
    """End this process soon after its parent, even one that was killed."""
    while os.getppid() == parent:
        time.sleep(WATCH_INTERVAL)
    os.kill(os.getpid(), signal.SIGTERM)


def _failure(work: Callable[[Task], None], task: Task) -> str | None:
    """Do the work; return None, or what went wrong."""
    try:
        work(task)
    except TransientsError as error:
        return str(error)
    except Exception:  # a defect of one task: told with its trace, and the next begun
        return traceback.format_exc()
    return None
