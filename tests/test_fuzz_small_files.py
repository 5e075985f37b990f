"""Mutated weights and taxonomies, what mutated inputs are held to, and the corpus."""

import io
import shutil
import time
from functools import partial

import h5py
import mutations
import numpy as np
import pytest
from mutations import (
    CORPUS,
    COUNT,
    Hang,
    check_reader,
    kept,
    kept_if_it_fails,
    mutated,
    time_limit,
)
from toy_csv import TAXONOMY

from transients import published_weights
from transients.errors import TransientsError
from transients.model import Architecture
from transients.published_weights import TENSORS, read_published
from transients.readers import Dataset, csv
from transients.readers.taxonomy import read_scheme

SMALL = Architecture((2, 2), 2, None, (2, 2))


@pytest.mark.fuzz
def test_mutated_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(published_weights, "ARCHITECTURE", SMALL)
    path, pristine = tmp_path / "weights.h5", written_weights(tmp_path)
    assert not is_refused(path, pristine)
    folder = CORPUS / "weights"
    mutants = [
        *kept(folder),
        *(mutated(pristine, seed) for seed in range(COUNT // 4)),
        *(with_odd_tensor(pristine, seed) for seed in range(COUNT // 4)),
    ]
    refused = 0
    for mutant in mutants:
        with kept_if_it_fails(folder, mutant):
            refused += is_refused(path, mutant)
    assert 0.4 * len(mutants) < refused < len(mutants)


def is_refused(path, data):
    path.write_bytes(data)
    try:
        read_published(path, ["a", "b"], {0.472: 0.6, 0.634: 0.4})
    except TransientsError as error:
        assert path.name in str(error)
        return True
    return False


def written_weights(folder):
    """The bytes of a file of weights of the small network."""
    path = folder / "pristine.h5"
    shapes = {"gru_1": [(4, 6), (2, 6), (2, 6)], "gru_2": [(2, 6)] * 3}
    with h5py.File(path, "w") as file:
        for name, (group, tensors) in TENSORS.items():
            for tensor, shape in zip(
                tensors, shapes.get(name, [(2, 2), (2,)]), strict=True
            ):
                file[f"model_weights/{group}/{tensor}"] = np.ones(shape, np.float32)
    return path.read_bytes()


ODD_TENSORS = [
    None,  # is not there
    h5py.SoftLink("/nowhere"),
    h5py.SoftLink("/model_weights"),
    h5py.ExternalLink("none.h5", "/x"),
    h5py.Empty("f"),
    1.0,
    "text",
    np.full((2, 2), np.nan),
    np.ones((2, 2)),
    np.ones((2, 2), complex),
    np.ones((2, 2), int),
    np.ones(2, np.float16),
    np.array([b"a", b"b"]),
    np.zeros(2, [("a", float), ("b", int)]),
    np.ones((0, 2)),
]


def with_odd_tensor(pristine, seed):
    """Put another thing into the place of a tensor or of a folder of tensors."""
    rng = np.random.default_rng(seed)
    file = io.BytesIO(pristine)
    with h5py.File(file, "a") as opened:
        names: list[str] = []
        opened.visit(names.append)
        name, odd = names[rng.integers(len(names))], rng.integers(len(ODD_TENSORS))
        del opened[name]
        if ODD_TENSORS[odd] is not None:
            opened[name] = ODD_TENSORS[odd]
    return file.getvalue()


@pytest.mark.fuzz
def test_mutated_taxonomy(tmp_path):
    path, folder = tmp_path / "taxonomy.csv", CORPUS / "taxonomy"
    refused = 0
    pristine = b"scheme,label,class\nbts,SN Ia,SN Ia\nbts,nova,\nplasticc,90,SNIa\n"
    for mutant in [*kept(folder), *(mutated(pristine, i) for i in range(COUNT))]:
        path.write_bytes(mutant)
        with kept_if_it_fails(folder, mutant):
            try:
                read_scheme(path, "bts", "key")
            except TransientsError as error:
                assert path.name in str(error)
                refused += 1
    assert 0.2 * COUNT < refused < COUNT


# The tests' own tools must be able to fail.


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    monkeypatch.setattr(mutations, "CORPUS", tmp_path / "corpus")
    return tmp_path / "corpus"


def test_a_hang_is_a_failure():
    with pytest.raises(Hang, match=r"0\.05 s"), time_limit(0.05):
        while True:
            pass


def test_what_waits_is_no_hang():
    with time_limit(0.05):
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("module", "step", "harmless"), [(mutations, "read", iter(())), (csv, "count", 0)]
)
def test_what_fails_is_kept_and_read_again(
    corpus, monkeypatch, tmp_path, module, step, harmless
):
    path = tmp_path / "file.csv"
    path.write_bytes(b"good")

    def crash(*_):
        if path.read_bytes() == b"bad":
            raise KeyError("a column")
        return harmless

    monkeypatch.setattr(mutations, "read", lambda *_: iter(()))
    monkeypatch.setattr(csv, "count", lambda *_: 0)
    monkeypatch.setattr(module, step, crash)
    checked = partial(
        check_reader, "csv", {}, Dataset("mine", ("a",), ("g",), {}, TAXONOMY), path
    )
    with pytest.raises(KeyError, match="a column"):
        checked([b"bad"])
    (saved,) = (corpus / "csv" / "file.csv").iterdir()
    assert saved.read_bytes() == b"bad"
    with pytest.raises(KeyError, match="a column"):
        checked([b"harmless"])
    shutil.rmtree(corpus)
    assert checked([b"harmless"]) == 0
