"""The workflow ten times in one folder, a random half of its rules forced each time.

The environment variables TIMES and TIMES_SEED say how often, and which rules.
"""

import os
import random
import re
import shutil
from pathlib import Path

from command_line import TINY, said, snakemake
from killed_run import assert_no_process
from same_results import differences

WORDS = ("--configfile", TINY, "--cores", 2, "all")
TIMES = int(os.environ.get("TIMES", "10"))
SEED = int(os.environ.get("TIMES_SEED", "7"))
LARGER = 1.01  # seconds that are measured have more digits, or fewer


def test_ten_runs_in_one_folder_leave_what_one_leaves(tmp_path, monkeypatch):
    folder, first = tmp_path / "run", tmp_path / "first"
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    shared = left_in_memory()
    rules = run(folder)
    shutil.copytree(folder / "results", first)
    logs, size = names_in(folder / "logs"), size_of(folder / "results")
    draw = random.Random(SEED)
    for time in range(2, TIMES + 1):
        forced = draw.sample(sorted(rules), k=len(rules) // 2)
        print(f"seed {SEED}, time {time}: {' '.join(forced)}")
        forget_units(folder, forced)
        assert run(folder, "--forcerun", *forced) >= {*forced}
        assert differences(first, folder / "results") == []
        assert size_of(folder / "results") < LARGER * size
        assert names_in(folder / "logs") == logs
        assert_no_process(folder)
        assert names_in(tmp_path / "temporary") == set()
        assert left_in_memory() <= shared


def run(folder, *words):
    """Run everything; return the rules that ran."""
    process = snakemake(folder, *WORDS, *words)
    assert process.returncode == 0, said(process)
    rules = re.findall(r"^(?:local)?rule (\w+):$", said(process), re.MULTILINE)
    return {*rules} - {"all"}


def forget_units(folder, rules):
    """Remove the finished units that these rules make: they shall train anew."""
    for kept in (folder / "results/finished").glob("*/n*"):
        kind = "classify" if kept.name == "n0" else "fine_tune"
        if f"{kind}_{kept.parent.name}" in rules:
            shutil.rmtree(kept)


def names_in(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def left_in_memory():
    """What no living process has made in /dev/shm, as far as its name tells.

    The run's own have ended. joblib writes the number of a process into its names.
    """
    names = names_in(Path("/dev/shm"))
    return {name for name in names if not living(re.findall(r"-(\d+)-", name))}


def living(numbers):
    return any(Path("/proc", number).exists() for number in numbers)


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*"))
