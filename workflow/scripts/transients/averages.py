"""The averaged AUROCs by name, and the classes behind each row of the scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MACRO = "macro"
MACRO_COMMON = "macro_common"
MACRO_COMMON_ONLY = "macro_common_only"
AVERAGES = (MACRO, MACRO_COMMON, MACRO_COMMON_ONLY)


def members_of(name: str, classes: Sequence[str], common: Sequence[str]) -> list[str]:
    """Return the classes that a class, an average or a pair "A|B" refers to."""
    if name in classes:
        return [name]
    if name in (MACRO_COMMON, MACRO_COMMON_ONLY):
        return list(common)
    return name.split("|") if "|" in name else list(classes)


def classes_among(names: Iterable[str]) -> list[str]:
    """Return the classes, without averages and pairs."""
    return [x for x in names if x not in AVERAGES and "|" not in x]
