"""Check values that no key of a configuration may have, whatever it is for.

YAML knows what the schema, which is one of JSON, cannot tell of: nan and infinity,
names that are no text, no end to sizes, and aliases, of which a few lines stand for
millions of values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from transients.configuration import Config

DEEPEST = 20
"""Levels of sections; the schema itself has eight."""
LARGEST = 1e12
MOST_VALUES = 100_000
"""Of a configuration: ours have a thousand."""
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def check_values(config: Config) -> Iterator[str]:
    """Yield what is wrong with numbers, text and names, each with its key."""
    if _has_more_values(config, MOST_VALUES):
        yield (
            f"top level: more than {MOST_VALUES} values: do its aliases (*name) repeat"
            " what repeats others?"
        )
    else:
        yield from _check(config, ())


def _has_more_values(value: object, most: int) -> bool:
    """Say whether there are more values, those of an alias counted at each place."""
    rest, found = [value], 0
    while rest and found <= most:
        found += 1
        below = rest.pop()
        if isinstance(below, dict | list):
            rest += below.values() if isinstance(below, dict) else below
    return found > most


def _check(value: object, key: tuple[object, ...]) -> Iterator[str]:
    where = ".".join(map(str, key)) or "top level"
    if len(key) > DEEPEST:
        yield f"{'.'.join(map(str, key[:3]))}: more than {DEEPEST} levels deep"
    elif isinstance(value, dict):
        for name, below in value.items():
            if not isinstance(name, str) and not _is_passband_of_file(key, name):
                yield f"{where}: the name {name!r} is no text: write it in quotes"
            elif name == "":
                yield f"{where}: a name is empty"
            yield from _check_text(name, where)
            yield from _check(below, (*key, name))
    elif isinstance(value, list):
        for place, below in enumerate(value):
            yield from _check(below, (*key, place))
    elif isinstance(value, str):
        yield from _check_text(value, where)
    elif isinstance(value, int | float):
        yield from _check_number(value, where)


def _is_passband_of_file(key: tuple[object, ...], name: object) -> bool:
    """Say whether it is a file's number of a passband, an option of its reader."""
    below = len(key) == 4 and key[0] == "datasets" and key[3] == "passbands"
    return below and type(name) is int


def _check_text(text: object, where: str) -> Iterator[str]:
    if isinstance(text, str) and (found := UNPRINTABLE.search(text)):
        yield f"{where}: {text[:60]!r} has the unprintable character {found[0]!r}"


def _check_number(number: float, where: str) -> Iterator[str]:
    if isinstance(number, float) and not math.isfinite(number):
        yield f"{where}: {number} is not a finite number"
    elif abs(number) > LARGEST:
        yield f"{where}: a number beyond {LARGEST:.0e}"
