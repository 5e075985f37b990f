"""Mutated light curves and descriptions of models: read, or refused, and in time."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exported_toys import light_curves
from hypothesis import given
from hypothesis import strategies as st
from mutations import CORPUS, COUNT, mutated, time_limit
from test_fuzz_exported_models import refusals, with_odd_part
from test_model_description import GOOD
from test_reader_parquet import changed
from test_standard_input import CANDIDATE, ROW, packet, streams

from transients.errors import DataError
from transients.exported_model import read_model
from transients.new_light_curves import UNLABELLED, read_file
from transients.standard_input import read_stream
from transients.tables import SurveyTables, Vocabulary, validate

BANDS = ("g", "r")
VOCABULARY = Vocabulary("new", (UNLABELLED,), BANDS)


def use(portions: Iterable[SurveyTables]) -> None:
    """Read to the end; what is delivered must be valid."""
    for portion in portions:
        validate(portion, VOCABULARY)


def use_stream(path: Path) -> None:
    """Read a file as if it came on standard input."""
    use(read_stream(io.BytesIO(path.read_bytes()), BANDS))


def use_file(path: Path) -> None:
    use(read_file(path, BANDS))


def use_description(path: Path) -> None:
    read_model(path.parent)


def few_streams() -> dict[str, bytes]:
    """Five objects in each form that standard input may have."""
    last = {"CSV": 5 * 8 + 1, "JSON lines": 5 * 8, "alerts": 5}
    return {
        kind: "".join(text.splitlines(keepends=True)[: last[kind]]).encode()
        for kind, text in streams().items()
    }


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", ["CSV", "JSON lines", "alerts"])
def test_mutated_streams(tmp_path: Path, kind: str) -> None:
    pristine, path = few_streams()[kind], tmp_path / "standard input"
    path.write_bytes(pristine)
    use_stream(path)
    mutants = [mutated(pristine, seed) for seed in range(COUNT)]
    assert 0.2 * COUNT < refusals(path, use_stream, mutants) < COUNT


def with_odd_line(pristine: bytes, seed: int) -> bytes:
    """Put another thing in a place or two of a line of JSON."""
    lines = pristine.splitlines()
    i = int(np.random.default_rng(seed).integers(len(lines)))
    return b"\n".join([*lines[:i], with_odd_part(lines[i], seed), *lines[i + 1 :]])


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", ["JSON lines", "alerts"])
def test_streams_with_an_odd_value(tmp_path: Path, kind: str) -> None:
    pristine, path = few_streams()[kind], tmp_path / "standard input"
    mutants = [with_odd_line(pristine, seed) for seed in range(COUNT)]
    assert 0.2 * COUNT < refusals(path, use_stream, mutants) < COUNT


def written(name: str, seed: int | None = None) -> bytes:
    """Return ten light curves in the format of a name, changed if there is a seed."""
    frame = light_curves(10).assign(detected=True)
    if seed is not None:
        frame = changed(frame, seed)
    if name.endswith(".parquet"):
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        return buffer.getvalue()
    text = frame.to_csv(index=False).encode()
    return gzip.compress(text, mtime=0) if name.endswith(".gz") else text


@pytest.mark.fuzz
@pytest.mark.parametrize(
    ("name", "least"), [("new.csv", 0.2), ("new.csv.gz", 0.5), ("new.parquet", 0.5)]
)
def test_mutated_files(tmp_path: Path, name: str, least: float) -> None:
    pristine, path = written(name), tmp_path / name
    path.write_bytes(pristine)
    use_file(path)
    mutants = (mutated(pristine, seed) for seed in range(COUNT))
    assert least * COUNT < refusals(path, use_file, mutants) < COUNT


def test_no_file_ends_the_process() -> None:
    """A size of a histogram that is wrong in a footer, read by a process of its own."""
    path = CORPUS / "aborting" / "histogram.parquet"
    program = "import sys, test_fuzz_new_light_curves as t; t.refuse(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", program, path],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )


def refuse(path: str) -> None:
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        use_file(Path(path))


@pytest.mark.fuzz
@pytest.mark.parametrize("name", ["new.csv", "new.parquet"])
def test_files_of_changed_tables(tmp_path: Path, name: str) -> None:
    count = COUNT // 2
    mutants = (written(name, seed) for seed in range(count))
    assert 0.1 * count < refusals(tmp_path / name, use_file, mutants) < 0.9 * count


CHANGES: list[Callable[[bytes, int], bytes]] = [mutated, with_odd_part]


@pytest.mark.fuzz
@pytest.mark.parametrize("change", CHANGES, ids=["text", "values"])
@pytest.mark.parametrize("exported", [False, True], ids=["written", "exported"])
def test_mutated_descriptions(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    change: Callable[[bytes, int], bytes],
    exported: bool,
) -> None:
    pristine, path = json.dumps(GOOD, indent=2).encode(), tmp_path / "model.json"
    if exported:
        model = request.getfixturevalue("exports").model("transfer")
        pristine = (model / path.name).read_bytes()
    path.write_bytes(pristine)
    use_description(path)
    mutants = (change(pristine, seed) for seed in range(COUNT))
    assert 0.1 * COUNT < refusals(path, use_description, mutants) < COUNT


SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**400), 10**400),
    st.integers(-3, 3),
    st.floats(),
    st.sampled_from(["g", "t", "f", "NaN", "59000", "", "\x00", "\ud800", "true"]),
    st.text(max_size=5),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*ROW, *CANDIDATE]), inner, max_size=3),
    ),
    max_leaves=5,
)


def with_some(good: dict[str, Any], *more: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects in which one to three keys have any other value."""
    keys = st.sampled_from([*good, *more])
    odd = st.dictionaries(keys, VALUES, min_size=1, max_size=3)
    return odd.map(lambda some: {**good, **some})


ROWS = with_some(ROW, "detected", "mwebv", "trigger_mjd", "candidate")
CANDIDATES = with_some(CANDIDATE)
ALERTS = st.one_of(
    CANDIDATES.map(lambda odd: packet(**odd)),
    with_some({**packet(), "prv_candidates": []}),
    st.lists(CANDIDATES, max_size=3).map(
        lambda odd: {**packet(), "prv_candidates": odd}
    ),
)


@pytest.mark.fuzz
@given(st.lists(st.one_of(ROWS, ALERTS, st.just(ROW)), min_size=1, max_size=4))
def test_lines_of_any_values(lines: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    with time_limit():
        try:
            use(read_stream(io.BytesIO(text.encode()), BANDS))
        except DataError as error:
            assert str(error).startswith("standard input: ")


def good_with(key: str, value: object) -> dict[str, Any]:
    return {**GOOD, key: value}


def described() -> Iterator[st.SearchStrategy[dict[str, Any]]]:
    """Descriptions with other values in the whole, and in a part."""
    yield with_some(GOOD)
    for key, part in GOOD.items():
        if isinstance(part, dict):
            yield with_some(part).map(partial(good_with, key))
    strategies: Any = GOOD["strategies"]
    for one in strategies:
        odd = with_some(one, "files", "scores_of", "shares", "of", "more")
        yield st.lists(odd, min_size=1, max_size=2).map(
            partial(good_with, "strategies")
        )


@pytest.mark.fuzz
@given(st.one_of(*described()))
def test_descriptions_of_any_values(
    tmp_path_factory: pytest.TempPathFactory, description: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "model.json"
    path.write_text(json.dumps(description))
    with time_limit():
        try:
            use_description(path)
        except DataError as error:
            assert path.name in str(error)
