"""Archives and packed files from strangers: they fill neither memory nor the disk."""

from __future__ import annotations

import gzip
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import toy_alerce
import toy_forced_photometry
import toy_snana
from astropy.io import fits
from toy_forced_photometry import PEAK

from transients import bounded
from transients.errors import DataError
from transients.fetching.archives import unpack
from transients.readers.alerce import files as alerce_files
from transients.readers.snana.files import open_table
from transients.readers.tabular import read_text_columns
from transients.readers.ztf_forced_photometry.files import read_epochs

MB = 1024**2
ZEROS = bytes(MB)
END = bytes(1024)


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """Return a tar header; its size may be negative or huge (base 256)."""
    member = tarfile.TarInfo(name)
    member.type = kind
    raw = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    raw[124:136] = (size % 2**96).to_bytes(12, "big")
    raw[124] |= 0x80
    return summed(raw)


def summed(raw: bytearray) -> bytes:
    """Return a tar header with its checksum."""
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw)
    return bytes(raw)


def sparse_of_gnu(size: int) -> bytes:
    """Return the header of a file of 10 bytes with a piece of that size in it."""
    raw = bytearray(header("zeros", 0, tarfile.GNUTYPE_SPARSE))
    raw[386:410] = b"%011o\0%011o\0" % (0, size)
    raw[483:495] = b"%011o\0" % 10
    return summed(raw)


def sparse_of_pax(size: int) -> bytes:
    """The same in the other format, where the list of pieces is in the content."""
    member = tarfile.TarInfo("zeros")
    member.size = 512
    told = {"major": "1", "minor": "0", "name": "zeros", "realsize": "10"}
    member.pax_headers = {f"GNU.sparse.{key}": value for key, value in told.items()}
    return member.tobuf(tarfile.PAX_FORMAT) + f"1\n0\n{size}\n".encode().ljust(
        512, b"\0"
    )


def refused_in_little_memory(read: Callable[[], object], match: str) -> None:
    """Assert that reading is refused with fewer than 30 MB at any time."""
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=match):
            read()
        assert tracemalloc.get_traced_memory()[1] < 30 * MB
    finally:
        tracemalloc.stop()


HEADERS = [tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE]


@pytest.mark.parametrize("kind", HEADERS)
@pytest.mark.parametrize("begin", [b"", header("fine.csv", 0)])
@pytest.mark.parametrize("name", ["evil.tar", "evil.tar.gz"])
def test_a_name_of_gigabytes_is_not_read(tmp_path, kind, begin, name):
    archive = tmp_path / name
    with (gzip.open if name.endswith("gz") else open)(archive, "wb") as file:
        file.write(begin + header("long", 50 * MB, kind))
        for _ in range(50):
            file.write(ZEROS)
        file.write(header("a", 0) + END)
    refused_in_little_memory(lambda: unpack(archive), rf"{name}: cannot be unpacked")
    assert list(tmp_path.iterdir()) == [archive]


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.DIRTYPE, *HEADERS])
@pytest.mark.parametrize("size", [-512, -(2**70), 2**70])
def test_sizes_that_cannot_be_are_refused(tmp_path, kind, size):
    """A negative one would make room for a bomb behind it, or lead back for ever."""
    archive = tmp_path / "evil.tar"
    archive.write_bytes(header("x", 0) + header("a", size, kind) + header("b", 0) + END)
    with pytest.raises(DataError, match=r"evil\.tar: "):
        unpack(archive)
    assert list(tmp_path.iterdir()) == [archive]


@pytest.mark.parametrize("sparse", [sparse_of_gnu, sparse_of_pax])
def test_a_sparse_file_whose_pieces_are_larger_than_itself_is_refused(tmp_path, sparse):
    archive = tmp_path / "evil.tar.gz"
    with gzip.open(archive, "wb") as file:
        file.write(header("fine.csv", 0) + sparse(MB) + ZEROS + END)
    with pytest.raises(DataError, match=r"evil\.tar\.gz: 'zeros' is .* sparse"):
        unpack(archive)
    assert list(tmp_path.iterdir()) == [archive]


def test_a_file_in_the_place_of_the_folder_itself_is_no_way_past_the_limits(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(bounded, "SMALL", 10_000)
    archive = tmp_path / "a.tar.gz"
    with gzip.open(archive, "wb") as file:
        file.write(header(".", MB) + ZEROS + END)
    with pytest.raises(DataError, match="unsafe path"):
        unpack(archive)


def test_a_header_in_a_header_in_a_header_is_refused(tmp_path):
    archive = tmp_path / "deep.tar"
    one = header("@LongLink", 1, tarfile.GNUTYPE_LONGNAME) + b"a".ljust(512, b"\0")
    archive.write_bytes(one * 5000 + header("b", 0) + END)
    with pytest.raises(DataError, match="cannot be unpacked"):
        unpack(archive)


def all_header(archive: Path, members: int) -> Path:
    """Write a tar file of empty members, each with a comment of a megabyte."""
    with gzip.open(archive, "wb") as file:
        for number in range(members):
            member = tarfile.TarInfo(f"f{number}")
            member.pax_headers = {"comment": "a" * 10**6}
            file.write(member.tobuf(tarfile.PAX_FORMAT))
        file.write(END)
    return archive


def test_headers_count_as_what_an_archive_unpacks_to(tmp_path, monkeypatch):
    monkeypatch.setattr(bounded, "SMALL", 20 * MB)
    archive = all_header(tmp_path / "a.tar.gz", 60)
    refused_in_little_memory(lambda: unpack(archive), "unpacks to more than")
    assert list(tmp_path.iterdir()) == [archive]


def test_headers_are_not_kept(tmp_path):
    archive = all_header(tmp_path / "a.tar.gz", 60)
    tracemalloc.start()
    try:
        assert len(list(unpack(archive).iterdir())) == 60
        assert tracemalloc.get_traced_memory()[1] < 30 * MB
    finally:
        tracemalloc.stop()


def test_headers_of_one_member_are_not_longer_in_pieces(tmp_path):
    """Each is read while those before it are in memory."""
    archive = tmp_path / "a.tar.gz"
    one = header("@LongLink", MB // 2, tarfile.GNUTYPE_LONGNAME) + ZEROS[: MB // 2]
    with gzip.open(archive, "wb") as file:
        for _ in range(80):
            file.write(one)
        file.write(header("b", 0) + END)
    refused_in_little_memory(
        lambda: unpack(archive), "(?s)cannot be unpacked .*a long row"
    )


def test_an_unsafe_name_is_quoted_in_part(tmp_path):
    archive = tmp_path / "a.tar"
    long = b"/" + b"a" * 100_000
    body = long.ljust(-(-len(long) // 512) * 512, b"\0")
    name = header("@LongLink", len(long), tarfile.GNUTYPE_LONGNAME) + body
    archive.write_bytes(name + header("b", 0) + END)
    with pytest.raises(DataError, match="unsafe path") as refusal:
        unpack(archive)
    assert len(str(refusal.value)) < 2000


def read_column(path: Path) -> None:
    with open_table(path) as table:
        table.numbers("RA")


READERS = {
    "csv": lambda path: read_text_columns(path, {"object_id": "id"}, "labels"),
    "ztf": lambda path: read_epochs(path, "ZTFa"),
    "snana": lambda path: read_column(path),
    "alerce": lambda path: alerce_files.read_light_curve(path, "ZTFa"),
}
"""What opens packed files, and how each is read."""


@pytest.mark.parametrize("reader", READERS)
def test_packed_files_that_explode_are_refused(tmp_path, monkeypatch, reader):
    monkeypatch.setattr(bounded, "SMALL", 2 * MB)
    monkeypatch.setattr(alerce_files, "LONGEST_ANSWER", 2 * MB)
    path = tmp_path / "labels.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"id\n")
        for _ in range(60):
            file.write(b"a\n" * (MB // 2))
    refused_in_little_memory(lambda: READERS[reader](path), r"labels\.csv\.gz: .*more")


@pytest.mark.parametrize("reader", READERS)
def test_a_packed_file_that_lies_about_its_size_is_refused(tmp_path, reader):
    """The last four bytes of a gzip file say how long its content is."""
    packed = gzip.compress(content_for(reader, tmp_path))
    path = tmp_path / "lies.csv.gz"
    path.write_bytes(packed)
    READERS[reader](path)
    path.write_bytes(packed[:-4] + b"\x01\0\0\0")
    with pytest.raises(DataError, match=r"lies\.csv\.gz"):
        READERS[reader](path)


def content_for(reader: str, folder: Path) -> bytes:
    """Return the content of a file that the reader takes."""
    if reader == "csv":
        return b"id\nZTFa\n"
    if reader == "alerce":
        return gzip.decompress(
            toy_alerce.store(folder, "ZTFa", toy_alerce.answer()).read_bytes()
        )
    if reader == "snana":
        toy_snana.write_table(folder / "toy.FITS", toy_snana.HEAD)
        return (folder / "toy.FITS").read_bytes()
    rows = toy_forced_photometry.epochs([PEAK])
    return toy_forced_photometry.text(rows).encode()


def test_a_fits_file_packed_twice_is_not_unpacked_by_its_library(tmp_path):
    toy_snana.write_table(tmp_path / "toy.FITS", toy_snana.HEAD)
    path = tmp_path / "toy.FITS.gz"
    path.write_bytes(gzip.compress(gzip.compress((tmp_path / "toy.FITS").read_bytes())))
    with pytest.raises(DataError, match="not a whole FITS file: it begins with"):
        READERS["snana"](path)


def test_a_packed_image_in_a_fits_file_is_not_unpacked(tmp_path):
    zeros = np.zeros((4000, 4000), np.float32)
    path = tmp_path / "image.FITS"
    image = fits.CompImageHDU(zeros, tile_shape=(4000, 4000))
    fits.HDUList([fits.PrimaryHDU(), image]).writeto(path)
    assert path.stat().st_size < MB
    refused_in_little_memory(lambda: READERS["snana"](path), "no column RA")
