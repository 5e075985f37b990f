"""Memory of `transient-transfer classify`: a great many objects need hardly more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import ROOT
from exported_toys import Exports, light_curves

POINTS = 8
EACH_OBJECT = 1_200
"""Bytes: its name is kept, to tell when it returns; its light curve is not. 500 were
measured, and 2,300 where all light curves were held."""

MEASURED = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(child, 0)
print(used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Runs a command, and prints its peak resident size [KiB]. A process of its own, as
the peak of a child counts that of who starts it."""


def observed(n: int) -> pd.DataFrame:
    """Light curves of n objects, each with a name of its own."""
    frame = light_curves(60, POINTS)
    times = -(-n // 60)
    many = pd.concat([frame] * times, ignore_index=True)[: n * POINTS]
    names = pd.Series([f"SN {i}" for i in range(n)])
    return many.assign(object_id=names.repeat(POINTS).to_numpy())


def peak(model: Path, source: Path | str, table: Path, given: Path | None) -> int:
    """Classify what a file holds, as a file or on standard input; return bytes."""
    words = [ROOT / "bin" / "transient-transfer", "classify", source]
    words += ["--model", model, "--output", table]
    command = [sys.executable, "-c", MEASURED, *words]
    with (given or Path("/dev/null")).open("rb") as stdin:
        done = subprocess.run(command, stdin=stdin, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return int(done.stdout) * 1024


@pytest.mark.parametrize(
    ("kind", "n"), [("Parquet", 40_000), ("standard input", 10_000)]
)
def test_memory_hardly_grows(
    exports: Exports, tmp_path: Path, kind: str, n: int
) -> None:
    model, peaks = exports.model("transfer"), []
    for count in (n, 4 * n):
        table = tmp_path / f"{count}.csv"
        if kind == "Parquet":
            source = tmp_path / f"{count}.parquet"
            observed(count).to_parquet(source, index=False)
            peaks.append(peak(model, source, table, None))
        else:
            given = tmp_path / f"given {count}.csv"
            observed(count).to_csv(given, index=False)
            peaks.append(peak(model, "-", table, given))
        said = pd.read_csv(table)
        assert said["object_id"].nunique() == len(said) == count
        assert np.isfinite(said.drop(columns="object_id")).all(axis=None)
    each = (peaks[1] - peaks[0]) / (3 * n)
    print(f"{kind}: {[round(p / 2**20) for p in peaks]} MiB, {each:.0f} bytes each")
    assert each < EACH_OBJECT, peaks
