"""The tables of the report: which there are, and what of each is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from transients.aggregation import summarise
from transients.averages import AVERAGES

TITLES = {
    "performance": "AUROC of every strategy",
    "paired": "Strategies in pairs",
    "label_efficiency": "Labels that strategies need",
    "claims": "Claims of the paper",
    "claims_by_data": "Claims, by kind of data",
    "calibration": "Calibration of the probabilities",
    "training_time": "Training times",
    "resources": "What the jobs used",
    "class_counts": "Objects of each class",
    "realism": "Simulations beside the target's light curves",
    "ablation": "What each ingredient is worth",
    "provenance": "Configuration and versions",
}


def shown_part(name: str, table: pd.DataFrame, centre_and_spread: str) -> pd.DataFrame:
    """Return what the report shows of a table, by the name of its file.

    The runs of the performance table are summed up by centre_and_spread; tables with a
    row for each class are cut to the averages; claims have their verdict beside them.
    """
    if name == "performance":
        return summarise(table, centre_and_spread)
    if name in ("paired", "label_efficiency"):
        return table[table["class"].isin(AVERAGES)]
    if name == "claims":  # the verdict where it is seen on a narrow screen
        first = ["name", "claim", "verdict"]
        return table[first + [column for column in table if column not in first]]
    return table


def provenance_rows(provenance: Mapping[str, Any]) -> pd.DataFrame:
    """Return of, key and value of all that decided a run; keys joined by dots.

    The files that it made are left out.
    """
    rows = [
        (part, ".".join(keys), str(value))
        for part in ("code", "packages", "data", "configuration")
        for keys, value in _leaves(provenance[part], ())
    ]
    return pd.DataFrame(rows, columns=["of", "key", "value"])


def _leaves(tree: Any, keys: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    if not isinstance(tree, Mapping):
        return [(keys, tree)]
    return [
        leaf
        for key, below in tree.items()
        for leaf in _leaves(below, (*keys, str(key)))
    ]
