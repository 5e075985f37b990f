"""The page of the benchmark: one self-contained HTML file of what was measured."""

from __future__ import annotations

import base64
import html
import inspect
import io
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from types import ModuleType

import pandas as pd
from matplotlib.figure import Figure

from transients.allocation import cpu_name

from .measure import CORES

PACKAGES = ("keras", "tensorflow", "numpy", "pandas", "pyarrow", "snakemake")

HEAD = """<!doctype html><html lang="en"><meta charset="utf-8">
<title>Benchmark</title>
<style>
body {font: 15px/1.5 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em}
table {border-collapse: collapse; font-size: 90%}
td, th {padding: .2em .7em; border-bottom: 1px solid #ccc; text-align: right}
td:first-child, th:first-child {text-align: left}
.true {color: #060} .false {color: #b00; font-weight: bold}
img {max-width: 100%} .note {color: #666}
</style>
<h1>What the fast way gains over the plain one</h1>
<p>Plain (baseline): Keras with a mask on arrays padded to 656 points, one process a
run. Engine: this workflow. Both train the same network on the same data on the same
machine. Numbers are medians over repeats that take turns; ratio is engine over
baseline, larger is better; a target is one of the ratio, or without baseline of the
engine's number.</p>
"""


def machine() -> str:
    """Return what this machine is, and the versions of what computes."""
    versions = [f"{name} {version(name)}" for name in PACKAGES]
    return ", ".join(
        [
            f"{cpu_name()}, {CORES} cores",
            platform.platform(),
            f"Python {platform.python_version()}",
            *versions,
        ]
    )


def page(
    summary: pd.DataFrame,
    items: Mapping[str, ModuleType],
    measured: Mapping[str, tuple[pd.DataFrame, Mapping[str, str]]],
) -> str:
    """Return the page; measured has details of the items that ran, and of their run.

    Of a run: machine, date, took, and scale where it was a toy.
    """
    missing = [name for name in items if name not in measured]
    note = f"<p>Not measured yet: {', '.join(missing)}.</p>" if missing else ""
    machines = sorted({run["machine"] for _, run in measured.values()})
    where = "".join(f"<p>Machine: {html.escape(name)}.</p>" for name in machines)
    sections = [_section(name, items[name], *measured[name]) for name in measured]
    return "\n".join([HEAD, where, _table(summary), note, *sections, "</html>\n"])


def _table(summary: pd.DataFrame) -> str:
    head = "".join(f"<th>{name}</th>" for name in summary)
    rows = "".join(_row(list(row)) for row in summary.to_numpy())
    return f"<table><tr>{head}</tr>{rows}</table>"


def _row(values: Sequence[object]) -> str:
    cells = "".join(f"<td>{html.escape(_shown(value))}</td>" for value in values)
    return f'<tr class="{_shown(values[-1])}">{cells}</tr>'


def _shown(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def _section(
    name: str, item: ModuleType, details: pd.DataFrame, run: Mapping[str, str]
) -> str:
    title, *paragraphs = inspect.cleandoc(item.__doc__ or name).split("\n\n")
    told = "".join(f"<p>{html.escape(text)}</p>" for text in paragraphs)
    measured = details["value"].notna().any()
    drawn = _image(item.draw(details), title) if measured else ""
    ran = ". ".join(f"{key.capitalize()}: {value}" for key, value in run.items())
    return (
        f"<h2>{html.escape(title)}</h2>{told.replace('`', '')}{drawn}"
        f'<p class="note">Every number: <a href="{name}.csv">{name}.csv</a>.'
        f" {html.escape(ran)}.</p>"
    )


def _image(figure: Figure, title: str) -> str:
    drawn = io.BytesIO()
    figure.savefig(drawn, format="svg")
    encoded = base64.b64encode(drawn.getvalue()).decode()
    alt = html.escape(title)
    return f'<img alt="{alt}" src="data:image/svg+xml;base64,{encoded}">'
