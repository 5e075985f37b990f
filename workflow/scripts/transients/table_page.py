"""A table as a web page of its own, which a reader can sort; nothing is loaded."""

from __future__ import annotations

from html import escape

import pandas as pd

LONG = 80
"""Characters that are not squeezed into a narrow column."""

STYLE = """
body { font: 14px/1.4 sans-serif; color: #222; margin: 1.2em; }
p { max-width: 60em; }
@media screen {
  body { display: flex; flex-direction: column; max-height: calc(100vh - 2.4em); }
  div { overflow: auto; }
}
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { position: sticky; top: 0; background: #fff; text-align: left; }
th, td { padding: .2em .7em; border-bottom: 1px solid #ddd; vertical-align: top; }
td { max-width: 40em; overflow-wrap: break-word; }
td.long { min-width: 22em; }
td.number, th.number { text-align: right; white-space: nowrap; }
th button { all: unset; cursor: pointer; font-weight: bold; }
th button:focus-visible { outline: 2px solid #0173b2; }
th button::after { content: "\\2195"; color: #999; padding-left: .3em; }
th[aria-sort=ascending] button::after { content: "\\2191"; color: #0173b2; }
th[aria-sort=descending] button::after { content: "\\2193"; color: #0173b2; }
"""
SCRIPT = """
const body = document.querySelector("tbody");
const heads = [...document.querySelectorAll("th")];
heads.forEach((head, place) => head.firstChild.addEventListener("click", () => {
  const rising = head.getAttribute("aria-sort") !== "ascending";
  heads.forEach(other => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", rising ? "ascending" : "descending");
  const numbers = head.className === "number";
  const key = row => {
    const cell = row.cells[place];
    return numbers ? parseFloat(cell.dataset.value) : cell.textContent;
  };
  const missing = value => Number.isNaN(value) || value === "";
  const compare = (a, b) => {
    if (missing(a) || missing(b)) return missing(a) - missing(b);
    const order = numbers ? a - b : a.localeCompare(b, "en", { numeric: true });
    return rising ? order : -order;
  };
  const rows = [...body.rows].map(row => [key(row), row]);
  rows.sort((a, b) => compare(a[0], b[0]));
  body.append(...rows.map(pair => pair[1]));
}));
"""


def table_page(title: str, about: str, table: pd.DataFrame) -> str:
    """Return HTML of a table under a title and a sentence on what it holds.

    A click on a column's name sorts by it, another turns the order; what is missing
    stays below. Numbers are shown to four digits and sorted by all of them.
    """
    numeric = {
        name
        for name in table
        if pd.api.types.is_numeric_dtype(table[name])
        and not pd.api.types.is_bool_dtype(table[name])
    }
    heads = "".join(
        f'<th scope="col"{_number(name in numeric)}><button type="button">'
        f"{escape(str(name))}</button></th>"
        for name in table
    )
    columns = [
        _numbers(table[name]) if name in numeric else _words(table[name])
        for name in table
    ]
    rows = "\n".join(
        f"<tr>{''.join(cells)}</tr>" for cells in zip(*columns, strict=True)
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body>"
        f"<h1>{escape(title)}</h1>\n<p>{escape(about)}</p>\n<div><table>\n"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>\n"
        f"<script>{SCRIPT}</script></body></html>\n"
    )


def _number(numeric: bool) -> str:
    return ' class="number"' if numeric else ""


def _numbers(values: pd.Series) -> list[str]:
    return [
        '<td class="number" data-value=""></td>'
        if pd.isna(value)
        else f'<td class="number" data-value="{value!r}">{_shown(value)}</td>'
        for value in values.tolist()
    ]


def _shown(value: float) -> str:
    """Return a number in at most four digits, whole ones in all of theirs."""
    if value == int(value) if abs(value) < 1e15 else False:
        return f"{int(value):,}"
    return f"{value:.4g}"


def _words(values: pd.Series) -> list[str]:
    return [
        "<td></td>" if pd.isna(value) else _text(str(value))
        for value in values.tolist()
    ]


def _text(value: str) -> str:
    long = ' class="long"' if len(value) > LONG else ""
    return f"<td{long}>{escape(value)}</td>"
