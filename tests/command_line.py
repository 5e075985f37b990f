"""How the tests run the workflow: by its command line, in a folder of their own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TINY = ROOT / "tests" / "config" / "tiny.yaml"


def snakemake(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the repository's Snakefile with `folder` as working directory."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile"]
    command += ["--directory", folder, *arguments]
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    return subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def said(process: subprocess.CompletedProcess[str]) -> str:
    """Everything that a run printed."""
    return process.stdout + process.stderr
