"""What model.json of an exported model may say, as a JSON schema.

What else it has, of the training and the test, is for readers of the file.
"""

from __future__ import annotations

from typing import Any

from transients.backends import BACKENDS, PRECISIONS
from transients.tables import ZERO_POINT

FORMAT = 3
KINDS = ("network", "trees", "blend")
TRIGGERS = ("two_detections", "first_detection", "survey")

_MANY = 2**31 - 1


def _object(
    required: dict[str, Any], others: dict[str, Any] | None = None, more: bool = False
) -> dict[str, Any]:
    """Return the schema of an object with these keys; more allows any others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": required | (others or {}),
        "additionalProperties": more,
    }


def _map_of(what: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with values of one kind, by name."""
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": _NAME,
        "additionalProperties": what,
    }


def _number(low: float, high: float) -> dict[str, Any]:
    return {"type": "number", "minimum": low, "maximum": high}


def _list_of(what: dict[str, Any], **rules: object) -> dict[str, Any]:
    return {"type": "array", "items": what, **rules}


_NAME = {"type": "string", "pattern": r"\A[^\x00-\x1f\x7f\ud800-\udfff]+\Z"}
_COUNT = {"type": "integer", "minimum": 1, "maximum": _MANY}
_WEIGHT = _number(1e-12, 1e12)

_STRATEGY = _object(
    {"name": _NAME, "kind": {"enum": list(KINDS)}},
    {
        "files": _list_of({"type": "string"}),
        "scores_of": _list_of(_NAME),
        "shares": {**_list_of(_number(1e-12, 1)), "type": ["array", "null"]},
        "of": _map_of(_WEIGHT),
    },
)

SCHEMA = _object(
    {
        "format": {"const": FORMAT},
        "classes": _list_of(_NAME, minItems=1, uniqueItems=True),
        "passbands": _map_of(_number(0.1, 10)),
        "detections_only": {"type": "boolean"},
        "largest_flux": _list_of(_number(0, 1e30), minItems=2, maxItems=2),
        "mwebv": _object({"used": {"type": "boolean"}, "missing": _number(0, 100)}),
        "encoding": _object(
            {
                "window": _list_of(_number(-1e6, 1e6), minItems=2, maxItems=2),
                "flux_scale": _number(1e-6, 1e12),
                "min_points": _COUNT,
                "max_points": _COUNT,
                "trigger": {"enum": list(TRIGGERS)},
            }
        ),
        "compute": _object(
            {
                "backend": {"enum": list(BACKENDS)},
                "precision": {"enum": list(PRECISIONS)},
            }
        ),
        "strategies": _list_of(_STRATEGY, minItems=1),
    },
    {"zero_point": {"const": ZERO_POINT}},
    more=True,
)
"""Passbands have wavelengths [micrometre], and mwebv the E(B-V) [mag] taken where none
is known; largest_flux is the usual range of what is largest in each light curve of the
data set [FLUXCAL]. Limits of numbers are those of the configuration, or beyond any use:
they keep out what would overflow."""
