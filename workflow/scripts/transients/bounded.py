"""Reading what may be compressed without unpacking more than light curves come to."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

from transients.errors import DataError

MOST_TIMES = 200  # zeros compress a thousandfold, light curves tenfold
SMALL = 100 * 1024**2  # that much is never too large [bytes]


def most_unpacked(path: Path) -> int:
    """Return how large the content of a file may be once it is unpacked [bytes]."""
    return max(SMALL, MOST_TIMES * path.stat().st_size)


class Room:
    """What is left of most_unpacked of a file."""

    def __init__(self, path: Path, by_hand: str = "Unpack it by hand") -> None:
        self._path, self._by_hand = path, by_hand
        self.left = most_unpacked(path)

    def take(self, size: int) -> None:
        """Take that much [bytes] for a part; raise DataError if it is not there."""
        self.left -= size
        if self.left < 0:
            raise DataError(
                f"{self._path}: unpacks to more than {MOST_TIMES} times its size: is it"
                f" meant to do harm? {self._by_hand}"
            )


class Bounded:
    """The unpacked content of a file, read until it is larger than it may be.

    stream is open for reading; a file that unpacks to more than most_unpacked raises
    DataError naming it, before more is held in memory.
    """

    def __init__(self, stream: IO[bytes] | Any, path: Path) -> None:  # noqa: ANN401
        self._stream, self._room = stream, Room(path)

    def read(self, size: int | None = None) -> bytes:
        """Return the next bytes, all that are left without a size."""
        size = self._room.left + 1 if size is None else size
        data: bytes = self._stream.read(size)
        self._room.take(len(data))
        return data
