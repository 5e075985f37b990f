"""Servers that lie, never end or lead elsewhere: nothing of theirs is kept."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import time
from types import SimpleNamespace

import pytest
from loopback import Reply
from test_fetching_alerce import address, missing
from toy_alerce import OPTIONS, toy_dataset

from transients.errors import DataError
from transients.fetching import alerce, client, files
from transients.fetching.alerce_client import Patience
from transients.fetching.complete import files_of_complete
from transients.fetching.downloads import fetch

CHECKSUM = "sha256:" + "0" * 64


def get(server, kind, path, data_dir, **options):
    options = {"from": kind, "url": server.url + path, "folder": "in"} | options
    return fetch("sample", options, str(data_dir), io.StringIO())


def refused(server, kind, path, data_dir, match, **options):
    """Assert that a download is refused and has left no file but its record."""
    with pytest.raises(DataError, match=match):
        get(server, kind, path, data_dir, **options)
    left = {p.name for p in data_dir.rglob("*") if p.is_file()}
    assert left <= {"sample.sha256"}


def zenodo(server, **changes):
    entry = {
        "key": "a.csv",
        "size": 1,
        "checksum": "md5:0cc175b9c0f1b6a831c399e269772661",
        "links": {"self": f"{server.url}/a"},
    }
    server.serve("/record", Reply(json.dumps({"files": [entry | changes]}).encode()))


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "../../x"},
        {"key": "/etc/x"},
        {"key": "a\nb"},
        {"key": "x/" * 600 + "x"},
        {"key": 7},
        {"key": None},
        {"size": "many"},
        {"size": float("inf")},
        {"size": -1},
        {"size": 10**30},
        {"links": {"self": 7}},
        {"links": {"self": "file:///etc/passwd"}},
        {"links": []},
        {"checksum": ["md5"]},
        {"checksum": "shake_128:00"},
        {"checksum": "nothing"},
    ],
    ids=str,
)
def test_a_record_of_lies_is_refused(server, tmp_path, changes):
    server.serve("/a", Reply(b"a"))
    zenodo(server, **changes)
    refused(server, "zenodo", "/record", tmp_path, "/record|/a|needs")


def test_a_listing_nested_without_end_is_refused(server, tmp_path):
    server.serve("/record", Reply(b"[" * 1_000_000))
    refused(server, "zenodo", "/record", tmp_path, "not JSON")


@pytest.mark.parametrize("length", ["9" * 5000, "\xb2", "-5", "1 000", "0x10"])
def test_a_length_that_is_no_number_is_not_known(length):
    answer = SimpleNamespace(headers={"Content-Length": length})
    assert client.promised_length(answer) is None


def endless(piece=b"a" * 65536):
    """A body that goes on, told piece by piece."""
    return SimpleNamespace(read1=lambda *_, **__: piece)


def test_a_listing_that_never_ends_is_left(monkeypatch):
    answer = SimpleNamespace(raw=endless(), url="http://x")
    with pytest.raises(DataError, match="http://x: an answer longer than 1000000"):
        client.read_body(answer, 1_000_000)
    answer = SimpleNamespace(raw=endless(b"a"), url="http://x")
    hours = itertools.count(0, 100)
    monkeypatch.setattr(client.time, "monotonic", lambda: next(hours))
    with pytest.raises(DataError, match="http://x: not there after 900 s"):
        client.read_body(answer, 1_000_000)


def test_a_packed_listing_is_measured_unpacked(server, tmp_path, monkeypatch):
    monkeypatch.setattr(client, "LONGEST_PAGE", 100_000)
    packed = Reply(gzip.compress(bytes(10**7)), headers={"Content-Encoding": "gzip"})
    server.serve("/record", packed)
    refused(server, "zenodo", "/record", tmp_path, "longer than 100000 bytes")


def test_folders_in_folders_without_end_are_left(server, tmp_path, monkeypatch):
    monkeypatch.setattr("transients.fetching.listings.MOST_PAGES", 20)
    links = "".join(f'<a href="{i}/">{i}/</a>' for i in range(30))
    server.serve("/data/", Reply(links.encode()))
    refused(server, "index", "/data/", tmp_path, "more than 20 folders")
    assert len(server.requests) == 1


def test_a_body_longer_than_published_is_cut(server, tmp_path):
    zenodo(server, size=1000)
    long = Reply(b"a" * 50_000_000, claimed_length=-1)
    server.serve("/a", long)
    began = time.process_time()
    refused(server, "zenodo", "/record", tmp_path, "goes on after the 1000 bytes")
    assert time.process_time() - began < 30


def test_a_body_of_unknown_length_leaves_room_on_the_disk(
    server, tmp_path, monkeypatch
):
    monkeypatch.setattr(files, "SPARE", 2**60)
    server.serve("/a.csv", Reply(b"a" * 1_000_000, claimed_length=-1))
    options = {"checksums": {"a.csv": CHECKSUM}}
    refused(server, "file", "/a.csv", tmp_path, "whose length is not known", **options)


def test_an_address_may_not_lead_to_one_without_encryption(monkeypatch):
    hop = SimpleNamespace(url="https://zenodo.org/a")
    last = SimpleNamespace(
        url="http://zenodo.org/a", history=[hop], status_code=200, close=lambda: None
    )
    with client.open_session() as session:
        monkeypatch.setattr(session, "request", lambda *_, **__: last)
        with pytest.raises(DataError, match=r"https://zenodo\.org/a: .*encryption"):
            client.request(session, "GET", "https://zenodo.org/a")


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://x/y", "//", "http://["])
def test_an_address_that_leads_away_from_http_is_refused(server, tmp_path, place):
    server.serve("/a.csv", Reply(status=302, headers={"Location": place}))
    refused(server, "file", "/a.csv", tmp_path, r"/a\.csv")


def test_an_address_that_leads_to_itself_is_refused(server, tmp_path):
    server.serve("/a.csv", Reply(status=302, headers={"Location": "/a.csv"}))
    refused(server, "file", "/a.csv", tmp_path, r"/a\.csv")


@pytest.mark.parametrize(
    ("names", "match"),
    [
        (["other.sha256"], "the name of a record"),
        (["other.complete.json"], "the name of a record"),
        (["a.csv", "a.csv.part"], "another file's beginning"),
        (["a.csv", "a.csv.part.json"], "another file's beginning"),
    ],
)
def test_no_file_takes_the_name_of_one_of_ours(server, tmp_path, names, match):
    links = "".join(f'<a href="{name}">{name}</a>' for name in names)
    server.serve("/data/", Reply(links.encode()))
    refused(server, "index", "/data/", tmp_path, match, folder=".")


OUTSIDE = {"address": "http://x", "bytes": 1, "sha256": "0" * 64}


@pytest.mark.parametrize("path", ["../secret.zip", "/etc/passwd", 7, None])
def test_a_mark_of_completeness_leads_nowhere_else(tmp_path, path):
    """It lies in data_dir, and so may come with data from a stranger."""
    folder = tmp_path / "data"
    folder.mkdir()
    (tmp_path / "secret.zip").write_bytes(b"")
    mark = {"options": {}, "files": [{"path": path, **OUTSIDE}]}
    (folder / "sample.complete.json").write_text(json.dumps(mark))
    assert files_of_complete(folder, "sample", {}) is None


@pytest.mark.parametrize("notes", ["7", "[1]", '{"a": 1}', "[[], {}]", "[" * 99999])
def test_notes_on_a_beginning_that_say_nonsense_cost_that_beginning(
    server, tmp_path, notes
):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv.part").write_bytes(b"evil")
    (tmp_path / "in" / "a.csv.part.json").write_text(notes)
    server.serve("/a.csv", Reply(b"whole"))
    get(server, "file", "/a.csv", tmp_path)
    assert (tmp_path / "in" / "a.csv").read_bytes() == b"whole"


LONG = b"[" + b"0," * 2_000_000
PACKED = {"Content-Encoding": "gzip"}


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(LONG), "longer than 1000000 bytes"),
        (Reply(gzip.compress(LONG), headers=PACKED), "longer than 1000000 bytes"),
        (
            Reply(b'{"status": "\\ud800\\u001b[2J\\n2026 ERROR forged"}', 500),
            "HTTP 500",
        ),
        (Reply(b'{"message": "\\ud800", "errors": {"a": "\\u001b"}}', 404), "HTTP 404"),
    ],
    ids=["long", "packed", "error", "unknown"],
)
def test_an_answer_of_the_broker_that_means_harm_is_a_failure(
    server, tmp_path, monkeypatch, reply, words
):
    """One line in the list of what is missing, in printable characters."""
    monkeypatch.setattr("transients.fetching.alerce_client.LONGEST_ANSWER", 1_000_000)
    server.serve(address("ZTFa"), reply)
    data = toy_dataset(tmp_path, ["ZTFa"])
    hasty = Patience(retries=0, backoff=0.0, time_limits=(5.0, 5.0))
    with pytest.raises(DataError, match="1 of 1 light curves"):
        alerce.fetch({**OPTIONS, "url": server.url}, data, io.StringIO(), hasty)
    ((status, message),) = missing(tmp_path).values()
    assert status == "failed"
    assert words in message
    assert message.isprintable()
    assert [p.name for p in (tmp_path / "alerce").iterdir()] == ["missing.csv"]
