"""Fetching from ALeRCE, against a real server that answers as its API does."""

from __future__ import annotations

import gzip
import io
import json
import threading
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from loopback import Reply, Server
from toy_alerce import OPTIONS, answer, detection, toy_dataset
from tqdm import tqdm

from transients.errors import DataError, StorageError
from transients.fetching import alerce as fetching
from transients.fetching import alone
from transients.fetching.alerce_client import Patience
from transients.readers import alerce

NAMES = [f"ZTF18toy{i}" for i in range(6)]
AT_ONCE = Patience(retries=2, backoff=0.0)
CURVE = Reply(json.dumps(answer()).encode())
NOT_FOUND = Reply(json.dumps({"errors": {}, "detail": "no such object"}).encode(), 404)
LIST = "missing.csv"
BUSY = Reply(b"<html>busy</html>", 503)


@pytest.fixture
def server() -> Iterator[Server]:
    """ALeRCE with a light curve of every object."""
    with Server() as server:
        for name in NAMES:
            server.serve(address(name), CURVE)
        yield server


def address(name: str) -> str:
    return f"/ztf/v1/objects/{name}/lightcurve"


def asked(server: Server) -> list[str]:
    """The objects that were asked for, in alphabetical order."""
    return sorted(request.path.split("/")[4] for request in server.requests)


def fetch(server: Server, folder: Path, **changes: Any) -> dict[str, str]:
    """Fetch the toy data set; return the status of each object."""
    options = {**OPTIONS, "url": server.url, **changes}
    data = toy_dataset(folder, NAMES)
    table = fetching.fetch(options, data, io.StringIO(), AT_ONCE)
    assert list(table.columns) == ["object_id", "status", "message"]
    return dict(zip(table["object_id"], table["status"], strict=True))


def stored(folder: Path) -> list[str]:
    """Names of all files beside the label table, half ones too."""
    return sorted(path.name for path in (folder / "alerce").rglob("*"))


def files(*names: str) -> list[str]:
    return [f"{name}.json.gz" for name in names]


def missing(folder: Path) -> dict[str, tuple[str, str]]:
    table = pd.read_csv(folder / "alerce" / LIST)
    return {n: (s, m) for n, s, m in table.itertuples(index=False)}


def test_answers_are_stored_as_they_come_and_never_asked_for_again(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert fetch(server, tmp_path) == dict.fromkeys(NAMES, "fetched")
    assert stored(tmp_path) == files(*NAMES)
    assert "3 of 6 asked for" in caplog.text
    with gzip.open(tmp_path / "alerce" / files(NAMES[0])[0]) as file:
        assert json.load(file) == answer()
    assert fetch(server, tmp_path) == dict.fromkeys(NAMES, "fetched")
    assert asked(server) == NAMES


def test_fetched_light_curves_can_be_read(server: Server, tmp_path: Path) -> None:
    server.serve(address(NAMES[2]), NOT_FOUND)
    fetch(server, tmp_path)
    (portion,) = alerce.read(OPTIONS, toy_dataset(tmp_path, NAMES))
    assert list(portion.objects["object_id"]) == [n for n in NAMES if n != NAMES[2]]
    listed = portion.dropped.set_index("object_id")["reason"]
    assert listed[NAMES[2]] == "unknown to ALeRCE: HTTP 404: no such object"


def test_an_unknown_object_is_listed_and_not_asked_for_again(
    server: Server, tmp_path: Path
) -> None:
    server.serve(address(NAMES[2]), NOT_FOUND)
    for _ in range(2):
        assert fetch(server, tmp_path)[NAMES[2]] == "unknown to ALeRCE"
    assert asked(server) == NAMES
    assert missing(tmp_path) == {
        NAMES[2]: ("unknown to ALeRCE", "HTTP 404: no such object")
    }


def test_a_404_of_another_server_is_a_failure(server: Server, tmp_path: Path) -> None:
    server.serve(address(NAMES[2]), Reply(b"<html>nginx</html>", 404))
    with pytest.raises(DataError, match="1 of 6 light curves could not be fetched"):
        fetch(server, tmp_path)
    server.serve(address(NAMES[2]), CURVE)
    assert fetch(server, tmp_path)[NAMES[2]] == "fetched"


def test_where_no_object_is_known_the_address_is_doubted(
    server: Server, tmp_path: Path
) -> None:
    for name in NAMES:
        server.serve(address(name), NOT_FOUND)
    with pytest.raises(DataError, match=r"6 of 6 .*is url right\? HTTP 404"):
        fetch(server, tmp_path)
    server.serve(address(NAMES[0]), CURVE)
    fetch(server, tmp_path)
    assert len(asked(server)) == 12


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param([Reply(b"", 500), BUSY], id="busy twice"),
        pytest.param([Reply(CURVE.body, cut_after=500)], id="cut off"),
        pytest.param([Reply(CURVE.body, claimed_length=9999)], id="wrong length"),
        pytest.param([Reply(b"<html>maintenance</html>")], id="not JSON"),
        pytest.param([Reply(b"[" * 100_000)], id="nested"),
        pytest.param([Reply(b'{"detections": [{}]}')], id="wrong JSON"),
        pytest.param([Reply(b'["broken"]', 400)], id="error that is a list"),
    ],
)
def test_passing_trouble_is_overcome(
    server: Server, tmp_path: Path, trouble: list[Reply]
) -> None:
    server.serve(address(NAMES[1]), *trouble, CURVE)
    assert fetch(server, tmp_path)[NAMES[1]] == "fetched"
    assert stored(tmp_path) == files(*NAMES)
    assert len(server.requests_for(address(NAMES[1]))) == len(trouble) + 1


def test_a_broker_that_does_not_answer_is_asked_again(
    server: Server, tmp_path: Path
) -> None:
    server.serve(address(NAMES[0]), Reply(CURVE.body, pause=2.0), CURVE)
    data = toy_dataset(tmp_path, NAMES[:1])
    hasty = Patience(backoff=0.0, time_limits=(5.0, 0.5))
    fetching.fetch({**OPTIONS, "url": server.url}, data, io.StringIO(), hasty)
    assert stored(tmp_path) == files(NAMES[0])
    assert len(server.requests) >= 2


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        (Reply(b'{"detail": "database"}', 500), "HTTP 500: database"),
        (Reply(CURVE.body, cut_after=500), "IncompleteRead"),
        (Reply(b"<html>"), "JSONDecodeError"),
        (Reply(b'{"detections": 3}'), f"object '{NAMES[1]}': not a light curve"),
        (Reply(b"", 429, {"Retry-After": "86400"}), "asks to come back in 86400 s"),
    ],
)
def test_lasting_trouble_is_listed_and_asked_for_again(
    server: Server, tmp_path: Path, trouble: Reply, message: str
) -> None:
    server.serve(address(NAMES[1]), trouble)
    with pytest.raises(DataError) as caught:
        fetch(server, tmp_path)
    for words in (f"1 of 6 light curves could not be fetched ({NAMES[1]}: ", message):
        assert words in str(caught.value)
    assert stored(tmp_path) == [
        *files(*(n for n in NAMES if n != NAMES[1])),
        LIST,
    ]
    status, reason = missing(tmp_path)[NAMES[1]]
    assert status == "failed"
    assert message in reason
    before = len(server.requests)
    server.serve(address(NAMES[1]), CURVE)
    fetch(server, tmp_path)
    assert server.requests[before:] == server.requests_for(address(NAMES[1]))[-1:]
    assert stored(tmp_path) == files(*NAMES)


def test_a_few_failures_may_be_allowed(server: Server, tmp_path: Path) -> None:
    server.serve(address(NAMES[1]), BUSY)
    assert fetch(server, tmp_path, max_failed=1)[NAMES[1]] == "failed"
    (portion,) = alerce.read(OPTIONS, toy_dataset(tmp_path, NAMES))
    listed = portion.dropped.set_index("object_id")["reason"]
    assert listed[NAMES[1]].startswith("failed: HTTP 503")


def test_waiting_grows_and_heeds_the_broker(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float | None] = []

    class Clock(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout)
            return False

    clocks = types.SimpleNamespace(Event=Clock, local=threading.local)
    monkeypatch.setattr("transients.fetching.alerce_client.threading", clocks)
    told = Reply(b"", 429, {"Retry-After": "7"})
    server.serve(address(NAMES[0]), BUSY, BUSY, BUSY, told, CURVE)
    options = {**OPTIONS, "url": server.url}
    data = toy_dataset(tmp_path, NAMES[:1])
    fetching.fetch(options, data, io.StringIO(), Patience(retries=4, backoff=0.5))
    assert waits == [0.0, 1.0, 2.0, 7.0]


def test_a_broker_that_cannot_be_reached_is_told_of_in_few_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = toy_dataset(tmp_path, NAMES)
    options = {**OPTIONS, "url": "http://127.0.0.1:1"}
    with pytest.raises(DataError, match="is there an internet connection") as caught:
        fetching.fetch(options, data, io.StringIO(), AT_ONCE)
    assert len(str(caught.value)) < 800
    assert "HTTPConnectionPool" not in str(caught.value)
    ours = [r for r in caplog.records if r.name.startswith("transients")]
    assert all(len(record.getMessage()) < 150 for record in ours)


def test_a_broker_that_is_down_is_left_alone(server: Server, tmp_path: Path) -> None:
    names = [f"ZTF18toy{i:03d}" for i in range(60)]
    for name in names:
        server.serve(address(name), BUSY)
    data = toy_dataset(tmp_path, names)
    options = {**OPTIONS, "url": server.url, "connections": 1}
    with pytest.raises(DataError, match="60 of 60 light curves could not be fetched"):
        fetching.fetch(options, data, io.StringIO(), AT_ONCE)
    assert 10 <= len(set(asked(server))) < 40
    assert missing(tmp_path)[names[-1]][1] == "not asked for: 10 in a row had failed"


@pytest.mark.parametrize("connections", [1, 3])
def test_no_more_connections_than_allowed(
    server: Server, tmp_path: Path, connections: int
) -> None:
    for name in NAMES:
        server.serve(address(name), Reply(CURVE.body, pause=0.1))
    fetch(server, tmp_path, connections=connections)
    assert server.most_at_once == connections


def test_an_interrupted_run_loses_nothing(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while one object waits to be asked for again, and others are to come."""

    class Bar(tqdm):
        def update(self, n: float | None = 1) -> bool | None:
            if self.n == 2:
                raise KeyboardInterrupt
            return super().update(n)

    server.serve(address(NAMES[0]), Reply(b"", 503, {"Retry-After": "200"}), CURVE)
    data = toy_dataset(tmp_path, NAMES)
    options = {**OPTIONS, "url": server.url, "connections": 2}
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(fetching, "tqdm", Bar)
        fetching.fetch(options, data, terminal, Patience())
    assert "2/6" in terminal.getvalue()
    first = stored(tmp_path)
    assert 2 <= len(first) <= 5
    assert set(first) < set(files(*NAMES))
    fetch(server, tmp_path)
    assert stored(tmp_path) == files(*NAMES)
    assert asked(server) == sorted([*NAMES, NAMES[0]])


def test_a_full_disk_stops_the_job(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_bytes(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_bytes)
        with pytest.raises(StorageError, match="disk is full"):
            fetch(server, tmp_path)
    assert stored(tmp_path) == []
    assert fetch(server, tmp_path) == dict.fromkeys(NAMES, "fetched")


def test_data_sets_share_a_folder(server: Server, tmp_path: Path) -> None:
    """What one has failed to fetch stays listed when another is fetched."""
    server.serve(address(NAMES[1]), BUSY)
    fetch(server, tmp_path, max_failed=1)
    server.serve(address("ZTFother"), CURVE)
    data = toy_dataset(tmp_path, ["ZTFother", NAMES[0]])
    fetching.fetch({**OPTIONS, "url": server.url}, data, io.StringIO(), AT_ONCE)
    assert list(missing(tmp_path)) == [NAMES[1]]


def test_data_sets_may_be_fetched_at_once(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another run lists while this one asks stays listed, too."""
    ask = fetching._fetch_all

    def ask_beside_another(*args: Any) -> None:
        (tmp_path / "alerce" / LIST).write_text(
            "object_id,status,message\nZTFother,failed,HTTP 503\n"
        )
        ask(*args)

    monkeypatch.setattr(fetching, "_fetch_all", ask_beside_another)
    server.serve(address(NAMES[1]), NOT_FOUND)
    fetch(server, tmp_path)
    assert sorted(missing(tmp_path)) == [NAMES[1], "ZTFother"]


def test_data_sets_that_end_at_once_are_both_listed(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run comes to the list between our reading and our writing of it."""
    names = [NAMES[0], "ZTFother"]
    options = {**OPTIONS, "url": server.url}
    there = threading.Event()
    read, flock = fetching.read_missing, alone.fcntl.flock

    def fetch_others() -> None:
        fetching.fetch(options, toy_dataset(tmp_path, names), io.StringIO(), AT_ONCE)

    others = threading.Thread(target=fetch_others)

    def read_beside_others(folder: Path) -> dict[str, tuple[str, str]]:
        listed = read(folder)
        if threading.current_thread() is not others and server.requests:
            others.start()
            assert there.wait(60)
        return listed

    def told_flock(*given: Any) -> None:
        if threading.current_thread() is others:
            there.set()
        flock(*given)

    monkeypatch.setattr(fetching, "read_missing", read_beside_others)
    monkeypatch.setattr(alone.fcntl, "flock", told_flock)
    for name in (NAMES[1], "ZTFother"):
        server.serve(address(name), NOT_FOUND)
    fetch(server, tmp_path)
    others.join()
    assert sorted(missing(tmp_path)) == [NAMES[1], "ZTFother"]
    assert stored(tmp_path) == [*files(*(n for n in NAMES if n != NAMES[1])), LIST]


def test_the_lock_of_a_killed_run_is_taken_over(server: Server, tmp_path: Path) -> None:
    server.serve(address(NAMES[1]), NOT_FOUND)
    (tmp_path / "alerce").mkdir()
    (tmp_path / "alerce" / f".{LIST}.lock").touch()
    fetch(server, tmp_path)
    assert stored(tmp_path) == [*files(*(n for n in NAMES if n != NAMES[1])), LIST]


def test_unsafe_names_are_refused_before_anything_is_asked(
    server: Server, tmp_path: Path
) -> None:
    data = toy_dataset(tmp_path, [NAMES[0], "../../evil"])
    with pytest.raises(DataError, match=r"'\.\./\.\./evil': not a name"):
        fetching.fetch({**OPTIONS, "url": server.url}, data, io.StringIO(), AT_ONCE)
    assert server.requests == []


def test_another_objects_data_are_not_stored(server: Server, tmp_path: Path) -> None:
    body = json.dumps(answer(detection(58001.0, 1, 20.0, oid="ZTFz"))).encode()
    server.serve(address(NAMES[1]), Reply(body))
    with pytest.raises(DataError, match="the data are of 'ZTFz'"):
        fetch(server, tmp_path)
    assert files(NAMES[1])[0] not in stored(tmp_path)
