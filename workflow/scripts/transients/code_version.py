"""Which code this is: of all files that decide results, comments included."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import Any

from transients.hashes import sha256_of

CODE = ("Snakefile", "workflow", "config", "envs")
"""Where the code is that decides results, below the workflow's folder."""
SUFFIXES = {".py", ".smk", ".mplstyle", ".yaml", ".csv", ".txt", ".rst"}


def code_version(root: Path) -> dict[str, Any]:
    """Return what tells the code apart: its commit, and a hash of it as it is.

    commit is the last that touched it and differs says if the files are not those of
    that commit; both are None where the folder is no repository of git.
    """
    commit = _git(root, "log", "-1", "--format=%H", "--", *CODE)
    changes = _git(root, "status", "--porcelain", "--", *CODE)
    digest = hashlib.sha256()
    for path in _code_files(root):
        digest.update(f"{path.relative_to(root)} {sha256_of(path)}\n".encode())
    return {
        "commit": commit or None,
        "differs": bool(changes) if commit else None,
        "sha256": digest.hexdigest(),
    }


def _code_files(root: Path) -> list[Path]:
    below = [path for name in CODE for path in (root / name).rglob("*")]
    files = [path for path in below if path.suffix in SUFFIXES and path.is_file()]
    return [root / CODE[0], *sorted(files)]


def _git(root: Path, *arguments: str) -> str:
    """Return what git says; "" where it says nothing, or is not installed."""
    command = ["git", "-C", str(root), "--no-optional-locks", *arguments]
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
