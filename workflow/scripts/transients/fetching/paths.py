"""Paths told by servers and archives: which are safe, and which are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from transients.errors import DataError

LONGEST = 1000  # path, with room for the folder that it is put in [bytes]


def safe_path(path: str, told_by: object) -> str:
    """Return a relative path with / between its parts, if it stays where it is put.

    Raises DataError for absolute paths, "..", backslashes, drive letters, control
    characters and names too long for a file; told_by, an address or a file, is named in
    the message.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    unsafe = (
        path.startswith("/")
        or not parts
        or ".." in parts
        or "\\" in path
        or path[1:2] == ":"
        or not path.isprintable()
        or any(len(part.encode()) > 255 for part in parts)
        or len(path.encode()) > LONGEST
    )
    if unsafe:
        raise DataError(f"{told_by}: refused the unsafe path {path[:LONGEST]!r}")
    return "/".join(parts)


def matches(path: str, patterns: Sequence[str] | None) -> bool:
    """Tell if a path is wanted: a pattern's * and ? stand for anything but /."""
    if patterns is None:
        return True
    parts = path.split("/")
    return any(_fits(parts, pattern.split("/")) for pattern in patterns)


def may_hold(folder: str, patterns: Sequence[str] | None) -> bool:
    """Tell if anything wanted can be in a folder or below it."""
    if patterns is None:
        return True
    parts = folder.split("/")
    wanted = [pattern.split("/") for pattern in patterns]
    return any(
        len(pattern) > len(parts) and _fits(parts, pattern[: len(parts)])
        for pattern in wanted
    )


def _fits(parts: list[str], pattern: list[str]) -> bool:
    return len(parts) == len(pattern) and all(map(fnmatchcase, parts, pattern))
