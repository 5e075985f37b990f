"""Words that tables, figures and their captions share."""

from __future__ import annotations

from collections.abc import Mapping


def spelt_out(text: str) -> str:
    """Return text with its control characters spelt out, ends of lines among them."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def as_one_entry(text: str) -> str:
    """Return text that passes for one entry of a log and cannot rule a terminal.

    Lines after the first are indented, other control characters spelt out.
    """
    return "\n    ".join(map(spelt_out, text.split("\n")))


def cap_in_words(max_test: int) -> str:
    """Return what a cap on the test set [light curves] means for a result."""
    return f"tested on at most {max_test:,} light curves, drawn at random"


def line_of_caps(max_test: Mapping[str, int | None]) -> str:
    """Return what a table in Markdown says above of the caps; nothing without any.

    max_test is the cap of each target, None where it is tested on all that there is.
    """
    caps = {target: cap for target, cap in max_test.items() if cap is not None}
    told = [f"{target}: {cap_in_words(cap)}" for target, cap in caps.items()]
    return f"{'; '.join(told)}.\n\n" if told else ""
