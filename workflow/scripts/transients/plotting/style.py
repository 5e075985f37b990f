"""What all figures share: style file, widths, the look of a strategy, saving."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import cycle
from pathlib import Path
from typing import Literal, ParamSpec

import matplotlib.style
import pandas as pd
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
    width: float = 1.1


# The palette "colorblind" of seaborn, and shades of it as far apart as twelve can be
# with any colour vision; markers and the names beside the lines tell the rest.
BLUE, ORANGE, GREEN = "#0173b2", "#de8f05", "#029e73"
RED, PINK, BROWN, SKY = "#d55e00", "#cc78bc", "#ca9161", "#56b4e9"
AZURE, PURPLE, WINE, MINT, OLIVE = "#5b8ff0", "#5e1675", "#9c1f6b", "#6cc9a1", "#4d5a00"

LOOKS = {
    "transfer": Look("transfer", BLUE, "o", -1.1, "-"),
    "scratch": Look("from scratch", RED, "s", 1.1, "--"),
    "scratch_fair": Look("from scratch, fair", ORANGE, "D", 2.9, "--"),
    "full": Look("transfer, all layers", SKY, "^", -2.4),
    "last_layers": Look("transfer, last layers", AZURE, "v", -4.2),
    "zero_shot": Look("zero-shot", PINK, "p", -6.0),
    "zero_shot_mix": Look("zero-shot, known mix", PURPLE, "h", -5.1),
    "warm_head": Look("zero-shot, fine-tuned", WINE, "<", 4.7, "-"),
    "zero_shot_trees": Look("zero-shot forest", OLIVE, "X", -3.3),
    "features": Look("feature forest", GREEN, "P", 3.8, "--"),
    "features_and_scores": Look("features and scores", MINT, ">", 5.6, "-"),
    "best": Look("best", "black", "*", 2.0, "-", 1.8),
}
"""Related strategies have related colours: blue for the paper's transfer, red without
a source, purple for the source's classes, green for features."""

OTHERS = [(BROWN, "d", 6.5), (GREY, "8", -6.9), ("#a6a6a6", "H", 7.4)]
"""Colours, markers and shifts of strategies of the user's own."""

CHANCE_LINE = Look("chance", GREY, "None", 0.0)
"""The AUROC of a guess among the names of strategies; it has no marker."""

PAPER = ("transfer", "scratch")
"""The strategies of the paper's figures."""


def of_paper(performance: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that the paper's figures show: its strategies, with labels."""
    shown = performance["strategy"].isin(PAPER) & (performance["n_train"] > 0)
    return performance[shown]


def looks_of(strategies: Iterable[str]) -> dict[str, Look]:
    """Return the look of each strategy, in the order in which they are drawn.

    Strategies of the user's own come last, under their own names, in the remaining
    colours; these recur if there are many.
    """
    present = set(strategies)
    own = sorted(present - set(LOOKS))
    others = {
        name: Look(name.replace("_", " "), *rest)
        for name, rest in zip(own, cycle(OTHERS), strict=False)
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
