"""A download of the configuration: its files, fetched into data_dir and recorded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from transients.errors import ConfigurationError, DataError
from transients.fetching.archives import folder_of, unpack
from transients.fetching.checksums import check
from transients.fetching.client import Session, open_session, published_size
from transients.fetching.complete import files_of_complete, mark_complete
from transients.fetching.files import bytes_arrived, fetch_file, require_space
from transients.fetching.listings import RemoteFile, list_files
from transients.fetching.paths import safe_path
from transients.fetching.progress import Progress
from transients.fetching.record import Record, open_record

log = logging.getLogger(__name__)

CONNECTIONS = 4
COLUMNS = ["path", "bytes", "sha256", "address", "state"]


def fetch(
    name: str, options: Mapping[str, Any], data_dir: str | None, terminal: TextIO
) -> pd.DataFrame:
    """Fetch what is missing of a download; return its files, one a row.

    options are its section of the configuration. Columns: path (relative to data_dir),
    bytes, sha256, address, state (fetched / there before). What was fetched earlier
    is checked against the record, what the user brought against what is published;
    neither is ever overwritten. Once all is there, nothing is asked for any more.
    Progress goes to the terminal, if it is one, and to the log. Raises DataError naming
    address or file at the first failure; what is complete by then is kept.
    """
    if data_dir is None:
        raise ConfigurationError(
            f"data_dir: say where download {name!r} goes: --config data_dir=DIR"
        )
    folder = Path(data_dir)
    n_connections = options.get("connections", CONNECTIONS)
    with open_session(n_connections) as session, open_record(folder, name) as record:
        files = files_of_complete(folder, name, options) or _wanted(session, options)
        total, arrived = _sizes(folder, files)
        require_space(folder, total - arrived, f"download {name!r}")
        with Progress(name, total, arrived, terminal, session.stop) as progress:
            collection = _Collection(session, folder, record, progress)
            rows = _in_parallel(collection.bring, files, progress, n_connections)
        table = pd.DataFrame(rows, columns=COLUMNS)
        if options.get("unpack", False):
            _unpack(folder, table["path"])
        mark_complete(folder, name, options, table)
    return table


def _wanted(session: Session, options: Mapping[str, Any]) -> list[RemoteFile]:
    """The files, with paths relative to data_dir and the configured checksums."""
    files = list_files(session, options["from"], options["url"], options.get("files"))
    checksums = options.get("checksums", {})
    if unknown := set(checksums) - {file.path for file in files}:
        raise ConfigurationError(
            f"checksums: {sorted(unknown)} not among the files of {options['url']}"
        )
    folder = "" if options["folder"] == "." else safe_path(options["folder"], "folder")
    wanted = [
        replace(
            file,
            path=f"{folder}/{file.path}".lstrip("/"),
            checksums=(*file.checksums, *filter(None, [checksums.get(file.path)])),
        )
        for file in files
    ]
    _refuse_names_of_ours([file.path for file in wanted], options["url"])
    return wanted


def _refuse_names_of_ours(paths: Collection[str], url: str) -> None:
    """Raise DataError for a file that would pass for one of the fetching's own."""
    unfinished = {f"{path}{end}" for path in paths for end in (".part", ".part.json")}
    for path in paths:
        if path in unfinished:
            raise DataError(f"{url}: {path} is the name of another file's beginning")
        if "/" not in path and path.endswith((".sha256", ".complete.json")):
            raise DataError(
                f"{url}: {path} has the name of a record of what was fetched: let the"
                " download have a folder of its own, or leave the file out by 'files'"
            )


def _sizes(folder: Path, files: list[RemoteFile]) -> tuple[int, int]:
    """Known bytes of the files that are missing, and what has arrived of them."""
    missing = [file for file in files if not (folder / file.path).exists()]
    arrived = sum(bytes_arrived(folder / file.path) for file in missing)
    return max(sum(file.size or 0 for file in missing), arrived), arrived


def _unpack(folder: Path, paths: Iterable[str]) -> None:
    for path in paths:
        if folder_of(folder / path) is not None:
            log.info("%s is unpacked in %s", path, unpack(folder / path))


@dataclass(frozen=True)
class _Collection:
    """Files below a folder and the record of what was fetched of them."""

    session: Session
    folder: Path
    record: Record
    progress: Progress

    def bring(self, remote: RemoteFile) -> dict[str, Any]:
        """Fetch a file or check the one that is there; return its row of the table."""
        target = self.folder / remote.path
        recorded = self.record.get(remote.path)
        try:
            if not target.exists():
                sha256, state = self._fetched(remote, target, recorded), "fetched"
            elif recorded:
                sha256, state = self._as_recorded(remote, target, recorded), "fetched"
            else:
                sha256, state = self._the_users(remote, target), "there before"
        except OSError as error:
            raise DataError(f"{target}: {error}") from error
        size = target.stat().st_size
        log.info("%s: %s, %d bytes", remote.path, state, size)
        row = (remote.path, size, sha256, remote.url, state)
        return dict(zip(COLUMNS, row, strict=True))

    def _fetched(self, remote: RemoteFile, target: Path, recorded: str | None) -> str:
        if recorded:
            checksums = (*remote.checksums, f"sha256:{recorded}")
            remote = replace(remote, checksums=checksums)
        keep = partial(self.record.add, remote.path)
        return fetch_file(self.session, remote, target, self._count, keep)

    def _count(self, n_bytes: int) -> None:
        self.record.in_use = True
        self.progress.add(n_bytes)

    def _as_recorded(self, remote: RemoteFile, target: Path, recorded: str) -> str:
        """Return the SHA-256 of a file that we fetched, if it is still the same."""
        sha256, wrong = check(target, remote.checksums)
        if sha256 != recorded:
            raise DataError(
                f"{target}: has changed after it was fetched (sha256 {sha256}, recorded"
                f" {recorded}); delete it to have it fetched again, or,"
                f" {self.record.way_out}"
            )
        if wrong:
            log.warning("%s: %s publishes another one by now", target, remote.url)
        return sha256

    def _the_users(self, remote: RemoteFile, target: Path) -> str:
        """Return the SHA-256 of a file that the user brought, if it is as published."""
        sha256, wrong = check(target, remote.checksums)
        if not remote.checksums:
            size, published = target.stat().st_size, remote.size
            if published is None:
                published = published_size(self.session, remote.url)
            if published not in (None, size):
                wrong = [f"length of {published} bytes"]
        if wrong:
            raise DataError(
                f"{target}: was there before, and is not what {remote.url} publishes"
                f" (not {' '.join(wrong)}); it is left as it is: move it away to have"
                f" it fetched, or, {self.record.way_out}"
            )
        return sha256


def _in_parallel(
    bring: Callable[[RemoteFile], dict[str, Any]],
    files: list[RemoteFile],
    progress: Progress,
    n_connections: int,
) -> list[dict[str, Any]]:
    """Bring all files, in their order; at the first failure stop and raise it."""
    with ThreadPoolExecutor(n_connections) as pool:
        futures = [pool.submit(bring, file) for file in files]
        try:
            for future in as_completed(futures):
                future.result()
        except BaseException:
            progress.stop()
            pool.shutdown(cancel_futures=True)
            raise
    return [future.result() for future in futures]
