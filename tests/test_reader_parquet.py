"""The parquet reader: the workflow's own tables, from other hands."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from generated import assert_same, survey_tables
from hypothesis import given
from mutations import COUNT, check_reader
from toy_csv import read_all, reasons
from toys import survey

from transients import bounded_parquet
from transients.errors import ConfigurationError, DataError
from transients.readers import Dataset, parquet, portions
from transients.tables import SurveyTables, TablesWriter, Vocabulary

CLASSES, PASSBANDS = ("A", "B"), ("g", "r")


def toy(folder: Path) -> Dataset:
    files = {name: folder / f"{name}.parquet" for name in ("objects", "light_curves")}
    return Dataset("toy", CLASSES, PASSBANDS, files, Path())


def write(tables: SurveyTables, data: Dataset) -> None:
    for name, path in data.files.items():
        getattr(tables, name).to_parquet(path, index=False)


def read(data: Dataset) -> SurveyTables:
    return read_all({}, data, "parquet")


def change(data: Dataset, file: str, column: str, change: Any) -> None:
    """Rewrite a file with a column that is a function of what it was."""
    table = pd.read_parquet(data.files[file])
    table[column] = change(table[column])
    table.to_parquet(data.files[file], index=False)


def set_row(row: int, value: Any) -> Any:
    """Return the change that puts one value into a column."""
    return lambda column: [value if i == row else x for i, x in enumerate(column)]


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    data = toy(tmp_path)
    write(survey(), data)
    return data


def test_what_the_workflow_writes_is_read_back(data: Dataset) -> None:
    expected = survey()
    vocabulary = Vocabulary("toy", CLASSES, PASSBANDS)
    paths = data.files["objects"], data.files["light_curves"]
    with TablesWriter(*paths, vocabulary, {}) as writer:
        writer.write(expected)
    tables = read(data)
    assert_same(tables, expected)
    assert tables.dropped.empty
    assert parquet.count({}, data) == 3


def test_any_order_of_rows(data: Dataset) -> None:
    expected = survey()
    shuffled = expected.light_curves.sample(frac=1, random_state=1)
    write(replace(expected, light_curves=shuffled), data)
    assert_same(read(data), expected)


def test_like_types_are_converted(data: Dataset) -> None:
    numbered = survey(names=("1", "2", "3"))
    write(numbered, data)
    for file in data.files:
        change(data, file, "object_id", lambda column: column.astype(int))
    change(data, "objects", "class", lambda column: column.astype("category"))
    change(data, "objects", "ra", lambda column: column.astype(int))
    change(data, "light_curves", "detected", lambda column: column.astype("int8"))
    assert_same(read(data), numbered)


def test_columns_that_may_be_absent(data: Dataset) -> None:
    pd.read_parquet(data.files["objects"])[["object_id", "class"]].assign(
        host="M31"
    ).to_parquet(data.files["objects"])
    tables = read(data)
    assert tables.objects.drop(columns=["object_id", "class"]).isna().all(axis=None)
    assert len(tables.objects) == 3


def test_what_is_left_out_is_listed(data: Dataset) -> None:
    change(data, "objects", "class", set_row(0, "C"))
    change(data, "light_curves", "object_id", lambda x: x.replace({"b": "z"}))
    change(data, "light_curves", "flux", set_row(12, None))
    change(data, "light_curves", "flux_err", set_row(12, None))
    tables = read(data)
    assert list(tables.objects["object_id"]) == ["c"]
    assert len(tables.light_curves) == 5
    assert reasons(tables) == [
        ("a", "class 'C' is not used"),
        ("c", "1 observations without a measurement removed"),
        ("b", "listed, but no light curve"),
        ("z", "a light curve, but not listed"),
    ]
    assert parquet.count({}, data) == 2


def test_batches_and_portions(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded by what is held, if an object's rows stand together."""
    monkeypatch.setattr(bounded_parquet, "BATCH", 4)
    monkeypatch.setattr(portions, "HELD", 8)
    found = list(parquet.read({}, data))
    assert [list(p.objects["object_id"]) for p in found] == [["a"], ["b"], ["c"]]
    assert_same(read(data), survey())
    by_time = survey().light_curves.sort_values("mjd")
    write(SurveyTables(survey().objects, by_time), data)
    with pytest.raises(
        DataError, match=r"light_curves\.parquet: .*object '[abc]' .*sort"
    ):
        read(data)


@pytest.mark.parametrize(
    ("file", "column", "change_to", "words"),
    [
        ("objects", "class", set_row(1, None), "row 1: column 'class' is missing"),
        ("objects", "class", set_row(1, ""), None),
        ("objects", "class", lambda x: x + "C", "none of its 3 objects .* A, B"),
        ("objects", "class", lambda x: x.factorize()[0] / 2, "'class' is double, not"),
        ("objects", "object_id", set_row(1, "a"), "object 'a' has more than one row"),
        ("objects", "object_id", set_row(1, ""), "row 1: no object_id"),
        ("objects", "dec", set_row(1, -99.0), "'b': dec is -99, outside -90 to 90"),
        ("objects", "ra", set_row(1, np.inf), "'b': ra is inf, outside 0 to 360"),
        ("objects", "mwebv", set_row(1, np.inf), "'b': mwebv is inf, outside 0 to 100"),
        ("objects", "ra", lambda x: x.astype(str), "'ra' is large_string, not double"),
        ("light_curves", "object_id", set_row(3, None), "row 3: column 'object_id' is"),
        ("light_curves", "object_id", lambda x: x + "x", "'a' there and 'ax' here"),
        ("light_curves", "passband", set_row(3, "w"), "'a', MJD 59003.0: .*'w'.*g, r"),
        ("light_curves", "passband", set_row(3, None), "row 3: column 'passband' is m"),
        ("light_curves", "mjd", set_row(7, None), "'b', MJD None: mjd .* missing"),
        ("light_curves", "mjd", lambda x: pd.to_datetime(x), "'mjd' is timestamp"),
        ("light_curves", "flux", set_row(7, None), "'b', MJD 59001.0: flux .* missing"),
        (
            "light_curves",
            "flux",
            set_row(7, 1e39),
            "'b', MJD 59001.0: flux .* inf, not",
        ),
        (
            "light_curves",
            "flux_err",
            set_row(7, 0.0),
            "'b', .* flux_err .* 0, not poss",
        ),
        ("light_curves", "detected", set_row(7, None), "row 7: column 'detected' is m"),
        ("light_curves", "detected", lambda x: x * 2, "row 0: column 'detected' is 2,"),
    ],
)
def test_refusals(
    data: Dataset, file: str, column: str, change_to: Any, words: str | None
) -> None:
    change(data, file, column, change_to)
    if words is None:
        assert reasons(read(data))[0] == ("b", "class '' is not used")
        return
    with pytest.raises(DataError, match=rf"{file}\.parquet.*{words}"):
        read(data)


@pytest.mark.parametrize(
    ("file", "column"), [("objects", "class"), ("light_curves", "flux")]
)
def test_missing_columns(data: Dataset, file: str, column: str) -> None:
    table = pq.read_table(data.files[file])
    names = [f"{name}s" if name == column else name for name in table.column_names]
    pq.write_table(table.rename_columns(names), data.files[file])
    with pytest.raises(DataError, match=rf"no column '{column}' .*mean '{column}s'"):
        read(data)
    twice = table.append_column(column, table[column])
    pq.write_table(twice, data.files[file])
    with pytest.raises(DataError, match=rf"the column '{column}' more than once"):
        read(data)


def test_files_that_are_not_parquet(data: Dataset) -> None:
    data.files["objects"].write_text("object_id,class\n")
    with pytest.raises(DataError, match=r"objects\.parquet: cannot be read as Parquet"):
        read(data)
    missing = replace(data, files={**data.files, "light_curves": Path("nowhere")})
    with pytest.raises(ConfigurationError, match=r"parquet\.files\.light_curves"):
        read(missing)


def test_empty_tables(data: Dataset) -> None:
    light_curves = pq.read_table(data.files["light_curves"])
    pq.write_table(light_curves[:0], data.files["light_curves"])
    with pytest.raises(DataError, match=r"no object in use .* has a light curve"):
        read(data)
    pq.write_table(pq.read_table(data.files["objects"])[:0], data.files["objects"])
    with pytest.raises(DataError, match="the table has no objects"):
        read(data)


@pytest.mark.fuzz
@given(tables=survey_tables(CLASSES, PASSBANDS))
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory, tables: SurveyTables
) -> None:
    data = toy(tmp_path_factory.mktemp("parquet"))
    write(tables, data)
    assert_same(read(data), tables)


ODD: dict[str, list[Any]] = {
    "number": [None, np.inf, -np.inf, -1.0, 0.0, 99.0, 1e39, 1e-50],
    "text": [None, "", "zz", "a\x07", "A", "a"],
    "truth": [None],
}


def changed(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the table with another value, type, order or set of columns."""
    rng = np.random.default_rng(seed)
    name = str(rng.choice(table.columns))
    column = table[name]
    is_text = pd.api.types.is_string_dtype(column)
    kind = "truth" if column.dtype == bool else "text" if is_text else "number"
    odd = ODD[kind][rng.integers(len(ODD[kind]))]
    changes: list[Callable[[], Any]] = [
        lambda: set_row(int(rng.integers(len(table))), odd)(column),
        lambda: odd,
        lambda: column.astype("str"),
        lambda: column.astype("category"),
        lambda: pd.factorize(column)[0],
    ]
    choice = int(rng.integers(len(changes) + 3))
    if choice < len(changes):
        return table.assign(**{name: changes[choice]()})
    if choice == len(changes):
        return table.drop(columns=name)
    return table.sample(
        frac=float(rng.choice([0.5, 1.0, 1.5])), replace=True, random_state=seed
    )


def table_mutants(data: bytes) -> Iterator[bytes]:
    """Yield whole Parquet files of changed tables."""
    for seed in range(COUNT):
        buffer = io.BytesIO()
        table = pd.read_parquet(io.BytesIO(data))
        changed(table, seed).to_parquet(buffer, index=False)
        yield buffer.getvalue()


@pytest.mark.fuzz
@pytest.mark.parametrize("file", ["objects", "light_curves"])
def test_mutated_tables(data: Dataset, file: str) -> None:
    path = data.files[file]
    mutants = table_mutants(path.read_bytes())
    assert 0.2 * COUNT < check_reader("parquet", {}, data, path, mutants) < 0.8 * COUNT


@pytest.mark.fuzz
@pytest.mark.parametrize("file", ["objects", "light_curves"])
def test_mutated_bytes(data: Dataset, file: str) -> None:
    refused = check_reader("parquet", {}, data, data.files[file])
    assert 0.2 * COUNT < refused < COUNT
