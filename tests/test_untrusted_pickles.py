"""Data are never code: nothing here can unpickle, nor build what it does not know."""

from __future__ import annotations

import ast
import base64
import os
import pickle
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from toys import mixed_lengths, model_input

from transients.encoding import ARRAYS, load
from transients.errors import DataError
from transients.readers import Dataset, parquet
from transients.tables import LIGHT_CURVES, OBJECTS

ROOT = Path(__file__).parents[1]
WORKFLOW = ROOT / "workflow"
OWN = Path(__file__).name

MODULES = {
    *("pickle", "_pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"),
    *("joblib", "torch.serialization", "pandas.io.pickle", "jsonpickle", "yaml.loader"),
}
NAMES = {
    *("read_pickle", "to_pickle", "enable_unsafe_deserialization", "eval", "exec"),
    *("unsafe_load", "full_load", "UnsafeLoader", "FullLoader", "PyExtensionType"),
    *("compile_command", "TFSMLayer", "extractall", "unpack_archive"),
}
"""What turns data into code, or unpacks without looking."""

LOADERS = {("np", "load"), ("numpy", "load"), ("torch", "load"), ("yaml", "load")}
SAFE_LOADERS = {("np", "load"), ("numpy", "load")}


def offences(tree: ast.AST) -> set[str]:
    """Return what a syntax tree does that could run code out of data."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names if _unsafe_module(a.name)}
        elif isinstance(node, ast.ImportFrom) and node.module:
            members = {f"{node.module}.{a.name}" for a in node.names}
            found |= {m for m in {node.module, *members} if _unsafe_module(m)}
            found |= {a.name for a in node.names if a.name in NAMES}
            found |= {m for m in members if tuple(m.rsplit(".", 1)) in LOADERS}
        elif isinstance(node, ast.Attribute) and node.attr in NAMES:
            found.add(node.attr)
        elif isinstance(node, ast.Name) and node.id in NAMES:
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            loader = (node.value.id, node.attr)
            found |= {".".join(loader)} if loader in LOADERS - SAFE_LOADERS else set()
        elif isinstance(node, ast.keyword):
            found |= _unsafe_option(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found |= _unsafe_call(node.func.attr, node)
    return found


def _unsafe_module(name: str) -> bool:
    return any(name == m or name.startswith(f"{m}.") for m in MODULES)


def _unsafe_option(option: ast.keyword) -> set[str]:
    """allow_pickle, safe_mode, weights_only and shell may only be what is safe."""
    safe = {"allow_pickle": False, "safe_mode": True, "weights_only": True}
    safe |= {"shell": False, "trusted": False}
    if option.arg not in safe:
        return set()
    given = option.value.value if isinstance(option.value, ast.Constant) else None
    return set() if given is safe[option.arg] else {option.arg}


def _unsafe_call(name: str, call: ast.Call) -> set[str]:
    """np.load has allow_pickle in its third place."""
    if name == "load" and len(call.args) > 2:
        return {"load with allow_pickle by its place"}
    return {"os.system"} if name == "system" else set()


UNSAFE = """
import pickle
import joblib
import torch.serialization
import multiprocessing, pickle as p
from pickle import loads
from pandas.io import pickle
from pandas import read_pickle
from torch import load
from yaml import load
pd.read_pickle(path)
frame.to_pickle(path)
np.load(path, allow_pickle=True)
np.load(path, "r", True)
np.load(path, allow_pickle=trusted)
torch.load(path)
yaml.load(text, Loader=yaml.Loader)
yaml.unsafe_load(text)
keras.models.load_model(path, safe_mode=False)
keras.config.enable_unsafe_deserialization()
subprocess.run(command, shell=True)
os.system(command)
eval(text)
tar.extractall(folder)
shutil.unpack_archive(path)
load = pd.read_pickle
"""
SAFE = """
import multiprocessing
np.load(path, mmap_mode="r")
np.load(path, allow_pickle=False)
keras.saving.load_model(path, compile=False, safe_mode=True)
yaml.safe_load(text)
subprocess.run(command, shell=False)
frame.query("a > 1")
"""


@pytest.mark.parametrize("line", UNSAFE.strip().splitlines())
def test_the_guard_knows_what_is_unsafe(line):
    assert offences(ast.parse(line))


@pytest.mark.parametrize("line", SAFE.strip().splitlines())
def test_the_guard_lets_pass_what_is_safe(line):
    assert not offences(ast.parse(line))


def sources(*places: Path) -> list[Path]:
    files = [file for place in places for file in place.rglob("*.py")]
    return sorted(file for file in files if file.name != OWN)


def test_no_module_script_or_test_turns_data_into_code():
    trees = {
        file: ast.parse(file.read_text()) for file in sources(WORKFLOW, ROOT / "tests")
    }
    assert len(trees) > 200
    found = {str(file): offences(tree) for file, tree in trees.items()}
    assert {file: what for file, what in found.items() if what} == {}


def test_networks_and_weights_are_opened_in_one_place():
    """It is there that they are looked at before; nowhere are weights loaded alone."""
    places = {"load_model": set(), "File": set(), "load_weights": set()}
    for file in sources(WORKFLOW):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in places:
                places[node.attr].add(file.name)
    assert places == {
        "load_model": {"saved_networks.py"},
        "File": {"published_weights.py", "saved_networks.py"},
        "load_weights": set(),
    }


RUNS_ANYTHING = re.compile(
    r"\b(shell|eval|exec|subprocess|system|pickle|read_pickle|joblib|dill)\b|^run:"
)


def test_no_rule_has_a_shell_line():
    """Names from the configuration then reach no shell: rules run scripts alone."""
    rules = [ROOT / "Snakefile", *(ROOT / "workflow" / "rules").glob("*.smk")]
    lines = [line.strip() for rule in rules for line in rule.read_text().splitlines()]
    assert [line for line in lines if RUNS_ANYTHING.search(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        *["shell:", 'shell("ls")', "run:", "import pickle", "from pickle import loads"],
        *[
            "import joblib",
            "x = eval(y)",
            "exec(y)",
            "pd.read_pickle(x)",
            "os.system(x)",
        ],
        "done = subprocess.run(words, shell=True)",
    ],
)
def test_the_guard_of_rules_knows_what_is_unsafe(line):
    assert RUNS_ANYTHING.search(line)


class Payload:
    """What a pickle of it does when it is read: it writes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.marker),)


@pytest.fixture
def marker(tmp_path):
    """The path that a payload makes; the test fails if it is there in the end."""
    path = tmp_path / "somebody was here"
    pickle.loads(pickle.dumps(Payload(path)))
    assert path.exists()
    path.rmdir()
    yield path
    assert not path.exists()


def saved(folder: Path) -> Path:
    folder.mkdir()
    given = model_input(mixed_lengths(6))
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(given, name))
    np.save(folder / "object_id.npy", given.object_id.astype(str))
    assert len(load(folder)) == 6
    return folder


def objects(path, marker):
    np.save(path, np.array([Payload(marker)], dtype=object), allow_pickle=True)


def bare_pickle(path, marker):
    path.write_bytes(pickle.dumps(Payload(marker)))


def npz(path, marker):
    with path.open("wb") as file:
        np.savez(file, a=np.array([Payload(marker)], dtype=object))


def huge(path, _marker):
    header = str({"descr": "<f8", "fortran_order": False, "shape": (10**15,)})
    path.write_bytes(b"\x93NUMPY\x01\x00\x80\x00" + header.ljust(127).encode() + b"\n")


def expression(path, marker):
    header = f"{{'descr': __import__('os').mkdir({str(marker)!r})}}"
    path.write_bytes(b"\x93NUMPY\x01\x00\xff\x00" + header.ljust(254).encode() + b"\n")


@pytest.mark.parametrize("write", [objects, bare_pickle, npz, huge, expression])
@pytest.mark.parametrize("name", [*ARRAYS, "object_id"])
def test_an_array_that_is_none_is_refused(tmp_path, marker, write, name):
    path = saved(tmp_path / "model_input") / f"{name}.npy"
    write(path, marker)
    with pytest.raises(DataError, match=rf"{name}\.npy: .*delete it") as refusal:
        load(path.parent)
    assert len(str(refusal.value)) < 1000


OBJECT = {"object_id": ["a"], "class": ["SN Ia"]}
POINTS = {
    **{"object_id": ["a", "a"], "mjd": [59000.0, 59001.0], "passband": ["g", "g"]},
    **{"flux": [10.0, 20.0], "flux_err": [1.0, 1.0], "detected": [True, True]},
}


def survey(folder: Path, metadata: dict[bytes, bytes], **columns: pa.Array) -> Dataset:
    """Write a data set of one object, its schemas with that metadata."""
    files = {}
    for name, given in (("objects", OBJECT), ("light_curves", POINTS)):
        table = pa.table({**given, **{k: v for k, v in columns.items() if k in given}})
        files[name] = folder / f"{name}.parquet"
        pq.write_table(table.replace_schema_metadata(metadata), files[name])
    return Dataset("toy", ("SN Ia",), ("g",), files, Path())


def extension(values: list[object], serialized: bytes) -> pa.Array:
    """Return a column of the extension type that Arrow once unpickled on reading."""

    class Evil(pa.ExtensionType):
        def __init__(self) -> None:
            super().__init__(pa.array(values).type, "arrow.py_extension_type")

        def __arrow_ext_serialize__(self) -> bytes:
            return serialized

        @classmethod
        def __arrow_ext_deserialize__(cls, *_: object) -> Evil:
            return cls()

    return pa.ExtensionArray.from_storage(Evil(), pa.array(values))


def test_pickles_in_the_schema_of_a_parquet_file_are_not_read(tmp_path, marker):
    """Types that nobody knows are those in which their values are stored."""
    evil = extension(["SN Ia"], pickle.dumps(Payload(marker)))
    data = survey(tmp_path, {}, **{"class": evil})
    stored = pq.ParquetFile(data.files["objects"]).schema_arrow.field("class")
    assert stored.metadata[b"ARROW:extension:name"] == b"arrow.py_extension_type"
    assert len(list(parquet.read({}, data))) == parquet.count({}, data) == 1


def test_metadata_of_a_parquet_file_is_not_executed(tmp_path, marker):
    payload = pickle.dumps(Payload(marker))
    pandas = b'{"index_columns": ["__import__(\'os\').mkdir(\'%s\')"], "columns": []}'
    keys = {b"pandas": pandas % str(marker).encode(), b"PANDAS_ATTRS": payload}
    data = survey(tmp_path, {**keys, b"provenance": payload})
    (portion,) = parquet.read({}, data)
    assert list(portion.objects.columns) == OBJECTS.names
    assert list(portion.light_curves.columns) == LIGHT_CURVES.names
    assert list(portion.light_curves["flux"]) == [10.0, 20.0]


def test_a_schema_of_arrow_that_is_a_pickle_is_refused(tmp_path, marker):
    payload = base64.b64encode(pickle.dumps(Payload(marker)))
    data = survey(tmp_path, {b"ARROW:schema": payload})
    with pytest.raises(DataError, match=r"objects\.parquet"):
        list(parquet.read({}, data))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(64) + b"PAR1"])
def test_a_parquet_file_that_is_none_is_refused(tmp_path, content, marker):
    data = survey(tmp_path, {})
    data.files["objects"].write_bytes(content + pickle.dumps(Payload(marker)))
    with pytest.raises(DataError, match=r"objects\.parquet"):
        list(parquet.read({}, data))
