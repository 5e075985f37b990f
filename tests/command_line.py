"""How the tests run the workflow: by its command line, in a folder of their own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TINY = ROOT / "tests" / "config" / "tiny.yaml"


def command(folder: Path, *arguments: object) -> list[str]:
    """The command that runs the repository's Snakefile in `folder`."""
    words = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile"]
    return [str(word) for word in (*words, "--directory", folder, *arguments)]


def environment(folder: Path) -> dict[str, str]:
    """The environment of a run, its caches in its own folder."""
    return {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}


def snakemake(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the repository's Snakefile with `folder` as working directory."""
    return subprocess.run(
        command(folder, *arguments),
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )


def said(process: subprocess.CompletedProcess[str]) -> str:
    """Everything that a run printed."""
    return process.stdout + process.stderr
