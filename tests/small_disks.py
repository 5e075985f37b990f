"""A file system of its own that a test can fill up, enlarge and lock. Needs root."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from as_root import cannot


@dataclass(frozen=True)
class Disk:
    """A file system in memory, mounted at a folder."""

    folder: Path

    def change(self, option: str) -> None:
        """Mount it anew with this option: "size=64m", "ro" or "rw"."""
        _mount("-o", f"remount,{option}", self.folder)

    def files(self) -> list[str]:
        """All files on it, apart from those of Snakemake and its logs."""
        below = [path.relative_to(self.folder) for path in self.folder.rglob("*")]
        known = {".snakemake", "logs"}
        return sorted(
            str(path)
            for path in below
            if path.parts[0] not in known and (self.folder / path).is_file()
        )


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Disk]:
    """Mount a disk of that size at a new folder; skip the test where that cannot be.

    With REQUIRE_ROOT=1 it fails there.
    """
    folder.mkdir()
    try:
        _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder)
    except (OSError, subprocess.CalledProcessError) as error:
        cannot(f"no disk can be mounted here: {error}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _mount(*arguments: str | os.PathLike[str]) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)
