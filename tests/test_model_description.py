"""model.json of strangers: what it may say, and what is refused with file and key."""

import copy
import json
from typing import Any

import pytest
import yaml
from command_line import ROOT

from transients.errors import DataError
from transients.exported_model import read_model
from transients.model_schema import TRIGGERS

GOOD = {
    "format": 3,
    "target": "bts",
    "passbands": {"g": 0.5, "r": 0.6},
    "classes": ["a", "b"],
    "detections_only": False,
    "largest_flux": [20.0, 90000.0],
    "mwebv": {"used": True, "missing": 0.1},
    "encoding": {
        "window": [-30, 70],
        "flux_scale": 500,
        "min_points": 5,
        "max_points": 600,
        "trigger": "two_detections",
    },
    "zero_point": 27.5,
    "compute": {"backend": "tensorflow", "precision": "float32"},
    "strategies": [
        {"name": "n", "kind": "network", "files": ["n_0.keras"]},
        {
            "name": "t",
            "kind": "trees",
            "files": ["t.parquet"],
            "scores_of": ["n"],
            "shares": [0.25, 0.75],
        },
        {"name": "m", "kind": "blend", "files": [], "of": {"n": 1, "t": 2.5}},
    ],
}
ABSENT = object()


def read(folder, described):
    text = described if isinstance(described, str) else json.dumps(described)
    (folder / "model.json").write_text(text)
    return read_model(folder)


def with_value(key, value):
    """A good description with another value at a key, or without the key."""
    described = copy.deepcopy(GOOD)
    part = described
    *way, last = [int(word) if word.isdigit() else word for word in key.split(".")]
    for word in way:
        part = part[word]
    if value is ABSENT:
        del part[last]
    else:
        part[last] = value
    return described


def test_a_good_description_is_read(tmp_path):
    model = read(tmp_path, GOOD)
    assert (model.encoding.window, model.mwebv) == ((-30, 70), 0.1)
    assert [one.name for one in model.strategies] == ["n", "t", "m"]
    assert model.strategies[0].files == (tmp_path / "n_0.keras",)


def test_the_configuration_offers_the_same_triggers():
    schema = yaml.safe_load((ROOT / "config" / "schema.yaml").read_text())
    offered = schema["$defs"]["dataset"]["properties"]["trigger"]["enum"]
    assert offered == list(TRIGGERS)


WRONG: dict[str, list[Any]] = {
    "format": [2, "3", True, None],
    "classes": ["ab", [], ["a", "a"], ["a", 2], ["a", ""], ["a", "\ud800"], {"a": 1}],
    "passbands": [["g"], {}, {"g": "0.5"}, {"g": 0}, {"g": 10**400}, {"g": True}],
    "detections_only": ["false", 0, None],
    "largest_flux": [None, 5.0, [1.0], ["1", "2"], [-1.0, 5.0]],
    "mwebv": [None, 0.1, {"used": True}],
    "mwebv.used": ["no", 1],
    "mwebv.missing": [None, "0.1", -1, 1e300],
    "encoding": [None, []],
    "encoding.window": ["ab", [0], [0, 1, 2], ["0", "1"], [70, -30], [0, 0], [0, 1e9]],
    "encoding.flux_scale": [0, -1, "500", None, 10**400],
    "encoding.min_points": [0, 5.0, "5", True, 601, 10**400],
    "encoding.max_points": [0, 600.5, None],
    "encoding.trigger": ["third_detection", None, ["survey"]],
    "zero_point": [25.0, "27.5"],
    "compute": [None, "tensorflow", {"backend": "jax"}],
    "compute.backend": ["numpy", "evil.x", "", None, ["jax"]],
    "compute.precision": ["float64", None],
    "strategies": [[], {}, "n", None],
    "strategies.0": [None, "n", {}],
    "strategies.0.name": [1, "", None],
    "strategies.0.kind": ["pickle", None, ["network"]],
    "strategies.0.files": ["n_0.keras", [1], None],
    "strategies.1.scores_of": ["n", [1], None],
    "strategies.1.shares": [["a", "b"], [0.5, -0.5], "ab"],
    "strategies.2.of": [["n"], {"n": "1"}, {"n": 0}, {"n": True}],
}


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key in WRONG for value in WRONG[key]]
)
def test_a_value_of_another_kind_is_refused_by_its_key(tmp_path, key, value):
    with pytest.raises(DataError, match=rf"model\.json: .*\({key}\b") as error:
        read(tmp_path, with_value(key, value))
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize("key", [key for key in WRONG if key != "zero_point"])
def test_what_is_absent_is_refused_or_not_needed(tmp_path, key):
    absent = with_value(key, ABSENT)
    optional = {"strategies.1.scores_of", "strategies.1.shares"}
    if key in optional:
        assert read(tmp_path, absent).strategies[1].name == "t"
    else:
        with pytest.raises(DataError, match=r"model\.json"):
            read(tmp_path, absent)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("strategies.1.shares", [1.0], "t.shares: not one for each class"),
        ("strategies.1.shares", [0.5, 0.6], "t.shares: not one for each class"),
        ("strategies.1.name", "n", "refers to 't'|two strategies have the name 'n'"),
        ("strategies.0.files", [""], "'' is not a file of this folder"),
        ("strategies.0.files", [".."], "'..' is not a file of this folder"),
        ("strategies.0.files", ["a\0.keras"], "is not a file of this folder"),
        ("strategies.0.files", ["/n_0.keras"], "is not a file of this folder"),
        ("strategies.0.scores_of", ["t"], "n refers to 't'"),
        ("encoding.more", 1, r"encoding: .*'more' was unexpected"),
    ],
)
def test_a_description_that_contradicts_itself_is_refused(
    tmp_path, key, value, message
):
    with pytest.raises(DataError, match=message):
        read(tmp_path, with_value(key, value))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"format": ' * 100_000,
        '{"format": 2, "format": 2}',
        json.dumps(GOOD).replace("500", "NaN"),
        json.dumps(GOOD).replace("500", "9" * 5000),
        "",
        "null",
        "2",
    ],
    ids=range(8),
)
def test_what_is_no_description_is_refused(tmp_path, text):
    with pytest.raises(DataError, match=r"model\.json: not the description"):
        read(tmp_path, text)
