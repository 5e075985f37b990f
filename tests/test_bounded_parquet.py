"""Parquet from strangers: small files that fill the memory are refused before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from transients import bounded, bounded_parquet, new_light_curves, saved_trees
from transients.errors import DataError
from transients.readers import Dataset, parquet
from transients.simulate import simulate_class
from transients.tables import LIGHT_CURVES, SurveyTables, TablesWriter, Vocabulary

MB = 1024**2
ROWS = 100_000
CLASSES = ("SN Ia", "TDE")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files may unpack to 2 MB, and to 200 times their size."""
    monkeypatch.setattr(bounded, "SMALL", 2 * MB)


@contextmanager
def little_memory(size: int = 20 * MB) -> Iterator[None]:
    """Assert that Arrow never holds so much in the body."""
    before = pa.default_memory_pool()
    pool = pa.proxy_memory_pool(before)
    pa.set_memory_pool(pool)
    try:
        yield
    finally:
        pa.set_memory_pool(before)
    assert pool.max_memory() < size


def same(word: str, rows: int = ROWS) -> pa.Array:
    """Return a column of one word, which is in memory once."""
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), [word])


def write(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    stored = {"compression": "zstd", "store_schema": False, "data_page_size": 100 * MB}
    pq.write_table(pa.table(columns), path, **stored | options)
    assert path.stat().st_size < 70_000
    return path


def of_words(path: Path) -> Path:
    return write(path, {"object_id": same("a" * 1000), "class": same("SN Ia")})


def of_categories(path: Path) -> Path:
    columns = {"object_id": same("a" * 1000), "class": same("SN Ia")}
    return write(path, columns, store_schema=True)


def of_beginnings(path: Path) -> Path:
    """Each word is the one before it."""
    words = {"object_id": ["a" * 10_000] * 5000, "class": ["SN Ia"] * 5000}
    encoding = {"column_encoding": dict.fromkeys(words, "DELTA_BYTE_ARRAY")}
    return write(path, words, use_dictionary=False, **encoding)


def of_forged_sizes(path: Path) -> Path:
    """As of_beginnings, and the file says of each size that it is one byte."""
    data = of_beginnings(path).read_bytes()
    group = pq.ParquetFile(path).metadata.row_group(0)
    columns = [group.column(j) for j in range(group.num_columns)]
    sizes = [group.total_byte_size, *(c.total_uncompressed_size for c in columns)]
    begin = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    footer = data[begin:]
    for size in sizes:
        said = varint(size)
        assert said in footer
        footer = footer.replace(said, bytes([0x82, *[0x80] * (len(said) - 2), 0]))
    path.write_bytes(data[:begin] + footer)
    forged = pq.ParquetFile(path).metadata.row_group(0)
    assert forged.total_byte_size == forged.column(0).total_uncompressed_size == 1
    return path


def varint(number: int) -> bytes:
    """Return a number as thrift's compact protocol writes it."""
    rest, said = 2 * number, []
    while rest > 127:
        said.append(rest % 128 + 128)
        rest //= 128
    return bytes([*said, rest])


def of_mixed_groups(path: Path) -> Path:
    """One row group with dictionaries, one in whose columns pyarrow can read none.

    Offsets count from a file's beginning, so the first takes the place of a column of
    the second that nobody reads.
    """
    names = ("object_id", "class")
    first = {"unused": np.zeros(ROWS), **dict.fromkeys(names, same("a" * 1000))}
    noise = np.random.default_rng(1).random(5000)
    second = {"unused": noise, **dict.fromkeys(names, same("", 5000))}
    delta = dict.fromkeys(names, "DELTA_LENGTH_BYTE_ARRAY")
    data, whole = write(path, first).read_bytes(), pq.ParquetFile(path).metadata
    write(path, second, use_dictionary=False, column_encoding=delta)
    whole.append_row_groups(pq.ParquetFile(path).metadata)
    footer = pa.BufferOutputStream()
    whole.write_metadata_file(footer)
    rest = path.read_bytes()[len(data) :]
    path.write_bytes(data + rest + footer.getvalue().to_pybytes()[len(b"PAR1") :])
    read = pq.ParquetFile(path).iter_batches(1, row_groups=[1], columns=[*names])
    assert next(read).column("class").to_pylist() == [""]
    return path


def of_zeros(path: Path) -> Path:
    words = {"object_id": same("a", 50 * ROWS), "class": same("SN Ia", 50 * ROWS)}
    return write(path, {**words, "ra": np.zeros(50 * ROWS)}, use_dictionary=[*words])


def of_pages(path: Path) -> Path:
    """One word, a page of 50 megabytes."""
    return write(
        path, {"object_id": ["a" * 50 * MB], "class": ["TDE"]}, use_dictionary=False
    )


BOMBS = [
    *(of_words, of_categories, of_beginnings, of_forged_sizes, of_mixed_groups),
    *(of_zeros, of_pages),
]


@pytest.mark.parametrize("bomb", BOMBS)
def test_objects_that_explode_are_refused(tmp_path, bomb):
    path = bomb(tmp_path / "objects.parquet")
    files = {"objects": path, "light_curves": path}
    data = Dataset("toy", CLASSES, ("g", "r"), files, tmp_path)
    with (
        little_memory(),
        pytest.raises(DataError, match=r"objects\.parquet: unpacks to more than"),
    ):
        next(parquet.read({}, data))


def test_counting_holds_no_column_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(bounded_parquet, "BATCH", 1000)
    path = write(tmp_path / "objects.parquet", {"class": same("TDE")})
    files = {"objects": path}
    only_class = pa.schema([pa.field("class", pa.string(), nullable=False)])
    monkeypatch.setattr(parquet, "OBJECTS", only_class)
    data = Dataset("toy", CLASSES, (), files, tmp_path)
    with little_memory(MB):
        assert parquet.count({}, data) == ROWS


def light_curves(rows: int, word: str) -> dict[str, Any]:
    numbers = dict.fromkeys(("mjd", "flux", "flux_err"), np.ones(rows))
    words = {"object_id": same(word, rows), "passband": same("g", rows)}
    return words | numbers


@pytest.mark.parametrize("word", ["a", "a" * 200])
def test_light_curves_that_explode_are_refused(tmp_path, word):
    path = write(tmp_path / "new.parquet", light_curves(15 * ROWS, word))
    with (
        little_memory(),
        pytest.raises(DataError, match=r"new\.parquet: unpacks to more than"),
    ):
        list(new_light_curves.read_file(path, ("g", "r")))


def forest(rows: int, word: str) -> dict[str, Any]:
    columns = {name: np.zeros(rows, np.int32) for name in saved_trees.COLUMNS}
    probabilities = {f"p({name})": np.zeros(rows) for name in CLASSES}
    return columns | {"feature": same(word, rows)} | probabilities


@pytest.mark.parametrize(
    ("columns", "match"),
    [
        (forest(ROWS, "a" * 1000), "unpacks to more than"),
        (forest(15 * ROWS, "a"), "unpacks to more than"),
        ({"another": same("a" * 1000)}, "its columns are"),
        (forest(10, "a") | {"tree": [[0] * ROWS] * 10}, "'tree' is list"),
        (forest(10, "a") | {"tree": [b"a" * MB] * 10}, "'tree' is binary"),
    ],
    ids=["words", "zeros", "another column", "lists", "bytes"],
)
def test_forests_that_explode_are_refused(tmp_path, columns, match):
    path = write(tmp_path / "forest.parquet", columns)
    del columns
    with (
        little_memory(),
        pytest.raises(DataError, match=rf"forest\.parquet: .*{match}"),
    ):
        saved_trees.load_trees(path, CLASSES)


# What honest people write is read, however small the files that are always.


def test_what_the_simulator_and_we_write_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(bounded, "SMALL", 0)
    files = {n: tmp_path / f"{n}.parquet" for n in ("objects", "light_curves")}
    made = simulate_class("ztf", "SNIa", 100, seed=1)
    objects = made.objects.assign(trigger_mjd=np.nan, mwebv=0.0, ra=np.nan, dec=np.nan)
    vocabulary = Vocabulary("toy", ("SNIa",), ("g", "r"))
    with TablesWriter(*files.values(), vocabulary, {}) as writer:
        writer.write(SurveyTables(objects, made.light_curves))
    data = Dataset("toy", ("SNIa",), ("g", "r"), files, tmp_path)
    assert sum(len(read.objects) for read in parquet.read({}, data)) == 100


def crude() -> pa.Table:
    """Light curves that pack well: sorted names, whole numbers, constant columns."""
    rows = np.arange(ROWS)
    names = np.char.add("simulated-", np.char.zfill((rows // 12).astype(str), 9))
    flux = np.random.default_rng(1).integers(0, 100, ROWS)
    passband = np.where(rows % 2, "g", "r")
    numbers = {"mjd": 59000.0 + rows % 12, "flux": flux, "flux_err": np.ones(ROWS)}
    columns = {"object_id": names, "passband": passband, **numbers}
    return pa.table({**columns, "mwebv": np.zeros(ROWS), "detected": flux > 5})


ENCODINGS: dict[str, dict[str, Any]] = {
    "dictionary": {},
    "plain": {"use_dictionary": False},
    "version 2": {"data_page_version": "2.0", "version": "2.6"},
    "delta": {
        "use_dictionary": ["passband"],
        "column_encoding": {"object_id": "DELTA_BYTE_ARRAY"},
    },
    "lengths": {
        "use_dictionary": False,
        "column_encoding": {"object_id": "DELTA_LENGTH_BYTE_ARRAY"},
    },
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_light_curves_that_pack_well_are_read(tmp_path, monkeypatch, encoding):
    monkeypatch.setattr(bounded, "SMALL", 0)
    path = tmp_path / "light_curves.parquet"
    given = crude()
    options = {"compression": "zstd", "row_group_size": 30_000} | ENCODINGS[encoding]
    pq.write_table(given, path, **options)
    read = pa.concat_tables(
        parquet.read_batches(path, LIGHT_CURVES, LIGHT_CURVES.names)
    )
    expected = given.select(LIGHT_CURVES.names).cast(LIGHT_CURVES)
    assert read.cast(LIGHT_CURVES).equals(expected)
