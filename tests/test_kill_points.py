"""A process killed before each single change that it makes to the disk."""

import itertools
import os
import signal
import sys
import tempfile

from toy_snana import write_pair

from transients.finished import copy_out, is_finished, keeping
from transients.jobs import whole_outputs
from transients.readers.snana.files import open_table

CHANGES = {"open", "tempfile.mkdtemp"} | {
    f"os.{name}"
    for name in ("chmod", "link", "mkdir", "remove", "rename", "rmdir", "utime")
}
"""Audit events of Python."""

HALVES = ["the first half, ", "and the second"]
WHOLE = "".join(HALVES)


def killed_before(change, body, folder):
    """Do it in a process that is killed before this change; return whether it was."""
    child = os.fork()
    if not child:
        changes = itertools.count(1)

        def watch(event, _):
            if event in CHANGES and next(changes) == change:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        try:
            body(folder)
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL)
    return status == signal.SIGKILL


def after_every_kill(tmp_path, body, prepare=None):
    """Yield the folder in which the body was killed, one for each place to do so."""
    for change in itertools.count(1):
        folder = tmp_path / str(change)
        folder.mkdir()
        if prepare:
            prepare(folder)
        if not killed_before(change, body, folder):
            return
        yield folder


def write(drafts):
    for draft, half in itertools.product(drafts, HALVES):
        with draft.open("a") as file:
            file.write(half)


def content(folder):
    """The text of every file, and None for every empty folder."""
    return {
        str(path.relative_to(folder)): path.read_text() if path.is_file() else None
        for path in folder.rglob("*")
        if path.is_file() or not list(path.iterdir())
    }


def outputs(folder):
    finals = folder / "tables/one.csv", folder / "figures/two.pdf"
    with whole_outputs(*finals) as drafts:
        write(drafts)


def test_outputs_are_whole_or_not_there(tmp_path):
    seen = set()
    for folder in after_every_kill(tmp_path, outputs):
        left = content(folder)
        finals = [text for name, text in left.items() if "/." not in name and text]
        assert set(finals) <= {WHOLE}
        seen.add((len(finals), HALVES[0] in left.values()))
        outputs(folder)
        assert content(folder) == {"tables/one.csv": WHOLE, "figures/two.pdf": WHOLE}
    assert seen == {(0, False), (0, True), (1, False), (2, False)}


def unit(folder):
    kept = folder / "seed3"
    if not is_finished(kept, "new"):
        with keeping(kept, "new") as draft:
            write([draft / "scores.csv"])
            (folder / "trainings").open("a").write("one ")
    with whole_outputs(folder / "scores.csv") as drafts:
        copy_out(kept, "new", drafts)


def an_older_result(folder):
    (folder / "seed3/old").mkdir(parents=True)
    (folder / "seed3/old/scores.csv").write_text("old")


def test_a_finished_unit_is_kept_and_what_is_old_goes(tmp_path):
    seen = set()
    for folder in after_every_kill(tmp_path, unit, an_older_result):
        left = content(folder)
        finished = is_finished(folder / "seed3", "new")
        before = left.get("trainings", "")
        assert left.get("seed3/new/scores.csv", WHOLE) == WHOLE
        assert left.get("scores.csv", WHOLE) == WHOLE
        seen.add((finished, "seed3/old/scores.csv" in left, "scores.csv" in left))
        unit(folder)
        assert content(folder) == {
            "seed3/new/scores.csv": WHOLE,
            "scores.csv": WHOLE,
            "trainings": before if finished else f"{before}one ",
        }
    assert {(False, True, False), (True, True, False), (True, False, True)} <= seen


def gzipped_pair(folder):
    write_pair(folder / "data", suffix=".FITS.gz")
    (folder / "scratch").mkdir()


def read_gzipped(folder):
    tempfile.tempdir = str(folder / "scratch")
    with open_table(folder / "data/toy-0001_PHOT.FITS.gz"):
        (folder / "open").mkdir()
        (folder / "still open").mkdir()


def test_nothing_that_was_decompressed_is_left(tmp_path):
    killed = list(after_every_kill(tmp_path, read_gzipped, gzipped_pair))
    assert [path for folder in killed for path in (folder / "scratch").iterdir()] == []
    assert any((folder / "open").exists() for folder in killed)
