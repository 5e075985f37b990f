"""Two folders of results compared file by file: all but what is measured is the same.

What may differ is listed here, file by file and column by column, and nothing else.
Every other file must have the same bytes, pictures included.
"""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from transients.finished import content_hash

SECONDS = {"seconds", "seconds_per_epoch"}
RATIOS = {"ratio_to_scratch", "ratio_sd"}
UNCACHED = {"seconds_uncached", "seconds_per_epoch_uncached", "wall_seconds"}
USED = {"mem_max_mb", "wall_s"}

MEASURED = {
    "training.parquet": SECONDS | UNCACHED,
    "history.parquet": {"seconds"},
    "summary.json": {"seconds", "history.seconds"},
    "training_time.csv": SECONDS | RATIOS,
    "training_time.md": SECONDS | RATIOS,
    "resources.csv": USED,
    "resources.md": USED | {"advice"},
    "training_time.html": SECONDS | RATIOS,
    "resources.html": USED,
    "provenance.json": {
        f"files.tables/{name}.{kind}.sha256"
        for name in ("training_time", "claims", "claims_by_data", "resources")
        for kind in ("csv", "md")
    },
}
"""Columns of seconds and of memory, and what follows from them, by name of file."""

CLAIMS_ON_TIME = {"3b", "3d", "10"}
TIMED = {
    "claims.csv": {"measured", "lo", "hi", "verdict"},
    "claims.md": {"measured", "lo", "hi", "verdict"},
    "claims.html": {"measured", "lo", "hi", "verdict"},
    "claims_by_data.html": {"simulated data"},
    "claims_by_data.csv": {"simulated data"},
    "claims_by_data.md": {"simulated data"},
}
"""Columns that follow from seconds, in the rows of these claims."""

DATED = "classifier.keras"
"""Saved networks tell when they were saved: their layers and weights are compared."""


def differences(one: Path, other: Path) -> list[str]:
    """Say of each file in which two folders of results differ what differs; [] if none.

    Empty folders do not count; hidden files do.
    """
    names = {
        str(path.relative_to(folder))
        for folder in (one, other)
        for path in folder.rglob("*")
        if not path.is_dir()
    }
    found = ((name, _difference(one / name, other / name)) for name in sorted(names))
    return [f"{name}: {difference}" for name, difference in found if difference]


def _difference(one: Path, other: Path) -> str:
    """What differs between two files; "" if nothing does that is not measured."""
    for path, name in ((one, "the first"), (other, "the second")):
        if not path.is_file():
            return f"missing in {name}"
    if one.read_bytes() == other.read_bytes():
        return ""
    try:
        if one.name == DATED:
            same = content_hash.__wrapped__(one) == content_hash.__wrapped__(other)
            return "" if same else "layers or weights differ"
        if one.suffix in READ:
            return _difference_of_tables(one, other)
    except (ValueError, OSError, KeyError, zipfile.BadZipFile) as error:
        return f"bytes differ, and one is unreadable: {error}"
    return "bytes differ"


def _difference_of_tables(one: Path, other: Path) -> str:
    tables = [READ[path.suffix](path) for path in (one, other)]
    if list(tables[0]) != list(tables[1]):
        return f"columns {list(tables[0])} / {list(tables[1])}"
    if len(tables[0]) != len(tables[1]):
        return f"{len(tables[0])} / {len(tables[1])} rows"
    for column in map(str, tables[0]):
        values = [_values(table, column, one.name) for table in tables]
        if differing := [
            pair for pair in zip(*values, strict=True) if len({*pair}) > 1
        ]:
            first = " / ".join(differing[0])
            return f"column {column} differs {len(differing)} times: {first}"
    measured = one.name in MEASURED or one.name in TIMED
    return "" if measured else "bytes differ, values do not"


def _values(table: pd.DataFrame, column: str, file_name: str) -> list[str]:
    """The values of a column, in all their digits; none of those that are measured."""
    if column in MEASURED.get(file_name, ()):
        return []
    values = table[column]
    if column in TIMED.get(file_name, ()):
        values = values[~table["name"].isin(CLAIMS_ON_TIME)]
    return [str(values.dtype), *map(repr, values)]


def _from_csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _from_json(path: Path) -> pd.DataFrame:
    return pd.json_normalize(json.loads(path.read_text()))


def _from_markdown(path: Path) -> pd.DataFrame:
    """A page's one table, with the text around it as a column."""
    lines = path.read_text().splitlines()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("|") and line.strip("|:- ")
    ]
    around = "\n".join(line for line in lines if not line.startswith("|"))
    table = pd.DataFrame(rows[1:], columns=rows[0])
    return table.assign(**{"text around": around})


def _from_page(path: Path) -> pd.DataFrame:
    """The table of a page of the report, as text."""
    text = path.read_text()
    rows = [
        re.findall(rf"<{cell}[^>]*>(.*?)</{cell}>", row, re.S)
        for row in re.findall(r"<tr>(.*?)</tr>", text, re.S)
        for cell in (["th"] if "<th" in row else ["td"])
    ]
    names = [re.sub("<[^>]*>", "", name) for name in rows[0]]
    around = re.sub(r"<tr>.*</tr>", "", text, flags=re.S)
    table = pd.DataFrame(rows[1:], columns=names)
    return table.assign(**{"text around": around})


READ: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".parquet": pd.read_parquet,
    ".csv": _from_csv,
    ".json": _from_json,
    ".md": _from_markdown,
    ".html": _from_page,
}
