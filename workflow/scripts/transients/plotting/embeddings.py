"""Source and target objects in one plane of the embedding."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from transients.plotting import style
from transients.plotting.grid import Grid
from transients.plotting.style import PLAIN, FigureOptions, styled

COLOURS = (
    *(style.BLUE, style.ORANGE, style.GREEN, style.RED, style.PINK, style.BROWN),
    *(style.SKY, style.AZURE, style.PURPLE, style.WINE, style.MINT, style.OLIVE),
)
MARKERS = "os^Dvp<>hPX*"
FAINT = "#d9d9d9"
NOTE = (
    "What the pretrained network makes of light curves before it has learnt from any"
    " label of the target: the two directions in which these {n:,} objects differ"
    " most, {x:.0%} and {y:.0%} of the variance. Source objects are held out from"
    " pretraining. Large symbols: the object of each class that is nearest to the"
    " others of it. Grey: objects of the other panel{others}. Survey AUROC: how well a"
    " line in the whole embedding tells source from target, .5 where they are alike, 1"
    " where they are apart. Neighbours: how many of the ten nearest source objects are"
    " of the class."
)


@styled
def draw_embeddings(
    objects: pd.DataFrame,
    alike: pd.DataFrame,
    source_title: str,
    options: FigureOptions = PLAIN,
) -> Figure:
    """Draw source and target side by side on the same axes.

    objects is embeddings.plane with variance_x and variance_y, alike is
    embeddings.likeness, which gives the classes and their order.
    """
    first = objects.iloc[0]
    note = NOTE.format(
        n=len(objects),
        x=first["variance_x"],
        y=first["variance_y"],
        others=""
        if set(objects["class"]) <= set(alike["class"])
        else (", and source classes that stand for none of the target's"),
    )
    title = f"{source_title} and {options.title}"
    below = 0.4 + 0.13 * (len(alike) + 1)
    grid = Grid(columns=2, width=2.6, height=2.4, left=0.4, above=0.3, below=below)
    figure, panels = grid.draw(2, title, note)
    for axes, survey in zip(panels, ("source", "target"), strict=True):
        _draw_survey(axes, objects, survey, list(alike["class"]))
        axes.set_title(survey)
        axes.set_xlabel("first principal component")
    panels[0].set_ylabel("second principal component")
    _write_table(panels[0], grid.height, alike)
    return figure


def _draw_survey(
    axes: Axes, objects: pd.DataFrame, survey: str, classes: list[str]
) -> None:
    here = objects["survey"] == survey
    drawn = here & objects["class"].isin(classes)
    others = objects[~drawn]
    axes.plot(others["x"], others["y"], ".", color=FAINT, markersize=1.5, zorder=1)
    # Drawn in random order, or the last class would hide the others.
    shuffled = objects[drawn].sample(frac=1, random_state=0)
    for part in range(0, len(shuffled), 50):
        for name, rows in shuffled.iloc[part : part + 50].groupby("class"):
            number = classes.index(str(name))
            axes.plot(
                rows["x"],
                rows["y"],
                MARKERS[number % len(MARKERS)],
                color=COLOURS[number % len(COLOURS)],
                markersize=1.6,
                markeredgewidth=0,
                alpha=0.6,
                zorder=2,
            )
    for name, rows in objects[drawn].groupby("class"):
        _draw_centre(axes, rows, classes.index(str(name)))
    axes.set_xticks([])
    axes.set_yticks([])


def _draw_centre(axes: Axes, rows: pd.DataFrame, number: int) -> None:
    """Draw the object with the least mean distance to the others of its class.

    Unlike a mean or median, it lies where there are objects, in two groups, too.
    """
    places = rows[["x", "y"]].to_numpy(dtype=float)
    apart = np.linalg.norm(places[:, None] - places, axis=-1)
    axes.plot(
        *places[apart.mean(axis=0).argmin()],
        MARKERS[number % len(MARKERS)],
        color=COLOURS[number % len(COLOURS)],
        markersize=5.5,
        markeredgecolor="white",
        markeredgewidth=0.4,
        zorder=5,
    )


def _write_table(axes: Axes, height: float, alike: pd.DataFrame) -> None:
    """The legend, with what is known of each class, under axes so high [in]."""
    columns = {"n_source": "source", "n_target": "target"}
    columns |= {"survey_auroc": "survey AUROC", "neighbours": "neighbours"}
    places = (0.55, 0.85, 1.3, 1.75)
    look: dict[str, Any] = {"transform": axes.transAxes, "fontsize": 6, "va": "center"}
    for place, head in zip(places, columns.values(), strict=True):
        axes.text(place, -0.35 / height, head, ha="right", **look)
    for number, (_, row) in enumerate(alike.iterrows()):
        y = -(0.35 + 0.13 * (number + 1)) / height
        marker = Line2D(
            [0.02],
            [y],
            color=COLOURS[number % len(COLOURS)],
            transform=axes.transAxes,
            marker=MARKERS[number % len(MARKERS)],
            markersize=4,
            markeredgewidth=0,
            linestyle="none",
            clip_on=False,
        )
        axes.add_artist(marker)
        axes.text(0.06, y, row["class"], ha="left", parse_math=False, **look)
        for place, column in zip(places, columns, strict=True):
            value = row[column]
            text = f"{value:,}" if column.startswith("n_") else f"{value:.2f}"
            axes.text(place, y, "–" if pd.isna(value) else text, ha="right", **look)
