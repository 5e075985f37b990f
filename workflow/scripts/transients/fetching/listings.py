"""What files an address offers: one file, a folder index, Zenodo, Hugging Face.

Each returns the wanted files with what the address publishes of them. Formats: the
index pages of Apache and nginx (links relative to the page, folders ending in "/");
a record of Zenodo's REST API (https://developers.zenodo.org); a dataset's file tree
in the Hub API (https://huggingface.co/docs/hub/api), in pages chained by the Link
header, where files kept by Git LFS carry their SHA-256 and the others git's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import requests

from transients.errors import ConfigurationError, DataError
from transients.fetching.checksums import KINDS
from transients.fetching.client import Session, read_json, read_page
from transients.fetching.paths import matches, may_hold, safe_path

MOST_FILES = 1_000_000  # of one address
MOST_PAGES = 10_000
NOT_UNDERSTOOD = (
    *(AttributeError, LookupError, TypeError, ValueError, OverflowError),
    AssertionError,  # of html.parser, at a declaration that is none
)
DATASET = re.compile(
    r"(?P<host>https?://[^/]+)/datasets/(?P<name>[^/]+/[^/]+)"
    r"/tree/(?P<revision>[^/]+)(?P<folder>/.*)?"
)

Patterns = Sequence[str] | None


@dataclass(frozen=True)
class RemoteFile:
    """A file of a listing; path is below the listing's address, / between its parts.

    size [bytes] is None and checksums ("md5:...", "sha256:...", "git:...") are empty
    where the address publishes none.
    """

    path: str
    url: str
    size: int | None = None
    checksums: tuple[str, ...] = ()


def list_files(
    session: Session, kind: str, url: str, patterns: Patterns
) -> list[RemoteFile]:
    """Return the files at an address that match a pattern, in order of their paths.

    Raises DataError if a pattern matches none, a path is unsafe or appears twice, or
    the answer is not of this kind.
    """
    found: dict[str, RemoteFile] = {}
    for file in LISTINGS[kind](session, url, patterns):
        if urlsplit(file.url).scheme not in ("http", "https"):
            raise DataError(f"{url}: refused the address {file.url!r} of {file.path}")
        if not matches(file.path, patterns):
            continue
        if any(x.partition(":")[0] not in KINDS for x in file.checksums):
            raise DataError(f"{url}: {file.path} has checksums of an unknown kind")
        if file.path in found:
            raise DataError(f"{url}: lists {file.path} twice")
        found[file.path] = file
        if len(found) > MOST_FILES:
            raise DataError(f"{url}: lists more than {MOST_FILES} files")
    for pattern in patterns or ["*"]:
        if not any(patterns is None or matches(path, [pattern]) for path in found):
            raise DataError(f"{url}: no file matches {pattern!r}")
    return [found[path] for path in sorted(found)]


def _one_file(_session: Session, url: str, _patterns: Patterns) -> Iterator[RemoteFile]:
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    yield RemoteFile(safe_path(name, url), url)


def _index(session: Session, url: str, patterns: Patterns) -> Iterator[RemoteFile]:
    """Walk through the index pages of a folder, down where a pattern can match."""
    start = None
    waiting = [("", url if url.endswith("/") else f"{url}/")]
    for _page in range(MOST_PAGES):
        folder, address = waiting.pop()
        response, page = read_page(session, address)
        start = start or response.url
        if not response.url.startswith(start):
            raise DataError(f"{address}: leads to {response.url}, not below {start}")
        for name, link in _links(response, page):
            path = folder + safe_path(name, address)
            if not name.endswith("/"):
                yield RemoteFile(path, link)
            elif may_hold(path, patterns):
                waiting.append((f"{path}/", link))
        if not waiting:
            return
        if len(waiting) > MOST_PAGES:
            break
    raise DataError(f"{url}: more than {MOST_PAGES} folders; narrow the patterns")


def _links(response: requests.Response, page: bytes) -> Iterator[tuple[str, str]]:
    """Names, with "/" if folders, and addresses of what is directly in a folder.

    Links to elsewhere (the folder above, other orders of the same page) are passed.
    """
    parser = _Links()
    with _understood(response.url, "an index page"):
        parser.feed(page.decode(response.encoding or "utf-8", errors="replace"))
        links = [urljoin(response.url, href) for href in dict.fromkeys(parser.hrefs)]
    for link in links:
        name = link.removeprefix(response.url)
        if link.startswith(response.url) and re.fullmatch(r"[^/?#]+/?", name):
            yield unquote(name), link


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hrefs += [value for name, value in attrs if name == "href" and value]


def _zenodo(session: Session, url: str, _patterns: Patterns) -> Iterator[RemoteFile]:
    _, record = read_json(session, url)
    with _understood(url, "a record of Zenodo's API"):
        files = [
            RemoteFile(
                path=safe_path(entry["key"], url),
                url=str(entry["links"]["self"]),
                size=int(entry["size"]),
                checksums=(str(entry["checksum"]),),
            )
            for entry in record["files"]
        ]
    yield from files


def _huggingface(
    session: Session, url: str, _patterns: Patterns
) -> Iterator[RemoteFile]:
    """List a folder of a dataset, page by page."""
    parts = DATASET.fullmatch(url)
    if parts is None:
        form = "https://huggingface.co/datasets/OWNER/NAME/tree/REVISION/FOLDER"
        raise ConfigurationError(f"{url}: not an address of the form {form}")
    host, name, revision = parts["host"], parts["name"], parts["revision"]
    folder = (parts["folder"] or "").strip("/")
    above = f"{unquote(folder)}/" if folder else ""
    files = f"{host}/datasets/{name}/resolve/{revision}/"
    page = f"{host}/api/datasets/{name}/tree/{revision}/{folder}?recursive=true"
    for _page in range(MOST_PAGES):
        response, entries = read_json(session, page)
        with _understood(page, "a file tree of the Hugging Face Hub"):
            found = [_of_tree(e, above, files) for e in entries if e["type"] == "file"]
        yield from found
        page = response.links.get("next", {}).get("url", "")
        if not page:
            return
        if not page.startswith(f"{host}/"):
            raise DataError(f"{url}: goes on at another host, {page}")
    raise DataError(f"{url}: more than {MOST_PAGES} pages")


def _of_tree(entry: dict[str, Any], above: str, files: str) -> RemoteFile:
    path = safe_path(entry["path"], files)
    checksum = "git:" + entry["oid"]
    if "lfs" in entry:  # then oid is that of a pointer to the content
        checksum = "sha256:" + entry["lfs"]["oid"]
    if not path.startswith(above):
        raise DataError(f"{files}: lists {path}, which is not in {above}")
    below = path.removeprefix(above)
    return RemoteFile(below, files + quote(path), int(entry["size"]), (checksum,))


@contextmanager
def _understood(url: str, kind: str) -> Iterator[None]:
    try:
        yield
    except NOT_UNDERSTOOD as error:
        raise DataError(f"{url}: not {kind} ({error!r})") from error


LISTINGS: dict[str, Callable[[Session, str, Patterns], Iterator[RemoteFile]]] = {
    "file": _one_file,
    "index": _index,
    "zenodo": _zenodo,
    "huggingface": _huggingface,
}
