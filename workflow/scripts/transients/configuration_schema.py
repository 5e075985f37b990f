"""What breaks a schema, in words for whoever wrote the configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema.exceptions import ValidationError

from transients.configuration import Config
from transients.configuration_names import explain_unknown, in_part
from transients.errors import ConfigurationError
from transients.strict_json import VALIDATOR

SCHEMA = Path(__file__).parents[3] / "config" / "schema.yaml"
MORE = "additionalProperties"
UNREADABLE = (yaml.YAMLError, OSError, ValueError, LookupError, RecursionError)
"""What reading YAML raises: beside its own error, `!!float ''` or many [ do."""


def read_yaml(path: Path) -> Any:  # noqa: ANN401 (whatever it says)
    """Return what a file says; raise ConfigurationError if it is no YAML."""
    try:
        return yaml.safe_load(path.read_bytes())
    except UNREADABLE as error:
        raise ConfigurationError(f"{path}: cannot be read as YAML: {error}") from error


def broken_definition(name: str, value: object) -> list[str]:
    """Return what breaks a definition of config/schema.yaml, as `broken` does."""
    schema = _schema()
    return _broken({**schema["$defs"][name], "$defs": schema["$defs"]}, value)


def broken(config: Config) -> list[str]:
    """Return what breaks config/schema.yaml: the key, what is wrong, what it means."""
    return _broken(_schema(), config)


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    return schema


def _broken(schema: Mapping[str, Any], value: object) -> list[str]:
    errors = list(VALIDATOR(schema).iter_errors(value))
    said = [_explain(error) for error in errors]
    return [
        words
        for words, error in zip(said, errors, strict=True)
        if error.validator != "required" or not _is_misspelt(error, said)
    ]


def _is_misspelt(error: ValidationError, said: Sequence[str]) -> bool:
    """Say whether what is missing is what an unknown key beside it is meant to be."""
    name = error.message.split(" is a required")[0]
    beside = _key(error)
    return any(
        words.startswith(f"{beside}: unknown") and f"(did you mean {name}?)" in words
        for words in said
    )


def _key(error: ValidationError) -> str:
    return ".".join(map(str, error.absolute_path)) or "top level"


def _explain(error: ValidationError) -> str:
    key = _key(error)
    rules = error.schema if isinstance(error.schema, Mapping) else {}
    if error.validator == MORE and isinstance(error.instance, dict):
        known = list(rules.get("properties", {}))
        unknown = [name for name in error.instance if name not in known]
        return f"{key}: {explain_unknown(unknown, known)}"
    meaning = rules.get("description")
    note = f" ({meaning})" if meaning else ""
    if error.validator != "anyOf":
        return f"{key}: {in_part(error.message)}{note}"
    kind = ("type", "const")
    inner = [e for e in error.context or [] if e.path or e.validator not in kind]
    if inner:  # an alternative of the right kind, but wrong further down
        return "; ".join(map(_explain, inner)) + note
    kinds = " or ".join(str(e.validator_value) for e in error.context or [])
    return f"{key}: {in_part(repr(error.instance))} is not {kinds}{note}"
