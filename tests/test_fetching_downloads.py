"""What is there already, what the record says, many files at a time."""

from __future__ import annotations

import hashlib
import io
import json

import pytest
from loopback import Reply

from transients.errors import ConfigurationError, DataError
from transients.fetching import client
from transients.fetching.downloads import fetch
from transients.fetching.record import open_record, own_files

WAIT = client.wait
BODIES = {f"{letter}.csv": letter.encode() * 300_000 for letter in "abcdefgh"}


@pytest.fixture
def server(server):
    """Serve a Zenodo record of eight files."""
    publish(server)
    for name, body in BODIES.items():
        server.serve(f"/{name}", Reply(body, ranges=True))
    return server


def publish(server, **bodies):
    """Publish the record, with other content than usual for some files."""
    files = [
        {
            "key": name,
            "size": len(body),
            "checksum": f"md5:{hashlib.md5(body).hexdigest()}",
            "links": {"self": f"{server.url}/{name}"},
        }
        for name, body in {**BODIES, **bodies}.items()
    ]
    server.serve("/record", Reply(json.dumps({"files": files}).encode()))


def get(server, data_dir, terminal=None, **options):
    download = {"from": "zenodo", "url": f"{server.url}/record", "folder": "deep/er"}
    options = download | options
    return fetch("sample", options, str(data_dir), terminal or io.StringIO())


def sha256(body):
    return hashlib.sha256(body).hexdigest()


def files_asked_for(server):
    return [r.path for r in server.requests if r.path != "/record"]


def test_all_files_arrive_and_sha256sum_could_check_them(server, tmp_path):
    table = get(server, tmp_path)
    assert table["path"].tolist() == [f"deep/er/{name}" for name in BODIES]
    assert table["sha256"].tolist() == [sha256(body) for body in BODIES.values()]
    lines = (tmp_path / "sample.sha256").read_text().splitlines()
    assert sorted(lines, key=lambda line: line[66:]) == [
        f"{sha256(body)}  deep/er/{name}" for name, body in BODIES.items()
    ]


def test_nothing_is_fetched_twice(server, tmp_path):
    first = get(server, tmp_path)
    second = get(server, tmp_path)
    assert second.equals(first)
    assert sorted(files_asked_for(server)) == [f"/{name}" for name in BODIES]


def test_what_is_complete_needs_no_network(tmp_path, server):
    bring(tmp_path, "a.csv", BODIES["a.csv"])
    first = get(server, tmp_path)
    asked = len(server.requests)
    assert get(server, tmp_path, connections=2).equals(first)
    assert len(server.requests) == asked
    with pytest.raises(DataError, match="no file matches"):
        get(server, tmp_path, files=["more.csv"])


@pytest.mark.parametrize("name", ["a.csv", "b.csv"])
def test_what_is_complete_is_still_checked(tmp_path, server, name):
    bring(tmp_path, "a.csv", BODIES["a.csv"])
    get(server, tmp_path)
    bring(tmp_path, name, b"x" * 300_000)
    with pytest.raises(DataError, match=rf"deep/er/{name}: "):
        get(server, tmp_path)
    (tmp_path / "deep/er" / name).unlink()
    get(server, tmp_path)
    assert (tmp_path / "deep/er" / name).read_bytes() == BODIES[name]


@pytest.mark.parametrize("mark", ["", "[]", '{"options": {}, "files": [1]}'])
def test_a_damaged_mark_of_completeness_costs_a_question(tmp_path, server, mark):
    get(server, tmp_path)
    path = tmp_path / "sample.complete.json"
    good = path.read_text()
    path.write_text(mark)
    get(server, tmp_path)
    assert len(server.requests_for("/record")) == 2
    assert path.read_text() == good


def test_only_what_matches_is_fetched_and_more_later(server, tmp_path):
    assert len(get(server, tmp_path, files=["[ab].csv"])) == 2
    assert len(get(server, tmp_path, files=["[abc].csv"])) == 3
    assert sorted(files_asked_for(server)) == ["/a.csv", "/b.csv", "/c.csv"]


def test_a_file_changed_after_fetching_stops_and_stays(server, tmp_path):
    get(server, tmp_path, files=["a.csv"])
    (tmp_path / "deep/er/a.csv").write_text("mine")
    with pytest.raises(DataError, match=r"deep/er/a\.csv: has changed after"):
        get(server, tmp_path)
    assert (tmp_path / "deep/er/a.csv").read_text() == "mine"


def test_own_files_put_where_a_fetch_had_failed_are_taken_in_the_end(server, tmp_path):
    server.serve("/b.csv", Reply(status=404))
    with pytest.raises(DataError, match="404"):
        get(server, tmp_path, connections=1)
    record = tmp_path / "sample.sha256"
    for name in ("a.csv", "b.csv"):
        bring(tmp_path, name, b"mine")
        with pytest.raises(DataError, match=rf"{name}.*bring all and delete {record}"):
            get(server, tmp_path, files=[name])
    record.unlink()
    assert own_files(tmp_path, "sample", [tmp_path / "deep/er/a.csv"])


def test_a_transfer_that_brought_nothing_leaves_nothing(server, tmp_path):
    server.serve("/a.csv", Reply(BODIES["a.csv"], cut_after=0))
    with pytest.raises(DataError, match="cut off"):
        get(server, tmp_path, files=["a.csv"])
    assert list((tmp_path / "deep/er").iterdir()) == []


@pytest.mark.parametrize("below", ["", "data"])
def test_a_data_dir_that_cannot_be_one_is_named(server, tmp_path, below):
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / below
    with pytest.raises(DataError, match=rf"data_dir {folder}: nothing can be written"):
        get(server, folder)


def test_what_is_fetched_again_must_be_the_same(server, tmp_path):
    get(server, tmp_path, files=["a.csv"])
    (tmp_path / "deep/er/a.csv").unlink()
    publish(server, **{"a.csv": b"new"})
    server.serve("/a.csv", Reply(b"new"))
    recorded = sha256(BODIES["a.csv"])
    with pytest.raises(DataError, match=f"not the checksum sha256:{recorded}"):
        get(server, tmp_path, files=["a.csv"])


def test_a_complete_file_outlives_a_new_version(server, tmp_path, caplog):
    get(server, tmp_path, files=["a.csv"])
    publish(server, **{"a.csv": b"new"})
    get(server, tmp_path, files=["[ab].csv"])
    assert (tmp_path / "deep/er/a.csv").read_bytes() == BODIES["a.csv"]
    assert "publishes another one by now" in caplog.text


def bring(folder, name, body):
    (folder / "deep/er").mkdir(parents=True, exist_ok=True)
    (folder / "deep/er" / name).write_bytes(body)


def test_the_users_files_are_taken_if_they_are_as_published(server, tmp_path):
    bring(tmp_path, "a.csv", BODIES["a.csv"])
    table = get(server, tmp_path, files=["[ab].csv"])
    assert table["state"].tolist() == ["there before", "fetched"]
    assert files_asked_for(server) == ["/b.csv"]
    assert "a.csv" not in (tmp_path / "sample.sha256").read_text()


@pytest.mark.parametrize("body", [b"", b"z" * 300_000])
def test_the_users_files_are_never_overwritten(server, tmp_path, body):
    bring(tmp_path, "a.csv", body)
    with pytest.raises(DataError, match=r"deep/er/a\.csv: was there before"):
        get(server, tmp_path, files=["a.csv"])
    assert (tmp_path / "deep/er/a.csv").read_bytes() == body
    assert not (tmp_path / "sample.sha256").exists()


def test_without_checksums_the_users_files_must_have_the_length(server, tmp_path):
    address = {"from": "file", "url": f"{server.url}/a.csv"}
    bring(tmp_path, "a.csv", b"short")
    with pytest.raises(DataError, match="length of 300000 bytes"):
        get(server, tmp_path, **address)
    bring(tmp_path, "a.csv", BODIES["b.csv"])
    assert get(server, tmp_path, **address)["state"].tolist() == ["there before"]
    assert {request.method for request in server.requests} == {"HEAD"}


def test_files_are_the_users_own_until_one_is_fetched(server, tmp_path):
    needed = [tmp_path / "deep/er", tmp_path / "deep/er/a.csv"]
    assert not own_files(tmp_path, "sample", needed)
    bring(tmp_path, "a.csv", BODIES["a.csv"])
    assert own_files(tmp_path, "sample", needed)
    get(server, tmp_path, files=["a.csv"])
    assert own_files(tmp_path, "sample", needed)
    get(server, tmp_path, files=["b.csv"])
    assert not own_files(tmp_path, "sample", needed)


@pytest.mark.parametrize("n_bytes", [0, 1000])
def test_a_folder_with_half_a_file_is_not_the_users_own(server, tmp_path, n_bytes):
    server.serve("/a.csv", Reply(BODIES["a.csv"], cut_after=n_bytes))
    with pytest.raises(DataError, match="cut off"):
        get(server, tmp_path, files=["a.csv"])
    assert (tmp_path / "deep/er").exists()
    assert not own_files(tmp_path, "sample", [tmp_path / "deep/er"])


def test_a_torn_last_line_costs_one_file(server, tmp_path):
    get(server, tmp_path, files=["[ab].csv"], connections=1)
    record = tmp_path / "sample.sha256"
    record.write_text(record.read_text()[:-30])
    table = get(server, tmp_path, files=["[ab].csv"])
    assert table["state"].tolist() == ["fetched", "there before"]
    assert record.read_text() == f"{sha256(BODIES['a.csv'])}  deep/er/a.csv\n"


def test_a_damaged_record_is_named(server, tmp_path):
    (tmp_path / "sample.sha256").write_text("abc  a.csv\n")
    with pytest.raises(DataError, match=r"sample\.sha256: line 1 is not"):
        get(server, tmp_path)


def test_a_failure_ends_the_waiting_for_other_files(server, tmp_path, monkeypatch):
    monkeypatch.setattr(client, "wait", WAIT)
    server.serve("/a.csv", Reply(status=404))
    server.serve("/b.csv", Reply(status=429, headers={"Retry-After": "1"}))
    with pytest.raises(DataError, match=r"/a\.csv: HTTP 404"):
        get(server, tmp_path, connections=2)
    assert files_asked_for(server).count("/b.csv") < client.TRIES


def test_two_runs_do_not_fetch_at_once(server, tmp_path):
    with open_record(tmp_path, "sample"), pytest.raises(DataError, match="another run"):
        get(server, tmp_path)
    get(server, tmp_path)


def test_as_many_files_at_a_time_as_connections(server, tmp_path):
    for name, body in BODIES.items():
        server.serve(f"/{name}", Reply(body, pause=0.001))
    get(server, tmp_path, connections=3)
    assert 1 < server.most_at_once <= 3


def test_the_first_failure_stops_the_rest_and_keeps_what_is_complete(server, tmp_path):
    server.serve("/b.csv", Reply(status=404))
    with pytest.raises(DataError, match=r"/b\.csv: HTTP 404"):
        get(server, tmp_path, connections=1)
    assert files_asked_for(server)[:2] == ["/a.csv", "/b.csv"]
    assert "/h.csv" not in files_asked_for(server)
    assert "a.csv" in (tmp_path / "sample.sha256").read_text()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_goes_to_a_terminal_and_only_there(server, tmp_path):
    terminal, pipe = Terminal(), io.StringIO()
    get(server, tmp_path, terminal, files=["a.csv"])
    get(server, tmp_path, pipe, files=["b.csv"])
    assert "sample" in terminal.getvalue()
    assert "300k/300k" in terminal.getvalue()
    assert pipe.getvalue() == ""


@pytest.mark.parametrize("folder", ["../out", "/absolute", "a/../../b"])
def test_folders_outside_data_dir_are_refused(server, tmp_path, folder):
    with pytest.raises(DataError, match="unsafe path"):
        get(server, tmp_path, folder=folder)


def test_checksums_of_files_that_are_not_offered_are_mistakes(server, tmp_path):
    with pytest.raises(ConfigurationError, match=r"typo\.csv"):
        get(server, tmp_path, checksums={"typo.csv": "md5:" + "0" * 32})


def test_without_a_data_dir_nothing_is_fetched():
    with pytest.raises(ConfigurationError, match="data_dir=DIR"):
        fetch("sample", {}, None, io.StringIO())
