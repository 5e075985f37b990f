"""Figure 2: the model, and what of it is retrained for each target.

The architecture is a mapping read from JSON: `source` (name of a data set), `layers`,
each with name, type, units, activation, parameters and inputs (names of layers), and
`targets`: per data set `strategy`, `source` (name of its source model) and `layers`,
which also say their state: frozen, fine-tuned or new. `sources` has for each source
model its `datasets` and whether its layers are `alike`, the same as those in `layers`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from transients.errors import DataError
from transients.plotting.style import COLUMN, GREY, PLAIN, FigureOptions, styled

Layer = Mapping[str, Any]

NAMES = {"ztf_sims": "ZTF Sims", "bts": "BTS", "lsst_sims": "LSST Sims"}
INPUTS = {
    "light_curve": ("light curve (λ, t, f, ε)", "N × {}"),
    "metadata": ("Milky Way E(B–V)", "{}"),
}
"""What the inputs are, and their shape given the number of values."""
FILLS = {"frozen": "#E4E4E4", "fine-tuned": "#A9D5F2", "new": "#F8D08A"}
"""Fill of a layer by its state: grey, and light tints of Okabe & Ito's colours."""

ROW = 0.255
"""Distance of rows of layers [in]."""
BOX = 0.185
"""Height of a layer [in]."""
SOURCE_WIDTH = 1.72
"""Width of the source model [in]."""
GAP = 0.06
"""Distance of neighbouring targets [in]."""
HEADER = 0.62
"""Room for the names of the data sets [in]."""
SPANS = {"first": (0.0, 1.24), "beside": (0.62, 1.1), "joined": (0.0, 1.72)}
WIRES = {"first": 0.4, "beside": 1.25, "joined": 0.86}
"""Left end and width of a layer, and where its wire leaves, by branch [in]."""


@styled
def draw_fig2(
    architecture: Mapping[str, Any], options: FigureOptions = PLAIN
) -> Figure:
    """Draw Figure 2: schematic of model and set-up, from the model's description."""
    source: list[Layer] = _in_order(architecture["layers"])
    targets: Mapping[str, Any] = architecture["targets"]
    rows = _rows([source, *(_in_order(x["layers"]) for x in targets.values())])
    height = HEADER + len(rows) * ROW + 0.08
    sentences = [options.title, options.note, _sources_note(architecture)]
    footer = textwrap.wrap(" ".join(filter(None, sentences)), 78)
    bottom = 0.1 * len(footer)
    figure = Figure(figsize=(COLUMN, height + bottom))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-0.04, COLUMN - 0.04), ylim=(height + bottom, 0))
    axes.set_axis_off()
    levels = {name: HEADER + (row + 0.5) * ROW for name, row in rows.items()}
    _draw_source(axes, source, levels)
    _draw_header(axes, SOURCE_WIDTH / 2, architecture["source"], source, "pretrained")
    edge = SOURCE_WIDTH + 0.1
    width = min((COLUMN - 0.02 - edge) / max(len(targets), 1), 0.9)
    lefts = [edge + i * width for i in range(len(targets))]
    middles = [left + (width - GAP) / 2 for left in lefts]
    for left, middle, (name, target) in zip(
        lefts, middles, targets.items(), strict=True
    ):
        _draw_target(axes, target["layers"], levels, left, width - GAP)
        _draw_header(axes, middle, name, target["layers"], "trained")
    if middles:
        _draw_transfer(axes, middles, len(_sources_of(targets)))
    axes.text(0, height + bottom - 0.03, "\n".join(footer), fontsize=6, color=GREY)
    return figure


def _in_order(layers: Sequence[Layer]) -> list[Layer]:
    """Return the layers on the way to the output, branch after branch."""
    by_name = {layer["name"]: layer for layer in layers}
    used = {name for layer in layers for name in layer["inputs"]}
    if unknown := used - set(by_name):
        raise DataError(f"architecture: inputs that are no layer: {sorted(unknown)}")
    ordered: dict[str, Layer] = {}

    def visit(name: str) -> None:
        for before in by_name[name]["inputs"]:
            visit(before)
        ordered.setdefault(name, by_name[name])

    for name, layer in by_name.items():
        if layer["inputs"] and name not in used:
            visit(name)
    return list(ordered.values())


def _rows(models: Sequence[Sequence[Layer]]) -> dict[str, int]:
    """Return the row of each layer that occurs in any of the models."""
    names: list[str] = []
    for model in models:
        place = 0
        for layer in model:
            if layer["name"] not in names:
                names.insert(place, layer["name"])
            place = names.index(layer["name"]) + 1
    return {name: row for row, name in enumerate(names)}


def _branches(layers: Sequence[Layer]) -> dict[str, str]:
    """Return for each layer whether it is on the first branch, beside it, or joined."""
    roots: dict[str, set[str]] = {}
    for layer in layers:
        before = [roots[name] for name in layer["inputs"]]
        roots[layer["name"]] = set().union(*before) or {layer["name"]}
    first = layers[0]["name"]
    return {
        name: "first" if own == {first} else "joined" if first in own else "beside"
        for name, own in roots.items()
    }


def _draw_source(
    axes: Axes, layers: Sequence[Layer], levels: Mapping[str, float]
) -> None:
    branches = _branches(layers)
    latest: dict[str, str] = {}
    for layer in layers:
        name, branch = layer["name"], branches[layer["name"]]
        left, width = SPANS[branch]
        text, number = _describe(layer)
        _draw_box(axes, (left, levels[name], width), "white", text)
        _write_right(axes, left + width, levels[name], number)
        for before in layer["inputs"]:
            own = branches[before]
            if latest.get(own) == before:
                _draw_wire(axes, WIRES[own], levels[before], levels[name])
        latest[branch] = name


def _describe(layer: Layer) -> tuple[str, str]:
    """Return what a layer is, and its number of parameters or its shape."""
    units, activation = layer.get("units"), layer.get("activation")
    kind = layer["type"]
    if not layer["inputs"]:
        name = layer["name"]
        text, shape = INPUTS.get(name, (name.replace("_", " "), "{}"))
        return text, shape.format(units) if units else ""
    if not layer["parameters"]:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower(), ""
    words = [str(part) for part in (kind, units, activation) if part]
    return " ".join(words), f"{layer['parameters']:,}"


def _draw_target(
    axes: Axes,
    layers: Sequence[Layer],
    levels: Mapping[str, float],
    left: float,
    width: float,
) -> None:
    for layer in layers:
        if not layer["parameters"]:
            continue
        state = layer["state"]
        if state not in FILLS:
            raise DataError(f"layer {layer['name']}: state {state!r} not in {[*FILLS]}")
        text = state if state != "new" else f"new: {layer['units']}"
        span = (left, levels[layer["name"]], width)
        _draw_box(axes, span, FILLS[state], text, centred=True)


def _draw_box(
    axes: Axes,
    span: tuple[float, float, float],
    fill: str,
    text: str,
    centred: bool = False,
) -> None:
    left, middle, width = span
    box = FancyBboxPatch(
        (left, middle - BOX / 2),
        width,
        BOX,
        boxstyle="round,pad=0,rounding_size=0.03",
        facecolor=fill,
        edgecolor="#333333",
        linewidth=0.6,
        zorder=2,
    )
    axes.add_patch(box)
    x, align = (left + width / 2, "center") if centred else (left + 0.05, "left")
    axes.text(x, middle, text, ha=align, va="center_baseline", fontsize=6, zorder=3)


def _write_right(axes: Axes, right: float, middle: float, text: str) -> None:
    axes.text(
        right - 0.05,
        middle,
        text,
        ha="right",
        va="center_baseline",
        fontsize=5.5,
        color=GREY,
        zorder=3,
    )


def _draw_wire(axes: Axes, x: float, top: float, bottom: float) -> None:
    axes.annotate(
        "",
        (x, bottom - BOX / 2),
        (x, top + BOX / 2),
        arrowprops={
            "arrowstyle": "-|>,head_length=0.18,head_width=0.1",
            "linewidth": 0.6,
            "color": "#333333",
            "shrinkA": 0,
            "shrinkB": 0,
        },
        zorder=1,
    )


def _draw_header(
    axes: Axes, middle: float, name: str, layers: Sequence[Layer], verb: str
) -> None:
    total = sum(layer["parameters"] for layer in layers)
    changed = sum(x["parameters"] for x in layers if x.get("state") != "frozen")
    numbers = f"{total:,} parameters"
    if verb == "trained":
        numbers = f"{changed:,} of\n{total:,} {verb}"
    axes.text(
        middle, 0.3, NAMES.get(name, name), ha="center", fontsize=7, weight="bold"
    )
    axes.text(middle, 0.36, numbers, ha="center", va="top", fontsize=5.5, color=GREY)


def _sources_of(targets: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the source models of the targets, and which start from each."""
    starting: dict[str, list[str]] = {}
    for name, target in targets.items():
        starting.setdefault(target["source"], []).append(NAMES.get(name, name))
    return starting


def _sources_note(architecture: Mapping[str, Any]) -> str:
    """Say which network each target starts from, if that is not one for all."""
    starting = _sources_of(architecture["targets"])
    if len(starting) <= 1:
        return ""
    told = []
    for source, names in starting.items():
        section = architecture["sources"][source]
        facts = []
        if section["datasets"] != architecture["source"]:
            learnt = section["datasets"].split(" + ")
            facts.append("of " + " + ".join(NAMES.get(name, name) for name in learnt))
        if not section["alike"]:
            facts.append("with other layers than those drawn")
        known = f" ({', '.join(facts)})" if facts else ""
        told.append(f"{' and '.join(names)} from {source}{known}")
    return f"Targets start from different networks: {', '.join(told)}."


def _draw_transfer(axes: Axes, middles: Sequence[float], n_networks: int) -> None:
    """Draw the way of the weights of so many networks to the targets."""
    start, level = SOURCE_WIDTH / 2, 0.12
    corners = [start, start, max(middles)]
    axes.plot(corners, [0.19, level, level], color="#333333", linewidth=0.6)
    for middle in middles:
        _draw_wire(axes, middle, level - BOX / 2, 0.2 + BOX / 2)
    text = "weights" if n_networks == 1 else f"weights of {n_networks} networks"
    axes.text(start + 0.06, 0.09, text, fontsize=6, color=GREY)
