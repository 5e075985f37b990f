"""Archives: unpacked whole into a folder of their own, or not at all."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from loopback import Reply, Server

from transients import bounded
from transients.errors import DataError
from transients.fetching import archives
from transients.fetching.archives import folder_of, unpack
from transients.fetching.downloads import fetch

FILES = {"TDE/one.csv": b"a" * 5000, "TDE/deep er/two.csv": b"b", "three.csv": b""}
KINDS = ["tar", "tar.gz", "tgz", "tar.bz2", "tar.xz", "zip", "whl"]


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    return member


def tar(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    compression = {".tar": "", ".tgz": "gz"}.get(path.suffix, path.suffix[1:])
    mode: Any = f"w:{compression}"
    with tarfile.open(path, mode) as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def a_zip(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def good(path: Path) -> Path:
    """Write an archive of FILES, of the kind that its name tells."""
    if path.suffix in (".zip", ".whl"):
        return a_zip(path, ("TDE/", b""), *FILES.items())
    files = [(entry(f"./{name}"), content) for name, content in FILES.items()]
    return tar(path, (entry(".", tarfile.DIRTYPE), b""), *files)


def contents(folder):
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_unpacked_into_the_folder_of_its_name(tmp_path, kind):
    folder = unpack(good(tmp_path / f"ZTF.v1.{kind}"))
    assert folder == tmp_path / "ZTF.v1"
    assert contents(folder) == FILES
    assert len(list(tmp_path.iterdir())) == 2


def test_other_files_are_no_archives():
    assert folder_of(Path("a.csv.gz")) is None
    assert folder_of(Path(".zip")) is None
    assert folder_of(Path("a.TAR.GZ")) == Path("a")


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "three.csv").write_text("mine")
    unpack(good(tmp_path / "mine.zip"))
    assert contents(tmp_path / "mine") == {"three.csv": b"mine"}


def symlink_in_zip(name):
    member = zipfile.ZipInfo(name)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


def refused(archive, match):
    """Assert that an archive is refused by its name, and has written nothing."""
    before = sorted(archive.parent.parent.rglob("*"))
    with pytest.raises(DataError, match=rf"{archive.name}.*{match}"):
        unpack(archive)
    assert sorted(archive.parent.parent.rglob("*")) == before


@pytest.fixture
def folder(tmp_path):
    """A folder in a folder, so that what lands outside is seen."""
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


@pytest.mark.parametrize(
    "name", ["../a.csv", "x/../../a.csv", "/a.csv", "..", "..\\a.csv", "a\nb.csv"]
)
def test_paths_outside_are_refused(folder, name):
    fine = (entry("fine.csv"), b"fine")
    refused(tar(folder / "evil.tar", fine, (entry(name), b"evil")), "unsafe path")
    refused(a_zip(folder / "evil.zip", ("fine.csv", b""), (name, b"")), "unsafe path")


@pytest.mark.parametrize(
    ("kind", "link"),
    [
        (tarfile.SYMTYPE, "/etc/passwd"),
        (tarfile.SYMTYPE, "fine.csv"),
        (tarfile.LNKTYPE, "../../a.csv"),
        (tarfile.CHRTYPE, ""),
        (tarfile.BLKTYPE, ""),
        (tarfile.FIFOTYPE, ""),
    ],
)
def test_links_and_devices_are_refused(folder, kind, link):
    special = (entry("special", kind, link), b"")
    refused(
        tar(folder / "a.tar.gz", (entry("fine.csv"), b""), special), "a link, a dev"
    )


def test_nobody_else_may_write_to_what_is_unpacked(tmp_path):
    member = entry("a.csv")
    member.mode = 0o4777
    folder = unpack(tar(tmp_path / "a.tar", (member, b"")))
    assert (folder / "a.csv").stat().st_mode & 0o6022 == 0


def test_links_in_zip_files_are_refused(folder):
    archive = a_zip(folder / "a.zip", (symlink_in_zip("link"), b"/etc/passwd"))
    refused(archive, "a link")


def test_encrypted_files_are_refused(folder):
    archive = a_zip(folder / "a.zip", ("secret.csv", b"secret"))
    raw = bytearray(archive.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1  # general purpose flag, bit 0
    archive.write_bytes(raw)
    refused(archive, "encrypted")


def test_names_that_repeat_are_refused(folder):
    twice = [(entry("a.csv"), b"1"), (entry("./a.csv"), b"2")]
    refused(tar(folder / "a.tar", *twice), "twice")
    refused(a_zip(folder / "a.zip", ("a.csv", b"1"), ("./a.csv", b"2")), "twice")


@pytest.mark.parametrize("kind", ["tar.gz", "tar.xz", "zip"])
def test_bombs_of_size_are_refused(folder, monkeypatch, kind):
    monkeypatch.setattr(bounded, "SMALL", 10_000)
    archive, zeros = folder / f"bomb.{kind}", bytes(3_000_000)
    if kind == "zip":
        a_zip(archive, ("zeros", zeros))
    else:
        tar(archive, (entry("zeros"), zeros))
    refused(archive, "more than 200 times its size")


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_bombs_of_number_are_refused(folder, monkeypatch, kind):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 2)
    refused(good(folder / f"many.{kind}"), "or 2 files")


def test_a_zip_file_that_lies_of_its_size_is_refused(folder):
    archive = a_zip(folder / "a.zip", ("zeros", bytes(100_000)))
    raw = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = raw.index(signature) + offset
        raw[start : start + 4] = (10).to_bytes(4, "little")
    archive.write_bytes(raw)
    refused(archive, "cannot be unpacked")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
def test_truncated_archives_are_refused(folder, kind, share):
    archive = good(folder / f"cut.{kind}")
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(share * len(whole))])
    refused(archive, "cannot be unpacked")


def test_archives_are_fetched_recorded_and_unpacked(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    body = good(tmp_path / "made.tar.gz").read_bytes()
    data = tmp_path / "data"
    with Server() as server:
        server.serve("/sample.tar.gz", Reply(body, ranges=True))
        options = {"from": "file", "url": f"{server.url}/sample.tar.gz", "folder": "x"}
        for _ in "twice":
            fetch("packed", options | {"unpack": True}, str(data), io.StringIO())
        assert len(server.requests) == 1
    assert contents(data / "x" / "sample") == FILES
    assert (data / "packed.sha256").read_text().endswith("  x/sample.tar.gz\n")
