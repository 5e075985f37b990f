"""One file over HTTP: continued where it was cut off, checked, then moved into place.

What has arrived of NAME is kept in NAME.part, and in NAME.part.json the length of the
whole and the validator (a strong ETag, or Last-Modified) by which the server can tell
that the rest still belongs to it (RFC 9110, sections 13.1.5 and 14.2).
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import requests
import urllib3

from transients.errors import DataError
from transients.fetching import client
from transients.fetching.checksums import check
from transients.fetching.listings import RemoteFile

log = logging.getLogger(__name__)

CHUNK = 256 * 1024
FRUITLESS = 5  # attempts in a row without a byte more, before a file is given up
SPARE = 1024**3  # left free by a file that may have any length [bytes]
ATTEMPTS = 2  # from the first byte, at a file whose content is wrong

Progress = Callable[[int], None]  # is told bytes as they arrive, less than 0 if lost


class _CutOff(Exception):
    """The body ended early, or what came cannot be used: ask again."""


class _WrongContent(DataError):
    """It is not what was promised."""


class _Arrived(NamedTuple):
    """Bytes that are there of a file; its length and validator, None if unknown."""

    size: int = 0
    total: int | None = None
    validator: str | None = None


def fetch_file(
    session: client.Session,
    remote: RemoteFile,
    target: Path,
    progress: Progress,
    keep: Callable[[str], None],
) -> str:
    """Fetch a file to target, all of it and with its checksums; return its SHA-256.

    keep is told the SHA-256 just before the file gets its name, so that no file of
    ours is ever there without a record. Raises DataError naming address and file;
    what has arrived is kept for a next time, unless its content is wrong.
    """
    part = _part(target)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _complete(session, remote, part, progress)
            sha256 = _checked(remote, part)
            break
        except _WrongContent as error:
            _discard(part, progress)
            if attempt == ATTEMPTS:
                raise
            log.warning("%s: once more from the start", error)
        except BaseException:
            if not _arrived(part).size or _arrived(part).total is None:
                _discard(part, progress)
            raise
    keep(sha256)
    part.replace(target)
    _notes(part).unlink(missing_ok=True)
    return sha256


def bytes_arrived(target: Path) -> int:
    """Return how much of a file is there from earlier attempts [bytes]."""
    return _arrived(_part(target)).size


def require_space(folder: Path, needed: int, what: str) -> None:
    """Raise DataError if the disk of a folder has not that many bytes free."""
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise DataError(
            f"{what} needs {needed / 1e9:.3f} GB, but {folder} has {free / 1e9:.3f} GB"
            " free: make room or choose another data_dir"
        )


def _complete(
    session: client.Session, remote: RemoteFile, part: Path, progress: Progress
) -> None:
    """Fetch what is missing, through any number of cut-offs that bring more bytes."""
    most, fruitless = _arrived(part).size, 0
    while fruitless < FRUITLESS:
        try:
            return _transfer(session, remote, part, progress)
        except _CutOff as error:
            size = _arrived(part).size
            fruitless = 0 if size > most else fruitless + 1
            most = max(most, size)
            log.info("%s: cut off after %d bytes (%s)", remote.url, size, error)
            client.wait(2.0**fruitless, session.stop)
    raise DataError(
        f"{remote.url}: cut off {FRUITLESS} times with no byte more of {remote.path};"
        " run again later, what has arrived is kept"
    )


def _transfer(
    session: client.Session, remote: RemoteFile, part: Path, progress: Progress
) -> None:
    """Ask once for what is missing, and write what comes."""
    arrived, headers = _arrived(part), {}
    if arrived.size and arrived.size == arrived.total:
        return
    if arrived.size and arrived.validator:
        headers = {"Range": f"bytes={arrived.size}-", "If_Range": arrived.validator}
    with client.request(session, "GET", remote.url, **headers) as response:
        _refuse_encoded(response, remote)
        if not _continues(response, arrived):
            _discard(part, progress)
            if response.status_code != 200:
                raise _CutOff("a rest that does not belong to it")
            arrived = _begin(response, remote, part)
            progress(0)  # from here on something of ours is there
        if arrived.total is not None:
            require_space(part.parent, arrived.total - arrived.size, remote.path)
        with part.open("ab") as file:
            try:
                for chunk in response.raw.stream(CHUNK, decode_content=False):
                    file.write(chunk)
                    progress(len(chunk))
                    _refuse_endless(file.tell(), remote, arrived, part.parent)
            except urllib3.exceptions.HTTPError as error:
                raise _CutOff(str(error)) from error
            file.flush()
            os.fsync(file.fileno())
            if arrived.total not in (None, file.tell()):  # a part of what was asked for
                raise _CutOff(f"{file.tell()} bytes of {arrived.total}")


def _refuse_endless(
    size: int, remote: RemoteFile, arrived: _Arrived, folder: Path
) -> None:
    """Raise DataError for a body that is longer than published, or fills the disk."""
    if remote.size is not None and size > remote.size:
        raise _WrongContent(
            f"{remote.url}: goes on after the {remote.size} bytes that are published"
        )
    if arrived.total is None:
        require_space(folder, SPARE, f"{remote.path}, whose length is not known,")


def _continues(response: requests.Response, arrived: _Arrived) -> bool:
    """Tell if the answer is the rest of what has arrived."""
    said = response.headers.get("Content-Range", "")
    rest = re.fullmatch(r"bytes ([0-9]{1,18})-[0-9]+/([0-9]{1,18})", said)
    return (
        response.status_code == 206
        and rest is not None
        and (int(rest[1]), int(rest[2])) == (arrived.size, arrived.total)
        and _validator(response) in (None, arrived.validator)
    )


def _begin(response: requests.Response, remote: RemoteFile, part: Path) -> _Arrived:
    """Note what is known of a file whose first byte comes next."""
    total = client.promised_length(response)
    if total is None and remote.size is None and not remote.checksums:
        raise DataError(
            f"{remote.url}: neither its length nor a checksum is known, so that the"
            " loss of its end would go unseen; give a checksum under 'checksums'"
        )
    if remote.size is not None and total not in (None, remote.size):
        raise _WrongContent(
            f"{remote.url}: has {total} bytes, but {remote.size} are published"
        )
    started = _Arrived(0, total, _validator(response))
    part.parent.mkdir(parents=True, exist_ok=True)
    _notes(part).write_text(json.dumps(started[1:]))
    return started


def _validator(response: requests.Response) -> str | None:
    etag = response.headers.get("ETag", "")
    strong = etag if etag.startswith('"') else None
    return strong or response.headers.get("Last-Modified")


def _refuse_encoded(response: requests.Response, remote: RemoteFile) -> None:
    """Refuse what was compressed on the way; a server may say it of a file of .gz."""
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding != "identity" and not remote.path.endswith(("gz", "Z")):
        raise DataError(
            f"{remote.url}: sent with Content-Encoding {encoding}, unasked for"
        )


def _checked(remote: RemoteFile, part: Path) -> str:
    """Return the SHA-256 of a complete file that is as published."""
    size = part.stat().st_size
    if remote.size not in (None, size):
        raise _WrongContent(
            f"{remote.url}: {size} bytes came, but {remote.size} are published"
        )
    sha256, wrong = check(part, remote.checksums)
    if wrong:
        raise _WrongContent(
            f"{remote.url}: what came as {remote.path} has not the checksum"
            f" {' '.join(wrong)}, but sha256:{sha256}"
        )
    return sha256


def _arrived(part: Path) -> _Arrived:
    try:
        total, validator = json.loads(_notes(part).read_text())
        return _Arrived(part.stat().st_size, total, validator)
    except (OSError, ValueError, TypeError, RecursionError):
        return _Arrived()


def _discard(part: Path, progress: Progress) -> None:
    if lost := _arrived(part).size:
        progress(-lost)
    part.unlink(missing_ok=True)
    _notes(part).unlink(missing_ok=True)


def _part(target: Path) -> Path:
    return target.with_name(f"{target.name}.part")


def _notes(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")
