"""Hashes of source files: of what is in them, and read only where a file looks new."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from transients import source_files
from transients.source_files import contents, files_below


@pytest.fixture
def kept(tmp_path):
    return tmp_path / "state" / "bts.json"


@pytest.fixture
def data(tmp_path):
    """A label table and a folder of light curves."""
    (tmp_path / "data" / "curves").mkdir(parents=True)
    paths = [tmp_path / "data" / name for name in ("labels.csv", "curves")]
    paths[0].write_text("a,SN Ia\n")
    for name in "ab":
        (paths[1] / f"{name}.csv").write_text(f"58000.5,{name}\n")
    return paths


@pytest.fixture
def read(monkeypatch):
    """The names of the files whose contents are read, while all are long at rest."""
    names, sha256_of = [], source_files.sha256_of
    monkeypatch.setattr(source_files, "SETTLED_NS", -1_000_000_000)

    def noted(path):
        names.append(path.name)
        return sha256_of(path)

    monkeypatch.setattr(source_files, "sha256_of", noted)
    return names


def replace_unseen(path, text):
    """Replace a file by one of the same size and date."""
    before = path.stat()
    assert len(text.encode()) == before.st_size
    path.with_name("new").write_text(text)
    os.utime(path.with_name("new"), ns=(before.st_atime_ns, before.st_mtime_ns))
    path.with_name("new").replace(path)


def test_files_are_read_once(data, kept, read):
    before = contents(data, kept)
    assert sorted(read) == ["a.csv", "b.csv", "labels.csv"]
    assert contents(data, kept) == before
    assert len(read) == 3


@pytest.mark.parametrize("name", ["labels.csv", "curves/b.csv"])
def test_a_file_replaced_by_one_of_the_same_size_and_date_is_seen(
    data, kept, read, name
):
    before = contents(data, kept)
    path = data[0].parent / name
    replace_unseen(path, path.read_text().replace("a", "x").replace("b", "x"))
    read.clear()
    assert contents(data, kept) != before
    assert read == [path.name]


def test_a_file_overwritten_in_place_with_its_date_set_back_is_seen(data, kept):
    before, date = contents(data, kept), data[0].stat().st_mtime_ns
    data[0].write_text("b,SN Ia\n")
    os.utime(data[0], ns=(date, date))
    assert contents(data, kept) != before


def test_a_file_touched_or_copied_back_is_no_other(data, kept, read):
    before = contents(data, kept)
    os.utime(data[0])
    replace_unseen(data[1] / "a.csv", (data[1] / "a.csv").read_text())
    assert contents(data, kept) == before
    assert len(read) == 5


@pytest.mark.parametrize("change", ["added", "removed", "renamed"])
def test_files_that_come_and_go_are_seen(data, kept, change):
    before = contents(data, kept)
    file = data[1] / "b.csv"
    if change == "added":
        (data[1] / "c.csv").touch()
    else:
        file.rename(data[1] / "c.csv" if change == "renamed" else kept.parent / "b.csv")
    after = contents(data, kept)
    assert after != before
    assert contents(data, kept) == after


def test_a_file_that_has_just_changed_is_not_trusted(data, kept, read, monkeypatch):
    """It could change again within a tick of the file system's clock."""
    monkeypatch.setattr(source_files, "SETTLED_NS", 3_600_000_000_000)
    contents(data, kept)
    contents(data, kept)
    assert len(read) == 6
    monkeypatch.setattr(time, "time_ns", lambda: 1 << 62)
    contents(data, kept)
    contents(data, kept)
    assert len(read) == 9


def test_what_is_deleted_after_reading_counts_as_it_was(data, kept):
    before = contents(data, kept)
    for path in files_below(data):
        path.unlink()
    data[1].rmdir()
    assert contents(data, kept) == before


def test_what_is_still_to_be_fetched_is_no_error(tmp_path, kept):
    absent = contents([tmp_path / "not yet"], kept)
    (tmp_path / "not yet").write_text("fetched")
    assert contents([tmp_path / "not yet"], kept) != absent


@pytest.mark.parametrize("damage", ["{", "[]", '{"a": 1}', '{"a": ["b"]}', "\xff"])
def test_kept_hashes_that_are_damaged_are_made_anew(data, kept, damage):
    before = contents(data, kept)
    kept.write_text(damage, encoding="latin-1")
    assert contents(data, kept) == before
    assert len(json.loads(kept.read_text())) == 3


def test_where_nothing_can_be_kept_the_hash_is_the_same(data, kept, tmp_path):
    (tmp_path / "file").touch()
    assert contents(data, tmp_path / "file" / "bts.json") == contents(data, kept)


def test_runs_that_write_at_once_agree_and_leave_whole_hashes(data, kept):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: contents(data, kept), range(40)))
    assert len({*found}) == 1
    assert contents(data, kept) == found[0]
    assert len(json.loads(kept.read_text())) == 3
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]
