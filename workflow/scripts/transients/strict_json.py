"""JSON that others have written: read strictly, and held against a schema."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

import jsonschema

VALIDATOR = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: type(value) is int
    ),
)
"""Of JSON schemas, but that 5.0 is no integer: numbers go into the names of files."""


def loads(text: bytes, nan: bool = False) -> Any:  # noqa: ANN401 (whatever it says)
    """Return what JSON in UTF-8 says; nan allows the numbers NaN and Infinity.

    Raises ValueError for what is no JSON, is nested too deeply to be read, or has a key
    twice, of which Python's reader would take the last.
    """
    try:
        return (_WITH_NAN if nan else _STRICT).decode(text.decode("utf-8"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def hold_against(schema: Mapping[str, Any], value: object) -> None:
    """Raise ValueError with the key of the first thing that breaks a schema."""
    try:
        for error in VALIDATOR(schema).iter_errors(value):
            key = ".".join(map(str, error.absolute_path)) or "top level"
            raise ValueError(f"{key}: {textwrap.shorten(error.message, 300)}")
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        again = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"it has the key {again[:40]!r} more than once")
    return found


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


_WITH_NAN = json.JSONDecoder(object_pairs_hook=_once)
_STRICT = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
