"""Folders for drafts: what the dead left goes, what the living write stays."""

import errno
import fcntl
import os
import signal

import pytest

from transients import drafts
from transients.drafts import LOCK, draft_in, remove_abandoned


@pytest.fixture
def shared(tmp_path):
    return tmp_path / ".unfinished-a.txt"


def leave(shared, locked=True):
    """Do as a process that is killed while it writes."""
    child = os.fork()
    if not child:
        with draft_in(shared) as draft:
            (draft / "a.txt").write_text("half")
            if not locked:  # it was of a version that had no locks
                (shared / LOCK).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert status == signal.SIGKILL
    assert list(shared.glob("*/a.txt"))


@pytest.mark.parametrize("locked", [True, False])
def test_what_the_dead_left_goes(shared, locked):
    leave(shared, locked)
    with draft_in(shared):
        pass
    assert not shared.exists()


def test_what_the_dead_left_goes_without_a_new_draft(shared):
    leave(shared)
    remove_abandoned(shared)
    assert not shared.exists()
    remove_abandoned(shared)


def test_what_the_living_write_stays_and_the_last_one_clears(shared):
    leave(shared)
    with draft_in(shared) as one:
        (one / "a.txt").touch()
        remove_abandoned(shared)
        with draft_in(shared) as other:
            assert other != one
        assert not other.exists()
        assert (one / "a.txt").exists()
    assert not shared.exists()


def test_a_forked_worker_that_lives_on_keeps_nobody_waiting(shared):
    """It holds our lock open; a twin that came while we cleared waits for that one."""
    here, there = os.pipe()
    with draft_in(shared):
        ours = (shared / LOCK).open()
        child = os.fork()
        if not child:
            os.close(there)
            os.read(here, 1)  # until its parent has seen that the lock is free
            os._exit(0)
        os.close(here)
    fcntl.flock(ours, fcntl.LOCK_SH | fcntl.LOCK_NB)
    os.close(there)
    os.waitpid(child, 0)


@pytest.mark.parametrize("third_comes", [False, True])
def test_a_folder_that_a_twin_removes_is_made_again(shared, monkeypatch, third_comes):
    """The twin ends while ours waits for the lock, and a third one may come first."""
    twin, third = draft_in(shared), draft_in(shared)
    twin.__enter__()
    lock = drafts._lock
    waited = []

    def wait(file, operation):
        if operation == fcntl.LOCK_SH and not waited:
            waited.append(file)
            twin.__exit__(None, None, None)
            assert not shared.exists()
            if third_comes:
                third.__enter__()
        return lock(file, operation)

    monkeypatch.setattr(drafts, "_lock", wait)
    with draft_in(shared) as draft:
        if third_comes:
            third.__exit__(None, None, None)
        assert draft.exists(), "its lock is not the one that others see"
    assert waited
    assert not shared.exists()


def assert_drafts_of_others_stay(shared):
    with draft_in(shared) as one:
        with draft_in(shared):
            remove_abandoned(shared)
        assert one.exists()
    assert not shared.exists()


def test_on_nfs_drafts_of_others_stay(shared, monkeypatch):
    """It shares no lock of what is open for writing alone (nfs4_proc_lock)."""
    flock = fcntl.flock

    def as_nfs(file, operation):
        readable = fcntl.fcntl(file, fcntl.F_GETFL) & os.O_ACCMODE != os.O_WRONLY
        if operation == fcntl.LOCK_SH and not readable:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", as_nfs)
    assert_drafts_of_others_stay(shared)


def test_a_lock_that_was_removed_clears_nothing(shared, monkeypatch):
    """Who opened it before its folder was made anew waits for nobody there."""
    old, new = draft_in(shared), draft_in(shared)
    old.__enter__()
    opened = drafts._opened

    def late(folder):
        lock = opened(folder)
        old.__exit__(None, None, None)
        monkeypatch.undo()
        new.__enter__()
        return lock

    monkeypatch.setattr(drafts, "_opened", late)
    remove_abandoned(shared)
    assert len(list(shared.iterdir())) == 2, "the draft of the new one, and its lock"
    new.__exit__(None, None, None)
    assert not shared.exists()


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_without_locks_drafts_of_others_stay(shared, monkeypatch, number):
    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert_drafts_of_others_stay(shared)
