"""Finished units: kept whole, found by all that decides them, and by nothing else."""

import json
import shutil
import zipfile

import keras
import numpy as np
import pytest

from transients import finished
from transients.finished import (
    COMPUTES,
    UNFINISHED,
    copy_out,
    is_finished,
    keeping,
    unit_key,
)

DESCRIBED = {"target": "bts", "n_train": 100, "seed": 3, "classes": ["SN Ia", "TDE"]}


@pytest.fixture(autouse=True)
def _forgotten_hashes():
    finished.content_hash.cache_clear()


@pytest.fixture
def files(tmp_path):
    paths = [tmp_path / "points.npy", tmp_path / "classifier.keras"]
    for path in paths:
        path.write_bytes(b"content of " + path.name.encode())
    return paths


def write(folder, key, text="1"):
    with keeping(folder, key) as draft:
        (draft / "scores.parquet").write_text(text)


def test_a_key_does_not_change_by_itself(files):
    reordered = dict(reversed(list(DESCRIBED.items())))
    assert unit_key(DESCRIBED, files, COMPUTES) == unit_key(reordered, files, COMPUTES)


@pytest.mark.parametrize(
    "change", [{"n_train": 101}, {"seed": 4}, {"classes": ["TDE", "SN Ia"]}, {"new": 1}]
)
def test_a_key_changes_with_what_decides_the_result(files, change):
    assert unit_key(DESCRIBED, files, COMPUTES) != unit_key(
        {**DESCRIBED, **change}, files, COMPUTES
    )


def test_a_key_changes_with_the_content_of_a_file_alone(files, tmp_path):
    before = unit_key(DESCRIBED, files, COMPUTES)
    moved = files[0].rename(tmp_path / "elsewhere.npy")
    assert unit_key(DESCRIBED, [moved, files[1]], COMPUTES) == before
    files[1].write_bytes(b"another model   ")
    finished.content_hash.cache_clear()
    assert unit_key(DESCRIBED, [moved, files[1]], COMPUTES) != before


def test_a_network_is_known_by_its_layers_and_weights(tmp_path):
    def saved(name, bias, when="2026-11-23@12:13:05"):
        layers = [
            keras.layers.Input((2,), name="x"),
            keras.layers.Dense(3, name="head"),
        ]
        model = keras.Sequential(layers, name="net")
        model.set_weights([np.ones((2, 3)), np.full(3, bias)])
        model.save(tmp_path / "saved.keras")
        with (
            zipfile.ZipFile(tmp_path / "saved.keras") as first,
            zipfile.ZipFile(tmp_path / name, "w") as file,
        ):
            for member in ("config.json", "model.weights.h5"):
                file.writestr(member, first.read(member))
            file.writestr("metadata.json", json.dumps({"date_saved": when}))
        return tmp_path / name

    one, other, later = (
        finished.content_hash(path)
        for path in (
            saved("one.keras", 0.0),
            saved("other.keras", 1.0),
            saved("later.keras", 0.0, when="2027-01-01@00:00:00"),
        )
    )
    assert one == later
    assert one != other


def test_a_key_changes_with_the_packages_that_compute(files, monkeypatch):
    before = unit_key(DESCRIBED, files, COMPUTES)
    monkeypatch.setattr(finished, "version", lambda package: f"another {package}")
    assert unit_key(DESCRIBED, files, COMPUTES) != before


def test_what_was_kept_is_found_and_copied_out(tmp_path):
    unit, output = tmp_path / "seed3", tmp_path / "scores.parquet"
    assert not is_finished(unit, "key")
    write(unit, "key")
    assert is_finished(unit, "key")
    assert not is_finished(unit, "another")
    copy_out(unit, "key", [output])
    assert output.read_text() == "1"
    assert output.samefile(unit / "key/scores.parquet")  # takes no room


def test_without_hard_links_bytes_are_copied(tmp_path, monkeypatch):
    def no_links(*_):
        raise OSError("Operation not permitted")

    monkeypatch.setattr(finished.os, "link", no_links)
    write(tmp_path / "seed3", "key")
    copy_out(tmp_path / "seed3", "key", [tmp_path / "scores.parquet"])
    assert (tmp_path / "scores.parquet").read_text() == "1"


def test_what_failed_is_not_kept(tmp_path):
    with (
        pytest.raises(ZeroDivisionError),
        keeping(tmp_path / "seed3", "key") as draft,
    ):
        (draft / "scores.parquet").write_text("half")
        raise ZeroDivisionError
    assert not is_finished(tmp_path / "seed3", "key")
    assert not list((tmp_path / "seed3").iterdir())


def test_nothing_has_its_name_before_it_is_whole(tmp_path):
    with keeping(tmp_path / "seed3", "key") as draft:
        (draft / "scores.parquet").write_text("1")
        assert not is_finished(tmp_path / "seed3", "key")


def test_a_new_result_takes_the_place_of_the_old(tmp_path):
    write(tmp_path / "seed3", "old")
    write(tmp_path / "seed3", "new")
    assert [path.name for path in (tmp_path / "seed3").iterdir()] == ["new"]


@pytest.mark.parametrize("name", [f"{UNFINISHED}/killed", ".unfinished-killed"])
def test_what_a_killed_process_left_goes_when_the_unit_is_finished(tmp_path, name):
    """The second is of a version without locks."""
    killed = tmp_path / "seed3" / name
    killed.mkdir(parents=True)
    (killed / "scores.parquet").write_text("ha")
    write(tmp_path / "seed3", "key")
    assert [path.name for path in (tmp_path / "seed3").iterdir()] == ["key"]


def test_the_same_unit_finished_twice_stays_as_it_was(tmp_path):
    with keeping(tmp_path / "seed3", "key") as draft:
        write(tmp_path / "seed3", "key", text="first")
        (draft / "scores.parquet").write_text("second")
    assert (tmp_path / "seed3/key/scores.parquet").read_text() == "first"
    assert len(list((tmp_path / "seed3").iterdir())) == 1


def test_a_twin_leaves_alone_what_is_being_written(tmp_path):
    """It may be of another configuration, and then there is no result to go on with."""
    with keeping(tmp_path / "seed3", "old") as draft:
        (draft / "scores.parquet").write_text("old")
        write(tmp_path / "seed3", "new")
        copy_out(tmp_path / "seed3", "new", [tmp_path / "scores.parquet"])
        assert is_finished(tmp_path / "seed3", "new")
    assert (tmp_path / "seed3/old/scores.parquet").read_text() == "old"
    assert len(list((tmp_path / "seed3").iterdir())) == 1


def test_a_draft_that_a_twin_has_taken_away_is_done_without(tmp_path):
    """Where nodes do not see each other's locks, one takes another's for dead."""
    with keeping(tmp_path / "seed3", "key") as draft:
        write(tmp_path / "seed3", "key", text="first")
        shutil.rmtree(draft)
        (draft / "scores.parquet").write_text("second")
    assert (tmp_path / "seed3/key/scores.parquet").read_text() == "first"


def test_a_twin_cannot_hide_a_failure_of_another_kind(tmp_path):
    with (
        pytest.raises(ZeroDivisionError),
        keeping(tmp_path / "seed3", "key"),
    ):
        write(tmp_path / "seed3", "key")
        raise ZeroDivisionError
    with pytest.raises(OSError, match="no room"), keeping(tmp_path / "seed4", "key"):
        raise OSError("no room")
