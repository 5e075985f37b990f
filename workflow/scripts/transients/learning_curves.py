"""Losses by epoch of source models and of units, as one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from transients.errors import DataError

CURVE_COLUMNS = ["name", "seed", "member", "epoch", "loss", "val_loss"]
"""name is of a source model or a strategy, member counts the networks of an ensemble;
val_loss is NaN without validation."""


def curves_of_sources(summaries: Mapping[tuple[str, int], Any]) -> pd.DataFrame:
    """Return CURVE_COLUMNS of source models, from their summaries by name and seed.

    Published weights were not trained here and have no history.
    """
    curves = [
        pd.DataFrame(summary["history"]).assign(name=name, seed=seed, member=0)
        for (name, seed), summary in summaries.items()
        if "history" in summary
    ]
    empty = pd.DataFrame(columns=CURVE_COLUMNS)
    return pd.concat(curves, ignore_index=True)[CURVE_COLUMNS] if curves else empty


def curves_of_unit(history: pd.DataFrame) -> pd.DataFrame:
    """Return CURVE_COLUMNS of a unit's networks, from its table of losses.

    Raises DataError if the unit trained no network.
    """
    if history.empty:
        raise DataError(
            "this unit trained no network, so it has no learning curves: ask for a"
            " number of labels at which a strategy of kind network is trained"
        )
    return history.rename(columns={"strategy": "name"})[CURVE_COLUMNS]
