"""A run of the workflow that is killed on its way, and what must hold afterwards."""

import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import TimeoutExpired

from command_line import ROOT, command, environment, said, snakemake
from same_results import differences

NEWS = re.compile(
    r"^(?:local)?rule (?P<rule>\w+):$|^    jobid: (?P<begun>\d+)$"
    r"|^Finished jobid: (?P<ended>\d+) ",
    re.MULTILINE,
)
TOLD = "told.txt"  # what Snakemake said since its last start
PATIENCE = 30  # [s], until processes must be gone
SEED = int(os.environ.get("KILLS_SEED", "7"))
LOOK = 0.02  # [s], between two looks


class KilledRun:
    """The workflow in a folder of its own, started again and again in the same words.

    It is compared with a run in these words that nobody kills, and which comes first.
    draw is what moments are drawn by.
    """

    def __init__(self, parent: Path, *words: object):
        self.folder, self.words = parent / "killed", words
        self.undisturbed = parent / "undisturbed"
        self.units: dict[str, str] = {}
        self.draw = random.Random(SEED)
        process = snakemake(self.undisturbed, *words)
        assert process.returncode == 0, said(process)
        self.folder.mkdir()

    def kill(
        self,
        moment: Callable[[Path], float | None],
        alone: bool = False,
        forced: Sequence[str] = (),
    ) -> list[str] | None:
        """Start, and kill all processes at a moment, or Snakemake alone.

        moment is asked again and again, given the run's folder, until it says how many
        seconds later; rules that are forced run anew. Returns the rules of the jobs
        that were at work, None if the run had ended well before. Asserts that soon
        nothing is alive, that every file that has its final name is whole, and that no
        unit that was finished before has been trained again; keeps in mind which are
        finished.
        """
        self._unlock()
        again = ("--forcerun", *forced) if forced else ()
        with (self.folder / TOLD).open("w") as file:
            process = subprocess.Popen(
                command(self.folder, *self.words, *again),
                cwd=ROOT,
                env=environment(self.folder),
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        while (delay := moment(self.folder)) is None and process.poll() is None:
            time.sleep(LOOK)
        with suppress(TimeoutExpired):
            process.wait(delay or 0)
        alive = process.returncode is None
        if alive:
            (os.kill if alone else os.killpg)(process.pid, signal.SIGKILL)
        ended = process.wait() == 0
        told = (self.folder / TOLD).read_text()
        assert ended or (alive and process.returncode == -signal.SIGKILL), told
        assert "Error in rule" not in told, told
        assert_no_process(self.folder)
        self._assert_whole()
        self._assert_none_again()
        if ended:
            assert differences(*self._results()) == []
            return None
        return at_work(self.folder)

    def complete(self) -> None:
        """Run to the end, and assert that nothing tells of what happened before."""
        self._unlock()
        process = snakemake(self.folder, *self.words)
        assert process.returncode == 0, said(process)
        assert differences(*self._results()) == []
        assert not list(self.folder.rglob(".unfinished-*"))
        self._assert_none_again()

    def _assert_none_again(self) -> None:
        """Assert that finished units are as they were, and learn of new ones."""
        units = finished_units(self.folder)
        again = [name for name, log in self.units.items() if units.get(name) != log]
        assert not again, f"computed twice: {again}"
        self.units = units

    def _unlock(self) -> None:
        if list(self.folder.glob(".snakemake/locks/*")):
            process = snakemake(self.folder, *self.words, "--unlock")
            assert process.returncode == 0, said(process)

    def _results(self) -> tuple[Path, Path]:
        return self.undisturbed / "results", self.folder / "results"

    def _assert_whole(self) -> None:
        wrong = [
            difference
            for difference in differences(*self._results())
            if not difference.endswith("missing in the second")
            and "/.unfinished-" not in f"/{difference}"
        ]
        assert wrong == []


def began(folder: Path, *rules: str) -> bool:
    """Whether a job of one of these rules has begun."""
    return any(news["rule"] in rules for news in _news(folder))


def at_work(folder: Path) -> list[str]:
    """The rules of the jobs that have begun and not ended, by what the run has told."""
    working, rule = {}, ""
    for news in _news(folder):
        rule = news["rule"] or rule
        if news["begun"]:
            working[news["begun"]] = rule
        working.pop(news["ended"], None)
    return list(working.values())


def _news(folder: Path) -> list[re.Match[str]]:
    return list(NEWS.finditer((folder / TOLD).read_text()))


def finished_units(folder: Path) -> dict[str, str]:
    """The units that are kept in a run's folder, and the logs of their training.

    Training begins its log anew, and every line has its time.
    """
    units = [
        kept.parent.relative_to(folder / "results/finished")
        for kept in folder.glob("results/finished/*/*/*/[!.]*")
    ]
    return {
        str(unit): "".join(
            path.read_text() for path in folder.glob(f"logs/*/{unit}.log")
        )
        for unit in units
    }


def processes_of(folder: Path) -> list[str]:
    """What runs with this folder in its environment, as the whole of a run does."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.fsencode(folder) in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


def assert_no_process(folder: Path) -> None:
    """Assert that soon nothing of a run is alive: what was killed takes a moment."""
    deadline = time.monotonic() + PATIENCE
    while alive := processes_of(folder):
        assert time.monotonic() < deadline, f"still alive: {alive}"
        time.sleep(LOOK)
