"""Input on node-local scratch: there while it is used, and done without if need be."""

import errno
import os
import shutil
import signal

import pytest

from transients.scratch import on_scratch


@pytest.fixture
def paths(tmp_path):
    folder = tmp_path / "model_input"
    folder.mkdir()
    paths = [folder / "points.npy", folder / "labels.npy"]
    for path in paths:
        path.write_text(path.name)
    return paths


def test_without_scratch_files_are_read_where_they_are(paths):
    with on_scratch(paths, None) as used:
        assert used == paths


def test_copies_are_together_on_scratch_and_gone_afterwards(
    paths, tmp_path, monkeypatch
):
    monkeypatch.setenv("NODE_SCRATCH", str(tmp_path / "node"))
    (tmp_path / "node").mkdir()
    with on_scratch(paths, "$NODE_SCRATCH") as used:
        assert {path.parent.parent for path in used} == {tmp_path / "node"}
        assert len({path.parent for path in used}) == 1
        assert [path.read_text() for path in used] == ["points.npy", "labels.npy"]
    assert not list((tmp_path / "node").iterdir())


def test_full_scratch_is_done_without(paths, tmp_path, monkeypatch, caplog):
    copied = []

    def full(source, destination):
        if copied:
            destination.write_text("ha")
            raise OSError(errno.ENOSPC, "No space left on device", str(destination))
        copied.append(shutil.copyfileobj)
        return destination.write_text(source.read_text()) and destination

    monkeypatch.setattr("transients.scratch.shutil.copyfile", full)
    (tmp_path / "node").mkdir()
    with on_scratch(paths, str(tmp_path / "node")) as used:
        assert used == paths
        assert not list((tmp_path / "node").iterdir())  # room for who comes next
    assert "No space left on device" in caplog.text


def test_missing_scratch_is_done_without(paths, tmp_path, caplog):
    with on_scratch(paths, str(tmp_path / "not there")) as used:
        assert used == paths
    assert "not there" in caplog.text


def test_scratch_is_tidied_after_a_failure(paths, tmp_path):
    (tmp_path / "node").mkdir()
    with (
        pytest.raises(ZeroDivisionError),
        on_scratch(paths, str(tmp_path / "node")),
    ):
        raise ZeroDivisionError
    assert not list((tmp_path / "node").iterdir())


def test_copies_of_a_killed_job_go_and_those_in_use_stay(paths, tmp_path):
    node = tmp_path / "node"
    node.mkdir()
    killed = os.fork()
    if not killed:
        with on_scratch(paths, str(node)):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(killed, 0)
    (left,) = node.iterdir()
    with on_scratch(paths, str(node)) as used:
        assert not left.exists()
        with on_scratch(paths, str(node)) as others:
            assert others[0].parent != used[0].parent
            assert [path.read_text() for path in used] == ["points.npy", "labels.npy"]
    assert not list(node.iterdir())
