"""The default configuration, changed at random: types, names, sizes and numbers."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

import numpy as np
import yaml
from configurations import CONFIG, DEFAULT
from numpy.random import Generator

Key = list[Any]
Change = list[Any]


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


NUMBERS = [0, -1, 1, 7, 5.0, 0.5, 1e300, 10**400, np.nan, np.inf, -np.inf]
TEXTS = [
    "",
    "all",
    "a/../../b",
    "\0",
    "a\nb",
    "{target} {x!r} {{",
    "é\ud800",
    "x" * 5000,
]
TEXTS += ["$(touch x); `x` '\"", "macro", "SN Ia|SN II"]
LISTS = [[], [[]], [None, 1, "a"], _nested(30), _nested(150)]
SECTIONS = [{}, {"a": 1}, {1: 2}, {None: {True: []}}]
ODD = [None, True, date(2024, 11, 22), *NUMBERS, *TEXTS, *LISTS, *SECTIONS]
NAMES = ["1", "a b", "macro", "bts\n", "__proto__", "", "{x}", 1, None, True]


def every_reader() -> dict[str, Any]:
    """The default, with data sets of every reader beside those that are in use."""
    config = copy.deepcopy(DEFAULT)
    for path in sorted(CONFIG.glob("*.yaml")):
        overlay = yaml.safe_load(path.read_text())
        for name, section in overlay.get("datasets", {}).items():
            if "reader" in section:
                known = DEFAULT["datasets"].get(name, {})
                config["datasets"][f"{name}_{path.stem}"] = {**known, **section}
    return config


def places(value: Any, *key: Any) -> Iterator[Key]:
    """Every key of a configuration but the top level."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, below in pairs:
            yield [*key, name]
            yield from places(below, *key, name)


def random_changes(config: Any, rng: Generator) -> list[Change]:
    """Draw one or two changes: the key, and the value that it gets, or none."""
    return [_random_change(config, rng) for _ in range(rng.integers(1, 3))]


def changed(config: Any, changes: list[Change]) -> Any:
    """Return a copy of a configuration with changes, in which keys may be gone."""
    config = copy.deepcopy(config)
    for key, *value in changes:
        with suppress(LookupError, TypeError):  # what another change took away
            section = _at(config, key[:-1])
            if value:
                section[key[-1]] = copy.deepcopy(value[0])
            else:
                del section[key[-1]]
    return config


def _random_change(config: Any, rng: Generator) -> Change:
    keys = list(places(config))
    key, other = (keys[i] for i in rng.integers(len(keys), size=2))
    value = _at(config, key)
    kind = rng.choice(["odd", "near", "other", "gone", "renamed"])
    if kind == "gone":
        return [key]
    if kind == "renamed":
        return [[*key[:-1], NAMES[rng.integers(len(NAMES))]], value]
    if kind == "odd":
        return [key, ODD[rng.integers(len(ODD))]]
    return [key, near(value, rng) if kind == "near" else _at(config, other)]


def _at(config: Any, key: Key) -> Any:
    for name in key:
        config = config[name]
    return config


def near(value: Any, rng: Generator) -> Any:
    """Return a value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        factors = [-1, 0, 0.5, 2, 1000]
        return type(value)(value * factors[rng.integers(len(factors))])
    if isinstance(value, str):
        return value + str(rng.choice(["", "x", " ", "{", "'", "é", "/", "\\", "*"]))
    if isinstance(value, dict):
        return {name: below for name, below in value.items() if rng.random() < 0.8}
    if isinstance(value, list):
        order = rng.permutation(len(value))
        return [value[i] for i in order[: rng.integers(len(value) + 1)]]
    return 3
