"""Names that the configuration uses but does not know, and what was perhaps meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection

LONGEST = 600
"""Of what is said of a name or value, which is quoted [characters]."""


def explain_unknown(names: Collection[object], known: Collection[str]) -> str:
    """Return a sentence on unknown names, with the known ones that are close."""
    hints = []
    for name in map(str, names):
        close = difflib.get_close_matches(name, known, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        hints.append(in_part(repr(name)) + hint)
    return f"unknown {', '.join(hints)}; known are {', '.join(sorted(known))}"


def missing(names: Collection[str], known: Collection[str], where: str) -> list[str]:
    """Return a sentence on the names that are not known at a key, if there are any."""
    unknown = [name for name in names if name not in known]
    return [f"{where}: {explain_unknown(unknown, known)}"] if unknown else []


def in_part(words: str) -> str:
    """Return the beginning of long words and their end, where the reason stands."""
    if len(words) <= LONGEST:
        return words
    return f"{words[: LONGEST // 2]} ... {words[-LONGEST // 2 :]}"
