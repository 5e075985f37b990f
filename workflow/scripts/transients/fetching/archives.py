"""Archives, unpacked safely: all of one into a folder beside it, or nothing.

Refused are absolute paths, "..", links, devices, encrypted or repeated members, and
archives with more than MOST_MEMBERS, larger than transients.bounded allows (headers of
a tar file included), or with a header longer than LONGEST_HEADER. Each member is
checked before it is written, the standard library writes no more of it than its header
says (but of sparse ones, which are refused), and after a refusal nothing stays.
"""

from __future__ import annotations

import lzma
import stat
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

from transients.bounded import MOST_TIMES, most_unpacked
from transients.errors import DataError
from transients.fetching.files import require_space
from transients.fetching.paths import safe_path
from transients.jobs import whole_outputs

TAR = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
ZIP = (".zip", ".whl")
MOST_MEMBERS = 1_000_000
LONGEST_HEADER = 1024**2  # of a member, its name in it, in a tar file [bytes]
DAMAGED = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(EOFError, OSError, NotImplementedError, ValueError, RecursionError),
)


def folder_of(archive: Path) -> Path | None:
    """Return the folder that an archive is unpacked to; None if it is no archive."""
    suffixes = [s for s in TAR + ZIP if archive.name.lower().endswith(s)]
    if not suffixes or len(archive.name) == len(suffixes[0]):
        return None
    return archive.with_name(archive.name[: -len(suffixes[0])])


def unpack(archive: Path) -> Path:
    """Unpack an archive into the folder of its name, and return it.

    A folder that is there already is left as it is. Raises DataError naming archive
    and member; then nothing of it is left.
    """
    folder = folder_of(archive)
    if folder is None:
        raise DataError(f"{archive}: not an archive of a known kind")
    if folder.exists():
        return folder
    extract = _unzip if archive.name.lower().endswith(ZIP) else _untar
    with whole_outputs(folder) as (draft,):
        draft.mkdir()
        try:
            extract(archive, draft)
        except DAMAGED as error:
            raise DataError(f"{archive}: cannot be unpacked ({error})") from error
    return folder


class _Limits:
    """What one archive may hold."""

    def __init__(self, archive: Path, folder: Path) -> None:
        self.archive, self.folder = archive, folder
        self.room = most_unpacked(archive)
        self.seen: set[str] = set()

    def admit(self, name: str, size: int, is_plain: bool) -> None:
        """Raise DataError unless this member, too, may be unpacked."""
        path = safe_path(name, self.archive)
        self.room -= size
        if not is_plain:
            raise DataError(
                f"{self.archive}: {name!r} is a link, a device, sparse or encrypted:"
                " refused"
            )
        if path in self.seen:
            raise DataError(f"{self.archive}: has {name!r} twice")
        if size < 0 or self.room < 0 or len(self.seen) >= MOST_MEMBERS:
            raise DataError(
                f"{self.archive}: unpacks to more than {MOST_TIMES} times its size or"
                f" {MOST_MEMBERS} files: is it meant to do harm? Unpack it by hand"
            )
        require_space(self.folder, size, f"{name} of {self.archive}")
        self.seen.add(path)


class _ShortReads:
    """A file of which tarfile cannot read a header of gigabytes into memory.

    left is what it may still read of the headers of one member [bytes].
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.left = LONGEST_HEADER

    def read(self, size: int) -> bytes:
        if not 0 <= size <= self.left:
            raise tarfile.ReadError(f"a header of {size} bytes, or a long row of them")
        self.left -= size
        return self._file.read(size)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._file, name)


class _Tar(tarfile.TarFile):
    """Members one after the other: tarfile itself keeps them all, and their headers.

    header is how long the headers of the last member were, as they were read [bytes].
    """

    members: list[tarfile.TarInfo]
    firstmember: tarfile.TarInfo | None

    def __init__(
        self,
        name: Any,  # noqa: ANN401
        mode: Any,  # noqa: ANN401
        fileobj: Any,  # noqa: ANN401
        **options: Any,  # noqa: ANN401
    ) -> None:
        self._reads = _ShortReads(fileobj)
        self.header = 0
        super().__init__(name, mode, self._reads, **options)

    def next(self) -> tarfile.TarInfo | None:
        """Return the next member, None behind the last one."""
        if self.firstmember is not None:  # read already, and so was its header
            return super().next()
        self._reads.left = LONGEST_HEADER
        member = super().next()
        self.header = LONGEST_HEADER - self._reads.left
        self._reads.left = sys.maxsize  # for its content, read in small pieces
        self.members.clear()
        return member


def _untar(archive: Path, folder: Path) -> None:
    limits = _Limits(archive, folder)
    with archive.open("rb") as file, _Tar.open(fileobj=file) as tar:
        while (member := tar.next()) is not None:
            limits.room -= tar.header
            if member.name == "." and member.isdir():  # of `tar -c .`
                continue
            is_file = member.isfile() and not member.issparse()
            limits.admit(member.name, member.size, is_file or member.isdir())
            tar.extract(member, folder, filter="data")
        # Behind the last member tarfile reads a block of zeros, or nothing at all.
        if tar.fileobj is None or tar.fileobj.tell() == tar.offset:
            raise tarfile.ReadError("its end is missing")


def _unzip(archive: Path, folder: Path) -> None:
    limits = _Limits(archive, folder)
    with zipfile.ZipFile(archive) as packed:
        members = packed.infolist()
        for member in members:
            kind = stat.S_IFMT(member.external_attr >> 16)
            is_plain = kind in (0, stat.S_IFREG, stat.S_IFDIR)
            is_encrypted = bool(member.flag_bits & 1)
            name, size = member.filename, member.file_size
            limits.admit(name, size, is_plain and not is_encrypted)
        for member in members:
            packed.extract(member, folder)
