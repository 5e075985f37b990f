"""Progress of a download, told while it runs."""

from __future__ import annotations

import logging
import threading
import time
from typing import TextIO

from tqdm import tqdm

from transients.fetching.client import Stopped

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LINES = 30.0


class Progress:
    """Bytes of all files: a bar on a terminal, now and then a line in the log."""

    def __init__(
        self,
        name: str,
        total: int,
        arrived: int,
        terminal: TextIO,
        stop: threading.Event,
    ) -> None:
        self._bar = tqdm(
            desc=name,
            total=total or None,
            initial=arrived,
            unit="B",
            unit_scale=True,
            file=terminal,
            disable=not terminal.isatty(),
        )
        self._bytes, self._name = arrived, name
        self._lock = threading.Lock()
        self._next_line = time.monotonic() + SECONDS_BETWEEN_LINES
        self._stop = stop

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exc: object) -> None:
        self._bar.close()

    def add(self, n_bytes: int) -> None:
        """Count bytes that came, or less than 0 that were lost; end if stopped."""
        with self._lock:
            if self._stop.is_set():
                raise Stopped
            self._bytes += n_bytes
            self._bar.update(n_bytes)
            if time.monotonic() > self._next_line:
                self._next_line += SECONDS_BETWEEN_LINES
                log.info("%s: %.1f MB so far", self._name, self._bytes / 1e6)

    def stop(self) -> None:
        """Let every transfer end at its next bytes, or instead of waiting for them."""
        self._stop.set()
