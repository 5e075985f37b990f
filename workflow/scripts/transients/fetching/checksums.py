"""Checksums in the form "kind:hex", of the kinds that public archives publish."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

CHUNK = 1024**2
KINDS = ("md5", "sha1", "sha256", "sha512", "git")
"""Of checksums; git is the name that git gives to a file's content."""


def check(path: Path, expected: Iterable[str]) -> tuple[str, list[str]]:
    """Return a file's SHA-256, and those of the expected checksums that it has not.

    Their kinds are of KINDS.
    """
    expected = [checksum.lower() for checksum in expected]
    kinds = {"sha256", *(checksum.partition(":")[0] for checksum in expected)}
    digests = {kind: _digest(kind, path.stat().st_size) for kind in kinds}
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            for digest in digests.values():
                digest.update(chunk)
    found = {f"{kind}:{digest.hexdigest()}" for kind, digest in digests.items()}
    return digests["sha256"].hexdigest(), [c for c in expected if c not in found]


def _digest(kind: str, size: int) -> hashlib._Hash:
    """A new digest; git's is the SHA-1 of "blob SIZE" NUL and the content (Pro Git)."""
    if kind == "git":
        return hashlib.sha1(b"blob %d\0" % size)
    return hashlib.new(kind)
