"""A data set is read from what was fetched: files changed or missing since stop."""

import io

import pytest
from loopback import Reply, Server

from transients.errors import DataError
from transients.fetching.downloads import fetch
from transients.fetching.unchanged import require_unchanged
from transients.readers import Dataset
from transients.source_files import file_hashes


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    """Fetch sims/a.csv and sims/b.csv below a folder named relative to the present."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.chdir(tmp_path)
    with Server() as server:
        page = b'<a href="a.csv">a</a><a href="b.csv">b</a>'
        server.serve("/", Reply(page))
        server.serve("/a.csv", Reply(b"a" * 100))
        server.serve("/b.csv", Reply(b"b" * 100))
        options = {"from": "index", "url": f"{server.url}/", "folder": "sims"}
        fetch("sims", options, "my data", io.StringIO()).to_csv("sims.csv", index=False)
    return tmp_path / "my data"


def check(data_dir, name, part=0, parts=1):
    dataset = Dataset("toy", (), (), {"it": data_dir / name}, data_dir, part, parts)
    files = dataset.files.values()
    require_unchanged("sims.csv", "my data", files, file_hashes(dataset))


@pytest.mark.parametrize("name", ["sims", "sims/a.csv", "."])
def test_what_is_as_it_was_fetched_may_be_read(data_dir, name):
    check(data_dir, name)
    (data_dir / "sims/mine.csv").touch()
    check(data_dir, name)


@pytest.mark.parametrize("name", ["sims", "sims/a.csv"])
def test_a_changed_file_is_named_with_what_to_do(data_dir, name):
    (data_dir / "sims/a.csv").write_bytes(b"a" * 99)
    message = r"sims/a\.csv: has changed .*delete it and run with `--forcerun fetch`"
    with pytest.raises(DataError, match=message + r".*delete my data/sims\.sha256"):
        check(data_dir, name)
    check(data_dir, "sims/b.csv")


@pytest.mark.parametrize("name", ["sims", "sims/a.csv"])
def test_a_missing_file_is_named(data_dir, name):
    (data_dir / "sims/a.csv").unlink()
    with pytest.raises(DataError, match=r"sims/a\.csv: was fetched, but is missing"):
        check(data_dir, name)


def test_each_part_answers_for_its_share_of_the_files(data_dir):
    (data_dir / "sims/b.csv").write_bytes(b"")
    check(data_dir, "sims", part=0, parts=2)
    with pytest.raises(DataError, match=r"sims/b\.csv: has changed"):
        check(data_dir, "sims", part=1, parts=2)
