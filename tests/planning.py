"""Plan the jobs of many configurations in one process of its own, for speed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import yaml
from command_line import ROOT
from mutations import Hang, time_limit


def workflow_with(config: Any, folder: Path) -> Path:
    """Make a folder in which the workflow has another config.yaml; return it."""
    shutil.copytree(ROOT / "config", folder / "config")
    for name in ("workflow", "envs"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "Snakefile", folder)
    (folder / "config" / "config.yaml").write_text(yaml.safe_dump(config))
    return folder


def failures(folders: Iterable[Path]) -> dict[Path, str]:
    """Plan the workflow of every folder; return what was said where that failed."""
    process = subprocess.run(
        [sys.executable, __file__, *map(str, folders)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "workflow" / "scripts")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return {Path(name): said for name, said in json.loads(process.stdout).items()}


def plan(folder: Path) -> None:
    """Dry-run the workflow in a folder, with the costs of its jobs."""
    from snakemake.api import SnakemakeApi
    from snakemake.settings import types

    quiet = types.OutputSettings(dryrun=True, quiet={types.Quietness.ALL})
    with SnakemakeApi(quiet) as api:
        workflow = api.workflow(
            resource_settings=types.ResourceSettings(cores=2),
            snakefile=folder / "Snakefile",
            workdir=folder,
        )
        workflow.dag().execute_workflow(executor="dryrun")


if __name__ == "__main__":
    failed = {}
    for name in sys.argv[1:]:
        try:
            with redirect_stdout(sys.stderr), time_limit():
                plan(Path(name))
        except (Exception, Hang) as error:
            failed[name] = f"{name}: {type(error).__name__}: {error}"
    print(json.dumps(failed))
