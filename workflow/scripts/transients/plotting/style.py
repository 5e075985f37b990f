"""What all figures share: style file, widths, the look of a strategy, saving."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Literal, ParamSpec

import matplotlib.style
from matplotlib.figure import Figure

from transients.errors import ConfigurationError

STYLE = Path(__file__).with_name("transients.mplstyle")
COLUMN = 3.4
"""Width of a journal column [in]."""
PAGE = 7.1
"""Width of the type area, two columns [in]."""
GREY = "#666666"

Parameters = ParamSpec("Parameters")


@dataclass(frozen=True)
class FigureOptions:
    """What a figure is told beside its data.

    title says what the data are ("real ZTF BTS"), note what a reader must know of them
    ("tested on at most 5,000 light curves"); centre_and_spread as in
    aggregation.summarise; classes are the panels of a figure per class, in their order.
    """

    title: str = ""
    note: str = ""
    centre_and_spread: str = "mean_sd"
    classes: tuple[str, ...] = ()


PLAIN = FigureOptions()


LineStyle = Literal["-", "--", ":"]


@dataclass(frozen=True)
class Look:
    """How a strategy is drawn, in every figure.

    shift moves its points sideways [pt], so that error bars do not cover each other.
    """

    label: str
    colour: str
    marker: str
    shift: float
    line: LineStyle = ":"


# Told apart with any colour vision: the palette "colorblind" of seaborn.
BLUE, ORANGE, GREEN = "#0173b2", "#de8f05", "#029e73"
RED, PINK, BROWN, SKY = "#d55e00", "#cc78bc", "#ca9161", "#56b4e9"

LOOKS = {
    "transfer": Look("transfer", BLUE, "o", -1.1, "-"),
    "scratch": Look("from scratch", RED, "s", 1.1, "--"),
    "scratch_fair": Look("from scratch, fairly trained", ORANGE, "D", 3.6),
    "full": Look("transfer, all layers unfrozen", GREEN, "^", -3.6),
    "last_layers": Look("transfer, last layers only", PINK, "v", -6.1),
}
OTHERS = [(BROWN, "P", 6.1), (SKY, "X", 8.6), (GREY, "*", -8.6)]


def looks_of(strategies: Iterable[str]) -> dict[str, Look]:
    """Return the look of each strategy, in the order in which they are drawn.

    Strategies of the user's own get the remaining colours, under their own names.
    """
    present = set(strategies)
    own = sorted(present - set(LOOKS))
    if len(own) > len(OTHERS):
        raise ConfigurationError(
            f"more than {len(OTHERS)} strategies without a look of their own: {own};"
            " add them to LOOKS in plotting/style.py"
        )
    others = {
        name: Look(name.replace("_", " "), *rest)
        for name, rest in zip(own, OTHERS, strict=False)
    }
    return {name: LOOKS[name] for name in LOOKS if name in present} | others


def styled(function: Callable[Parameters, Figure]) -> Callable[Parameters, Figure]:
    """Let a function draw in the shared style."""

    @wraps(function)
    def draw(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Figure:
        with matplotlib.style.context(STYLE, after_reset=True):
            return function(*args, **kwargs)

    return draw


def save_figure(figure: Figure, paths: Sequence[str | Path]) -> None:
    """Write a figure to each path; the same figure gives the same bytes.

    The suffix chooses the format, pdf or png.
    """
    metadata = {".pdf": {"CreationDate": None}, ".png": {"Software": None}}
    for path in map(Path, paths):
        if path.suffix not in metadata:
            raise ConfigurationError(
                f"figure {path}: suffix {path.suffix!r}; use one of {sorted(metadata)}"
            )
        with matplotlib.style.context(STYLE, after_reset=True):
            figure.savefig(path, metadata=metadata[path.suffix])
