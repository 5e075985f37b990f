"""What each run said of its test set, one run at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.errors import DataError


@dataclass(frozen=True)
class RunPredictions:
    """The test set of one strategy and seed: positions in classes, and probabilities.

    truth is (n,), probabilities (n, n_classes); rows of probabilities add up to 1.
    """

    strategy: str
    seed: int
    classes: tuple[str, ...]
    truth: NDArray[np.int64]
    probabilities: NDArray[np.float64]


def predictions_by_run(
    paths: Iterable[str | Path], classes: Sequence[str]
) -> Iterator[RunPredictions]:
    """Yield the runs of some units' predictions, one unit in memory at a time.

    Raises DataError for a class that is none of the target's.
    """
    columns = [f"p({name})" for name in classes]
    for path in paths:
        predictions = pd.read_parquet(path)
        for (strategy, seed), rows in predictions.groupby(
            ["strategy", "seed"], sort=False
        ):
            truth = pd.Index(classes).get_indexer(pd.Index(rows["class"]))
            if (truth < 0).any():
                unknown = sorted(set(rows["class"]) - set(classes))
                raise DataError(f"{path}: no class of the target: {unknown}")
            probabilities = rows[columns].to_numpy(dtype=float)
            yield RunPredictions(
                str(strategy), int(str(seed)), tuple(classes), truth, probabilities
            )


def of_each_run(
    runs: Iterable[RunPredictions], *measures: Callable[[RunPredictions], pd.DataFrame]
) -> list[pd.DataFrame]:
    """Return a table for each measure: what it says of each run, by strategy and seed.

    The runs are gone through once.
    """
    tables: list[list[pd.DataFrame]] = [[] for _ in measures]
    for run in runs:
        for table, measure in zip(tables, measures, strict=True):
            said = measure(run)
            said.insert(0, "strategy", run.strategy)
            said.insert(1, "seed", run.seed)
            table.append(said)
    if not all(tables):
        raise DataError("no predictions: no light curve was left to test")
    return [pd.concat(table, ignore_index=True) for table in tables]
