"""What a run says to the person who started it: at its start, and at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from transients.configuration import seeds_at, strategies_at
from transients.run_time import core_minutes, unknown_size

TOLD = ("transfer", "scratch", "best")
"""The paper's two strategies, and ours: the three numbers that matter."""


def about_to_run(
    config: Mapping[str, Any], sizes: Mapping[str, Sequence[int]]
) -> list[str]:
    """Say for each target on what data it runs, its units, and how long all take.

    sizes are the numbers of labels that each target is run with.
    """
    lines = []
    for target in config["targets"]:
        experiment = config["experiments"][target]
        dataset = config["datasets"][experiment["dataset"]]
        kind = "real light curves" if dataset["real"] else "simulated light curves"
        units = sum(len(seeds_at(experiment, n)) for n in sizes[target])
        names = {name for n in sizes[target] for name in strategies_at(experiment, n)}
        lines.append(
            f"{target}: {kind}, {dataset['title']}; in a complete run {units} units at"
            f" {', '.join(map(str, sizes[target]))} labels, {len(names)} strategies"
        )
    return [*lines, _time(config, sizes)]


def _time(config: Mapping[str, Any], sizes: Mapping[str, Sequence[int]]) -> str:
    """Say how long all takes: what is asked for, or finished, is not known here."""
    minutes = core_minutes(config, sizes)
    said = f"{minutes:.0f} minutes" if minutes < 100 else f"{minutes / 60:.0f} hours"
    unknown = ", ".join(unknown_size(config))
    beside = f", and what it takes to read and classify {unknown}" if unknown else ""
    whole = "a complete run, from its beginning"
    return f"{whole}: about {said} of one processor core{beside}"


def has_run(results: str | Path, targets: Sequence[str]) -> list[str]:
    """Say where results are, and for each target the three numbers that matter.

    Nothing is said of what the tables do not hold, and a run that has ended well does
    not fail for a table that cannot be read, such as an empty one of `--touch`.
    """
    kinds = {"figures": "figures", "tables": "tables", "models": "exported models"}
    lines = [
        f"{what} are in {folder}"
        for name, what in kinds.items()
        if (folder := Path(results, name)).exists()
    ]
    try:
        scores = pd.read_parquet(Path(results, "tables", "performance.parquet"))
    except (OSError, ValueError):
        return lines
    return lines + [line for target in targets if (line := _numbers(scores, target))]


def _numbers(scores: pd.DataFrame, target: str) -> str:
    """Return mean macro AUROC of TOLD at the largest size that they share."""
    ours = scores[
        (scores["target"] == target)
        & (scores["class"] == "macro")
        & scores["strategy"].isin(TOLD)
    ].dropna(subset="auroc")
    means = ours.pivot_table("auroc", "n_train", "strategy").dropna()
    if means.empty:
        return ""
    n_train = means.index.max()
    said = [f"{name} {means.loc[n_train, name]:.3f}" for name in TOLD if name in means]
    return f"{target}, {n_train} labels, macro AUROC: {', '.join(said)}"
