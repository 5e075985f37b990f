"""What every script shares: its log, its threads, whole outputs, readable errors."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol, TextIO

from threadpoolctl import threadpool_limits

from transients.disks import writing_to
from transients.drafts import TRIES, draft_in
from transients.errors import TransientsError
from transients.job_records import Recorded, recorded
from transients.orphans import end_with_parent
from transients.wording import as_one_entry

LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
INTERRUPTED = 130  # exit status of what Ctrl-C ended, as shells tell it: 128 + SIGINT


class Script(Recorded, Protocol):
    """What is asked of the object `snakemake` that a script is given."""

    threads: int


@contextmanager
def job(script: Script) -> Iterator[TextIO]:
    """Run the body of a script: log to its file, obey its rule's number of threads.

    script is the object `snakemake` that a script is given. Yields the terminal, for
    progress bars; everything else on stderr goes to the log. A TransientsError ends the
    process with its message alone, in the log and on stderr, and so do Ctrl-C, SIGTERM,
    the end of a cluster's patience, and the end of the Snakemake that waits for it; any
    other error is a defect and keeps its trace. To limit the threads of TensorFlow,
    enter before it is imported. What the job used is recorded beside its log
    (job_records).
    """
    limit_threads(script.threads)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    end_with_parent()
    try:
        with logging_to(script.log[0]) as terminal, recorded(script):
            yield terminal
    except TransientsError as error:
        logging.error("%s", error)
        print(f"error: {as_one_entry(str(error))}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        logging.error("stopped")
        print("stopped; run again: what was complete is kept", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BaseException:
        logging.exception("the job stopped")
        raise


class _OneEntry(logging.Formatter):
    """Writes an entry so that no text in it passes for another entry."""

    def format(self, record: logging.LogRecord) -> str:
        return as_one_entry(super().format(record))


@contextmanager
def logging_to(log_path: str | Path) -> Iterator[TextIO]:
    """Log to this file, from its beginning, all that is said; yield the terminal.

    What compiled libraries print on stderr goes there, too.
    """
    with writing_to(Path(log_path).parent):
        Path(log_path).write_text("")
        handler = logging.FileHandler(log_path, encoding="utf-8")
    logging.raiseExceptions = False  # a disk that fills up is told once, by the job
    handler.setFormatter(_OneEntry(LOG_FORMAT))
    logging.basicConfig(handlers=[handler], force=True)
    logging.getLogger("transients").setLevel(logging.INFO)
    for library in ("tensorflow", "urllib3"):
        logging.getLogger(library).setLevel(logging.ERROR)
    logging.captureWarnings(True)
    sys.stderr.flush()
    with os.fdopen(os.dup(2), "w") as terminal:
        try:
            with Path(log_path).open("ab") as log:
                os.dup2(log.fileno(), 2)
            yield terminal
        finally:
            sys.stderr.flush()
            os.dup2(terminal.fileno(), 2)


def limit_threads(threads: int) -> None:
    """Tell numerical libraries how many threads to use; backends hear at import."""
    for library in ("TF_NUM_INTRAOP", "OMP_NUM", "OPENBLAS_NUM", "MKL_NUM"):
        os.environ[f"{library}_THREADS"] = str(threads)
    os.environ["TF_NUM_INTEROP_THREADS"] = "1"
    os.environ["NPROC"] = str(threads)  # what JAX reads
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    threadpool_limits(threads)  # of those that a worker's parent has imported


@contextmanager
def whole_outputs(*paths: str | Path) -> Iterator[list[Path]]:
    """Yield temporary names to write to, and rename all of them at the end.

    The temporary folder is beside the first output, on the same file system, so that
    renaming is atomic; if the body fails, nothing is left behind. What a killed process
    has left goes when the same outputs are made again, but not what a living one is
    writing: of twins each finishes. Raises StorageError if the disk is full or cannot
    be written to.
    """
    finals = [Path(path) for path in paths]
    folder = finals[0].parent
    with writing_to(folder):
        for final in finals:
            final.parent.mkdir(parents=True, exist_ok=True)
    shared = folder / f".unfinished-{finals[0].name}"
    # The disk is looked at twice: for the draft, and before its end has made room.
    with writing_to(folder), draft_in(shared) as writing, writing_to(folder):
        drafts = [writing / path.name for path in finals]
        yield drafts
        if missing := [draft.name for draft in drafts if not draft.exists()]:
            raise FileNotFoundError(f"not written: {', '.join(missing)}")
        for draft, final in zip(drafts, finals, strict=True):
            _put(draft, final)


def _put(draft: Path, final: Path) -> None:
    """Rename a draft; a folder needs an empty place, which a twin may fill again."""
    for tries_left in reversed(range(TRIES if draft.is_dir() else 1)):
        if draft.is_dir() and final.is_dir():
            with suppress(FileNotFoundError):  # a twin has moved it away, too
                final.rename(draft.with_name(f"{draft.name}.before{tries_left}"))
        try:
            draft.replace(final)
            return
        except OSError:
            if not tries_left:
                raise
