"""Mutated forests and networks of exported models: read, or refused, and in time."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mutations import CORPUS, COUNT, kept, kept_if_it_fails, mutated
from test_fuzz_small_files import with_odd_tensor
from test_reader_parquet import changed
from test_saved_trees import CLASSES, grown
from test_saved_trees import features as features
from test_untrusted_weights import WEIGHTS

from transients.errors import DataError
from transients.networks import Source
from transients.saved_networks import load_classifier
from transients.saved_trees import load_trees, save_trees

Load = Callable[[Path], object]


def refusals(path: Path, load: Load, mutants: Iterable[bytes]) -> int:
    """Return how many mutants are refused; one that does anything else is kept.

    Those that were kept before are loaded, too, and not counted.
    """
    folder = CORPUS / path.name
    for mutant in kept(folder):
        is_refused(path, load, mutant)
    return sum(is_refused(path, load, mutant) for mutant in mutants)


def is_refused(path: Path, load: Load, mutant: bytes) -> bool:
    path.write_bytes(mutant)
    with kept_if_it_fails(CORPUS / path.name, mutant):
        try:
            load(path)
        except DataError as error:
            assert path.name in str(error)
            return True
    return False


@pytest.fixture
def forest(tmp_path, features):
    path = tmp_path / "forest.parquet"
    save_trees(grown(features), CLASSES, path)
    return path


def use_forest(path: Path, features: pd.DataFrame) -> None:
    """Load a forest, and let it speak if it knows these features."""
    trees = load_trees(path, CLASSES)
    if {*trees.names} <= {*features}:
        said = trees.predict(features[:5])
        assert np.isfinite(said).all()


@pytest.mark.fuzz
def test_mutated_forests(forest, features):
    pristine = forest.read_bytes()
    mutants = [mutated(pristine, seed) for seed in range(COUNT)]
    refused = refusals(forest, lambda path: use_forest(path, features), mutants)
    assert 0.5 * COUNT < refused < COUNT


@pytest.mark.fuzz
def test_forests_of_changed_tables(forest, features):
    table, count = pd.read_parquet(forest), COUNT // 4

    def written(seed: int) -> bytes:
        buffer = io.BytesIO()
        changed(table, seed).to_parquet(buffer, index=False)
        return buffer.getvalue()

    mutants = [written(seed) for seed in range(count)]
    refused = refusals(forest, lambda path: use_forest(path, features), mutants)
    assert 0.5 * count < refused < count


ODD: list[Any] = [
    *(None, True, -1, 0, 1, 7, 10**6, 10**30, 0.5, 1e400, float("nan")),
    *("", "tanh", "float64", [], [None], [[]], {}, {"class_name": "Dense"}),
]


def with_odd_part(text: bytes, seed: int) -> bytes:
    """Return JSON with another thing, or nothing, in one or two places."""
    rng = np.random.default_rng(seed)
    described = json.loads(text)
    for _ in range(rng.integers(1, 3)):
        there = places(described)
        parent, key = there[rng.integers(len(there))]
        odd = copy.deepcopy(ODD[rng.integers(len(ODD))])  # what is put in may change
        if rng.random() < 0.2:
            del parent[key]
        else:
            parent[key] = odd
    return json.dumps(described).encode()


def places(part: Any) -> list[tuple[Any, Any]]:
    """Return where something stands in a description: its parent and key."""
    if not isinstance(part, dict | list):
        return []
    keys = list(part) if isinstance(part, dict) else list(range(len(part)))
    return [(part, key) for key in keys] + [
        place for key in keys for place in places(part[key])
    ]


CHANGES: dict[str, tuple[str, Callable[[bytes, int], bytes]]] = {
    "description": ("config.json", with_odd_part),
    "text": ("config.json", mutated),
    "weights": (WEIGHTS, mutated),
    "tensors": (WEIGHTS, with_odd_tensor),
}


def with_changed(pristine: bytes, change: str, seed: int) -> bytes:
    name, changing = CHANGES[change]
    with zipfile.ZipFile(io.BytesIO(pristine)) as old:
        files = {file: old.read(file) for file in old.namelist()}
    files[name] = changing(files[name], seed)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as new:
        for file, body in files.items():
            new.writestr(file, body)
    return packed.getvalue()


@pytest.mark.fuzz
@pytest.mark.parametrize("change", CHANGES)
def test_networks_with_a_changed_file(
    source: Source, tmp_path: Path, change: str
) -> None:
    pristine, count = Path(source.path).read_bytes(), COUNT // 10
    mutants = [with_changed(pristine, change, seed) for seed in range(count)]
    refused = refusals(tmp_path / "network.keras", load_classifier, mutants)
    assert 0.2 * count < refused <= count


@pytest.mark.fuzz
def test_mutated_networks(source: Source, tmp_path: Path) -> None:
    pristine, count = Path(source.path).read_bytes(), COUNT // 4
    mutants = [mutated(pristine, seed) for seed in range(count)]
    refused = refusals(tmp_path / "network.keras", load_classifier, mutants)
    assert 0.5 * count < refused <= count
