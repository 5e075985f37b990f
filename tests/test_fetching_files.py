"""One file from a server that misbehaves: what is asked, waited for, kept, refused."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections import namedtuple
from typing import Any

import pandas as pd
import pytest
from loopback import Reply, Server

from transients.errors import DataError
from transients.fetching import client, files
from transients.fetching.downloads import fetch
from transients.fetching.listings import RemoteFile

BODY = bytes(range(256)) * 4096  # 1 MiB
HALF = len(BODY) // 2
WHOLE = Reply(BODY, ranges=True)
CUT = Reply(BODY, ranges=True, cut_after=HALF)
DATE = "Mon, 01 Jan 2024 00:00:00 GMT"


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server() as server:
        yield server


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """The times that would be waited [s]."""
    waits: list[float] = []
    monkeypatch.setattr(client, "wait", lambda seconds, _: waits.append(seconds))
    return waits


def get(server: Server, folder: Any, *replies: Reply, **options: Any) -> pd.DataFrame:
    """Fetch /a.csv, which the server answers so."""
    server.serve("/a.csv", *replies)
    download = {"from": "file", "url": f"{server.url}/a.csv", "folder": "."}
    return fetch("sample", download | options, str(folder), io.StringIO())


def killed(came: int | str) -> None:
    """End as by Ctrl-C, at the first bytes or the complete file's checksum."""
    if came:
        raise KeyboardInterrupt


def md5(body: bytes) -> str:
    return f"md5:{hashlib.md5(body).hexdigest()}"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def asked(server, header="Range"):
    """What each request for the file said in a header."""
    return [request.headers.get(header) for request in server.requests_for("/a.csv")]


def test_a_file_arrives_whole_with_its_line_in_the_record(server, tmp_path):
    table = get(server, tmp_path, WHOLE)
    sha256 = hashlib.sha256(BODY).hexdigest()
    address = f"{server.url}/a.csv"
    assert table.to_numpy().tolist() == [
        ["a.csv", len(BODY), sha256, address, "fetched"]
    ]
    assert (tmp_path / "a.csv").read_bytes() == BODY
    assert (tmp_path / "sample.sha256").read_text() == f"{sha256}  a.csv\n"
    assert names(tmp_path) == ["a.csv", "sample.complete.json", "sample.sha256"]


@pytest.mark.parametrize(
    ("headers", "validator"),
    [
        ({}, WHOLE.etag),
        ({"ETag": 'W/"weak"', "Last-Modified": DATE}, DATE),
    ],
)
def test_a_cut_off_file_is_continued(server, tmp_path, waits, headers, validator):
    cut = Reply(BODY, headers=headers, ranges=True, cut_after=HALF)
    get(server, tmp_path, cut, Reply(BODY, headers=headers, ranges=True))
    assert (tmp_path / "a.csv").read_bytes() == BODY
    assert asked(server) == [None, f"bytes={HALF}-"]
    assert asked(server, "If-Range") == [None, validator]
    assert waits == [1.0]


def test_a_server_may_send_less_than_the_rest(server, tmp_path):
    """RFC 9110, section 15.3.7: a part of the range that was asked for is an answer."""
    span = f"bytes {HALF}-{HALF + 99}/{len(BODY)}"
    headers = {"Content-Range": span, "ETag": WHOLE.etag}
    less = Reply(BODY[HALF : HALF + 100], status=206, headers=headers)
    get(server, tmp_path, CUT, less, WHOLE)
    assert (tmp_path / "a.csv").read_bytes() == BODY
    assert asked(server) == [None, f"bytes={HALF}-", f"bytes={HALF + 100}-"]


def test_cut_offs_may_be_many_while_bytes_come(server, tmp_path):
    steps = len(BODY) // 20
    get(server, tmp_path, Reply(BODY, ranges=True, cut_after=steps))
    assert (tmp_path / "a.csv").read_bytes() == BODY
    assert asked(server)[1:] == [f"bytes={n * steps}-" for n in range(1, 21)]


def test_a_file_that_never_ends_as_promised_is_refused(server, tmp_path, waits):
    with pytest.raises(DataError, match=r"/a\.csv: cut off 5 times"):
        get(server, tmp_path, Reply(BODY, claimed_length=len(BODY) + 1))
    assert not (tmp_path / "a.csv").exists()
    assert waits == [1, 2, 4, 8, 16, 32]


def test_a_killed_run_is_continued_by_the_next(server, tmp_path):
    server.serve("/a.csv", WHOLE)
    remote = RemoteFile("a.csv", f"{server.url}/a.csv")
    with client.open_session() as session, pytest.raises(KeyboardInterrupt):
        files.fetch_file(session, remote, tmp_path / "a.csv", killed, print)
    assert names(tmp_path) == ["a.csv.part", "a.csv.part.json"]
    get(server, tmp_path, WHOLE)
    assert asked(server) == [None, f"bytes={files.CHUNK}-"]
    assert (tmp_path / "a.csv").read_bytes() == BODY


def test_a_run_killed_before_the_file_had_its_name_asks_for_nothing(server, tmp_path):
    server.serve("/a.csv", WHOLE)
    remote = RemoteFile("a.csv", f"{server.url}/a.csv")
    with client.open_session() as session, pytest.raises(KeyboardInterrupt):
        files.fetch_file(session, remote, tmp_path / "a.csv", abs, killed)
    get(server, tmp_path, WHOLE)
    assert asked(server) == [None]
    assert (tmp_path / "a.csv").read_bytes() == BODY


def test_a_server_without_ranges_sends_all_again(server, tmp_path):
    get(server, tmp_path, CUT, Reply(BODY, headers={"Last-Modified": DATE}))
    assert asked(server, "Accept-Encoding") == ["identity", "identity"]
    assert asked(server) == [None, f"bytes={HALF}-"]
    assert (tmp_path / "a.csv").read_bytes() == BODY


def test_without_a_validator_nothing_is_continued(server, tmp_path):
    get(server, tmp_path, Reply(BODY, cut_after=HALF), Reply(BODY))
    assert asked(server) == [None, None]
    assert (tmp_path / "a.csv").read_bytes() == BODY


NEW = BODY[::-1]
REST = {"Content-Range": f"bytes {HALF}-{len(NEW) - 1}/{len(NEW)}", "ETag": '"new"'}


@pytest.mark.parametrize(
    "then",
    [
        [],
        [Reply(NEW[HALF:], 206, REST)],  # a server that knows ranges, but no If-Range
        [Reply(NEW, 206)],  # says 206, sends all
        [Reply(b"", 416)],
    ],
)
def test_halves_of_two_versions_are_never_joined(server, tmp_path, then):
    get(server, tmp_path, CUT, *then, Reply(NEW, ranges=True))
    assert (tmp_path / "a.csv").read_bytes() == NEW


def test_a_rest_from_another_place_is_not_used(server, tmp_path):
    said = {"Content-Range": f"bytes 0-{len(BODY) - 1}/{len(BODY)}", "ETag": WHOLE.etag}
    get(server, tmp_path, CUT, Reply(BODY, 206, said), WHOLE)
    assert (tmp_path / "a.csv").read_bytes() == BODY


def test_a_part_with_unreadable_notes_is_not_used(server, tmp_path):
    (tmp_path / "a.csv.part").write_bytes(b"wrong")
    (tmp_path / "a.csv.part.json").write_text('[1048576, "')
    get(server, tmp_path, WHOLE)
    assert (tmp_path / "a.csv").read_bytes() == BODY
    assert names(tmp_path) == ["a.csv", "sample.complete.json", "sample.sha256"]


def test_a_missing_file_is_asked_for_once(server, tmp_path, waits):
    with pytest.raises(DataError, match=r"/a\.csv: HTTP 404"):
        get(server, tmp_path, Reply(status=404))
    assert asked(server) == [None]
    assert waits == []
    assert names(tmp_path) == []


def test_a_busy_server_is_asked_again_when_it_says(server, tmp_path, waits):
    busy = Reply(status=429, headers={"Retry-After": "7"})
    get(server, tmp_path, busy, busy, WHOLE)
    assert waits == [7, 7]
    assert (tmp_path / "a.csv").read_bytes() == BODY


def test_nobody_waits_for_days(server, tmp_path, waits):
    with pytest.raises(DataError, match=r"/a\.csv: .*come back in 86400 s"):
        get(server, tmp_path, Reply(status=503, headers={"Retry-After": "86400"}))
    assert waits == []


def test_errors_of_the_server_are_outlived(server, tmp_path, waits):
    get(server, tmp_path, Reply(status=500), Reply(status=500), WHOLE)
    assert (tmp_path / "a.csv").read_bytes() == BODY
    assert waits == [0, 2]


def test_a_server_that_stays_down_is_given_up(server, tmp_path, waits):
    with pytest.raises(DataError, match=r"/a\.csv: HTTP 503"):
        get(server, tmp_path, Reply(status=503))
    assert waits == [0, 2, 4, 8, 16, 32, 64, 120, 120, 120]


def test_where_nobody_answers_the_address_is_named(tmp_path, waits):
    with Server() as gone:
        pass
    with pytest.raises(DataError, match=r"127\.0\.0\.1.*/a\.csv: cannot be reached"):
        get(gone, tmp_path, WHOLE)
    assert len(waits) == client.CONNECTIONS_LOST


def test_a_silent_server_is_asked_again(server, tmp_path, monkeypatch):
    monkeypatch.setattr(client, "TIME_LIMITS", (1.0, 0.2))
    get(server, tmp_path, Reply(BODY, pause=5.0), WHOLE)
    assert (tmp_path / "a.csv").read_bytes() == BODY


def test_a_slow_server_is_borne(server, tmp_path):
    get(server, tmp_path, Reply(BODY, pause=0.001))
    assert (tmp_path / "a.csv").read_bytes() == BODY


def test_a_wrong_checksum_is_tried_again_from_the_start(server, tmp_path):
    wrong = Reply(NEW, ranges=True)
    get(server, tmp_path, wrong, WHOLE, checksums={"a.csv": md5(BODY)})
    assert asked(server) == [None, None]
    assert (tmp_path / "a.csv").read_bytes() == BODY


def test_a_wrong_checksum_twice_is_refused(server, tmp_path):
    with pytest.raises(DataError, match=rf"/a\.csv.* not the checksum {md5(BODY)}"):
        get(server, tmp_path, Reply(NEW), checksums={"a.csv": md5(BODY)})
    assert asked(server) == [None, None]
    assert names(tmp_path) == ["sample.sha256"]


def test_a_loss_that_nobody_could_see_is_refused(server, tmp_path):
    endless = Reply(BODY, claimed_length=-1)
    with pytest.raises(DataError, match="give a checksum"):
        get(server, tmp_path, endless)
    get(server, tmp_path, endless, checksums={"a.csv": md5(BODY)})
    assert (tmp_path / "a.csv").read_bytes() == BODY


def test_gzip_files_stay_as_they_are_stored(server, tmp_path):
    stored = gzip.compress(BODY)
    labelled = Reply(stored, headers={"Content-Encoding": "x-gzip"})
    server.serve("/a.csv.gz", labelled)
    get(server, tmp_path, url=f"{server.url}/a.csv.gz")
    assert (tmp_path / "a.csv.gz").read_bytes() == stored
    with pytest.raises(DataError, match="Content-Encoding x-gzip"):
        get(server, tmp_path, labelled)


def test_redirects_are_followed_with_the_range(server, tmp_path):
    moved = Reply(status=302, headers={"Location": "/elsewhere"})
    server.serve("/elsewhere", CUT, WHOLE)
    get(server, tmp_path, moved)
    assert (tmp_path / "a.csv").read_bytes() == BODY
    last = server.requests_for("/elsewhere")[-1]
    assert last.headers["Range"] == f"bytes={HALF}-"


def test_a_full_disk_is_told_before(server, tmp_path, monkeypatch):
    usage = namedtuple("usage", "free")(1000)
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(
        DataError, match=r"a\.csv needs 0\.001 GB, but .* has 0\.000 GB"
    ):
        get(server, tmp_path, WHOLE)
    assert not (tmp_path / "a.csv").exists()
