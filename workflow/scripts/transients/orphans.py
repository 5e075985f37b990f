"""A process that ends when nobody waits for it any more."""

from __future__ import annotations

import ctypes
import os
import signal
from contextlib import suppress
from types import FrameType

PR_SET_PDEATHSIG = 1  # of linux/prctl.h: which signal to send at the parent's end


def end_with_parent() -> None:
    """Raise KeyboardInterrupt in this process when its parent has ended.

    The parent of a job is the Snakemake that started it, on a cluster the one in the
    job's allocation, or a shell between them. Once that has been killed nobody takes
    note of the outputs, and a resumed run makes them again. Linux alone tells; and it
    tells, too, when only the thread has ended that started this process, which does no
    harm. What this process forks has to see to itself. A parent that ended before this
    is called, while Python starts, is not noticed: then the job runs to its end.
    """
    parent = os.getppid()

    def look(_signal: int, _frame: FrameType | None) -> None:
        if os.getppid() != parent:
            raise KeyboardInterrupt

    signal.signal(signal.SIGUSR2, look)
    with suppress(AttributeError):  # there is no prctl but on Linux
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGUSR2))
    look(signal.SIGUSR2, None)  # it may have ended between the two
