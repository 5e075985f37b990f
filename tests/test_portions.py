"""Rows of many objects to portions, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transients.errors import DataError
from transients.readers import portions
from transients.readers.portions import in_portions

OBJECTS = pd.DataFrame({"object_id": list("abcdef")})


def blocks(owners: list[list[int]]) -> Iterator[pd.DataFrame]:
    """Yield blocks of rows of these owners, numbered through."""
    start = 0
    for block in owners:
        rows = np.arange(start, start + len(block))
        yield pd.DataFrame({"owner": np.array(block, np.int32), "row": rows})
        start += len(block)


def owners_of(
    given: list[list[int]], held: int, monkeypatch: pytest.MonkeyPatch
) -> list[list[int]]:
    monkeypatch.setattr(portions, "HELD", held)
    monkeypatch.setattr(portions, "PORTION", 2)
    found = in_portions(blocks(given), OBJECTS, Path("table"))
    return [rows["owner"].tolist() for rows in found]


def test_what_is_held_is_put_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    given = [[2, 0], [1, 2], [0, 4]]
    assert owners_of(given, 6, monkeypatch) == [[0, 0, 1], [2, 2, 4]]


def test_more_than_is_held_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last object of what is held may go on in the next block."""
    given = [[1, 0, 0], [3, 3], [3], [2, 5]]
    assert owners_of(given, 4, monkeypatch) == [[0, 0, 1], [2, 3, 3, 3], [5]]


def test_object_that_returns_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        DataError, match=r"table: .* object 'b' are too far apart: sort"
    ):
        owners_of([[0, 1], [2, 3], [4], [1]], 3, monkeypatch)


@pytest.mark.fuzz
@given(st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=6))
def test_nothing_is_lost(owners: list[list[int]]) -> None:
    """Every row is delivered once, stably, and an object in one portion."""
    found = list(in_portions(blocks(owners), OBJECTS, Path("table")))
    rows = [row for portion in found for row in portion["row"]]
    assert sorted(rows) == list(range(sum(map(len, owners))))
    for portion in found:
        assert portion["owner"].is_monotonic_increasing
        assert portion.groupby("owner")["row"].is_monotonic_increasing.all()
