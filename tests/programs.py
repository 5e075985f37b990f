"""Programs of a cluster, played by shell scripts."""

from pathlib import Path

import pytest


def play(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str, status: int = 0
) -> Path:
    """Put a program on the path that says this; return the list of its arguments."""
    folder.mkdir(exist_ok=True)
    calls = folder / f"{name} calls"
    (folder / f"{name} says").write_text(said)
    program = folder / name
    program.write_text(
        f'#!/bin/sh\necho "$SLURM_TIME_FORMAT $@" >> "{calls}"\n'
        f'cat "{folder}/{name} says"\nexit {status}\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return calls
