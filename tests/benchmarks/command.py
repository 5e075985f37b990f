"""Run the benchmark, all of it or the items named: `make bench`."""

from __future__ import annotations

import argparse
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from command_line import ROOT

from . import (
    accelerator,
    arithmetic,
    fan_out,
    overhead,
    prediction,
    scaling,
    throughput,
    training,
)
from .measure import as_table
from .page import machine, page
from .summary import summarise

ITEMS = {
    "training": training,
    "fan_out": fan_out,
    "prediction": prediction,
    "arithmetic": arithmetic,
    "scaling": scaling,
    "overhead": overhead,
    "throughput": throughput,
    "accelerator": accelerator,
}
RESULTS = ROOT / "results" / "benchmarks"


def main(arguments: list[str] | None = None) -> None:
    """Measure the items asked for; write the summary and page after each."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("items", nargs="*", metavar="item", help=", ".join(ITEMS))
    parser.add_argument(
        "--quick", action="store_true", help="a toy scale: its numbers mean nothing"
    )
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args(arguments)
    if unknown := set(asked.items) - set(ITEMS):
        parser.error(f"no item {sorted(unknown)}: choose from {', '.join(ITEMS)}")
    asked.results.mkdir(parents=True, exist_ok=True)
    for name in asked.items or ITEMS:
        print(name, flush=True)
        measure(name, asked.results, asked.quick)
        summary = report(asked.results)
    print(summary.to_string(index=False, na_rep=""))


def measure(name: str, results: Path, quick: bool) -> None:
    """Measure one item and write its details, and where they were measured."""
    began = time.monotonic()
    details = as_table(ITEMS[name].measure(quick))
    minutes = (time.monotonic() - began) / 60
    details.to_csv(results / f"{name}.csv", index=False)
    run = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "took": f"{minutes:.1f} min",
        "scale": "toy, its numbers mean nothing" if quick else "full",
        "machine": machine(),
    }
    (results / f"{name}.json").write_text(json.dumps(run, indent=1) + "\n")


def report(results: Path) -> pd.DataFrame:
    """Write summary.csv and index.html from all details there are; return the first."""
    measured = {
        name: (
            pd.read_csv(results / f"{name}.csv"),
            json.loads((results / f"{name}.json").read_text()),
        )
        for name in ITEMS
        if (results / f"{name}.json").exists()
    }
    rows = [
        row
        for name, (details, _) in measured.items()
        for row in ITEMS[name].summarise(details)
    ]
    summary = summarise(rows)
    summary.to_csv(results / "summary.csv", index=False)
    (results / "index.html").write_text(page(summary, ITEMS, measured))
    return summary
