"""What a script leaves behind: outputs, log, exit status, words on stderr."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from contextlib import ExitStack
from pathlib import Path

import pytest

from transients.jobs import whole_outputs

SCRIPTS = Path(__file__).parent.parent / "workflow" / "scripts"


def write_script(folder, body, threads=1):
    """Write a script whose job has this body; return the paths of it and of its log."""
    log = folder / "log of a job.txt"
    script = folder / "script.py"
    text = textwrap.dedent(
        """\
        import logging, os, signal, sys, warnings
        sys.path.insert(0, {scripts!r})
        from transients.errors import ConfigurationError, DataError
        from transients.jobs import job, whole_outputs
        from types import SimpleNamespace
        snakemake = SimpleNamespace(
            rule="a_rule",
            threads={threads},
            log=[{log!r}],
            wildcards={{}},
            resources={{}},
        )
        with job(snakemake):
        """
    ).format(scripts=str(SCRIPTS), log=str(log), threads=threads)
    script.write_text(text + textwrap.indent(textwrap.dedent(body), "    "))
    return script, log


def run(folder, body, threads=1):
    """Run a script whose job has this body; return its process and its log."""
    script, log = write_script(folder, body, threads)
    process = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    return process, log.read_text()


def test_a_users_error_is_told_in_its_own_words_alone(tmp_path):
    process, log = run(tmp_path, "raise DataError('a.csv: no column mjd')")
    assert process.returncode == 1
    assert process.stderr == "error: a.csv: no column mjd\n"
    assert process.stdout == ""
    assert log.endswith("ERROR a.csv: no column mjd\n")
    assert "Traceback" not in log


def test_ctrl_c_is_told_in_one_line(tmp_path):
    process, log = run(tmp_path, "raise KeyboardInterrupt")
    assert process.returncode == 130
    assert process.stderr == "stopped; run again: what was complete is kept\n"
    assert "Traceback" not in log


def of_another_process(program, *arguments):
    """Run a program that starts a script; return its process when both have ended.

    The script holds what is waited for, the end of what is printed.
    """
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells")
def test_a_job_ends_with_a_snakemake_that_is_killed(tmp_path):
    body = f"""
        with whole_outputs({str(tmp_path / "results/a.txt")!r}) as (draft,):
            draft.touch()
            os.kill(os.getppid(), signal.SIGKILL)
            signal.sigtimedwait([], 30)
        """
    script, log = write_script(tmp_path, body)
    program = """
        import subprocess, sys
        subprocess.run([sys.executable, sys.argv[1]])
        """
    process = of_another_process(program, script)
    assert process.returncode == -signal.SIGKILL
    assert log.read_text().endswith("ERROR stopped\n")
    assert everything_in(tmp_path / "results") == []


def test_a_job_outlives_the_thread_that_started_it(tmp_path):
    script, log = write_script(tmp_path, "print('begun', flush=True); input()")
    program = """
        import subprocess, sys, threading

        def start():
            global job
            command = [sys.executable, sys.argv[1]]
            PIPE = subprocess.PIPE
            job = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True)
            job.stdout.readline()

        thread = threading.Thread(target=start)
        thread.start()
        thread.join()
        job.communicate("go on")
        sys.exit(job.returncode)
        """
    process = of_another_process(program, script)
    assert process.returncode == 0, process.stderr + log.read_text()
    assert log.read_text() == ""


def test_any_other_error_keeps_its_trace(tmp_path):
    process, log = run(tmp_path, "numbers = []\nnumbers[3]")
    assert process.returncode == 1
    for told in (process.stderr, log):
        assert "Traceback" in told
        assert "numbers[3]" in told
        assert "IndexError" in told


def test_the_log_holds_this_packages_news_and_every_warning(tmp_path):
    body = """
        logging.getLogger("transients.training").info("epoch 1/2")
        logging.getLogger("matplotlib").info("chatter")
        logging.getLogger("urllib3.connectionpool").warning("Retrying")
        warnings.warn("beware")
        """
    (tmp_path / "log of a job.txt").write_text("of an earlier run\n")
    process, log = run(tmp_path, body)
    assert process.returncode == 0
    assert process.stderr == ""
    assert "INFO epoch 1/2" in log
    assert "beware" in log
    assert "chatter" not in log
    assert "Retrying" not in log
    assert "earlier" not in log


def test_threads_are_those_of_the_rule(tmp_path):
    body = 'print(*(os.environ[f"{n}_THREADS"] for n in ("OMP_NUM", "TF_NUM_INTRAOP")))'
    process, _ = run(tmp_path, body, threads=3)
    assert process.stdout == "3 3\n"


def test_arrow_obeys_the_rule_too(tmp_path):
    process, _ = run(tmp_path, "import pyarrow; print(pyarrow.cpu_count())", threads=1)
    assert process.stdout == "1\n"


def test_libraries_that_a_workers_parent_imported_obey_too(tmp_path):
    body = """
        import json, numpy
        from threadpoolctl import threadpool_info
        from transients.jobs import limit_threads
        pools = lambda: [library["num_threads"] for library in threadpool_info()]
        before = pools()
        limit_threads(1)
        print(json.dumps([before, pools()]))
    """
    process, _ = run(tmp_path, textwrap.dedent(body), threads=2)
    assert json.loads(process.stdout) == [[min(2, os.cpu_count())], [1]]


@pytest.mark.parametrize(("body", "well"), [("pass", True), ("raise DataError", False)])
def test_what_a_job_used_is_recorded_beside_its_log(tmp_path, body, well):
    run(tmp_path, body)
    record = json.loads((tmp_path / "log of a job.json").read_text())
    assert record["rule"] == "a_rule"
    assert record["ended_well"] is well


def everything_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_outputs_appear_whole_and_all_at_once(tmp_path):
    folder = tmp_path / "a folder" / "deeper"
    finals = folder / "one.txt", tmp_path / "another folder" / "two.txt"
    with whole_outputs(*finals) as drafts:
        for draft, text in zip(drafts, "ab", strict=True):
            draft.write_text(text)
            assert draft.name in ("one.txt", "two.txt")
            assert draft not in finals
        assert not any(final.exists() for final in finals)
    assert [final.read_text() for final in finals] == ["a", "b"]
    assert everything_in(folder) == ["one.txt"]


def test_a_failure_leaves_nothing_behind(tmp_path):
    with (
        pytest.raises(ZeroDivisionError),
        whole_outputs(tmp_path / "a b.txt", tmp_path / "c.txt") as drafts,
    ):
        drafts[0].write_text("half")
        drafts[1].write_text(str(1 / 0))
    assert everything_in(tmp_path) == []


def test_of_twins_each_finishes(tmp_path):
    """The job of a killed Snakemake and that of the resumed run, in either order."""
    finals = tmp_path / "a.txt", tmp_path / "b.txt"
    with ExitStack() as stack:
        ours = stack.enter_context(whole_outputs(*finals))
        ours[0].write_text("ours")
        with whole_outputs(*finals) as theirs:
            for draft in theirs:
                draft.write_text("theirs")
        assert [final.read_text() for final in finals] == ["theirs"] * 2
        late = stack.enter_context(whole_outputs(*finals))
        late[0].write_text("late")
        ours[1].write_text("ours")
        late[1].write_text("late")
    assert everything_in(tmp_path) == ["a.txt", "b.txt"]
    assert {final.read_text() for final in finals} == {"ours"}  # left last


def test_of_twins_each_finishes_a_folder(tmp_path):
    with whole_outputs(tmp_path / "model") as (ours,):
        ours.mkdir()
        (ours / "card.md").write_text("ours")
        with whole_outputs(tmp_path / "model") as (theirs,):
            theirs.mkdir()
            (theirs / "of theirs.md").touch()
    assert everything_in(tmp_path) == ["model", "model/card.md"]


def test_twins_that_put_a_folder_at_once_both_finish(tmp_path, monkeypatch):
    """The other one takes the old folder away, and puts its own, between our steps."""
    final = tmp_path / "model"
    final.mkdir()
    rename = Path.rename
    theirs = ExitStack()
    draft = theirs.enter_context(whole_outputs(final))[0]
    draft.mkdir()

    def slow(path, target):
        monkeypatch.undo()
        theirs.close()
        rename(path, target)
        draft.parent.mkdir(parents=True)
        draft.mkdir()
        (draft / "card.md").touch()
        draft.rename(final)

    with whole_outputs(final) as (ours,):
        ours.mkdir()
        (ours / "ours.md").touch()
        monkeypatch.setattr(Path, "rename", slow)
    assert everything_in(final) == ["ours.md"]


def test_a_forgotten_output_is_a_failure_of_all(tmp_path):
    with (
        pytest.raises(FileNotFoundError, match=r"not written: c\.txt"),
        whole_outputs(tmp_path / "a.txt", tmp_path / "c.txt") as drafts,
    ):
        drafts[0].write_text("whole")
    assert everything_in(tmp_path) == []


def test_a_failure_keeps_the_outputs_of_an_earlier_run(tmp_path):
    final = tmp_path / "a.txt"
    final.write_text("old")
    with pytest.raises(OSError, match="full"), whole_outputs(final) as (draft,):
        draft.write_text("new")
        raise OSError("disk full")
    assert final.read_text() == "old"
    with whole_outputs(str(final)) as (draft,):
        draft.write_text("new")
    assert final.read_text() == "new"


def test_outputs_are_readable_by_others(tmp_path):
    with whole_outputs(tmp_path / "a.txt") as (draft,):
        draft.write_text("a")
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o666 & ~mask
