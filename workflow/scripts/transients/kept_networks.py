"""The weights of trained networks as a table, to ask them again without training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from transients.errors import DataError

Weights = list[NDArray[np.float32]]
"""Of what was trained of one network: the head alone where the rest is frozen."""

STORED = np.dtype("<f4")


def networks_table(networks: Sequence[Weights]) -> pd.DataFrame:
    """Return member, array, shape and weights (bytes), a row for each array.

    member numbers the networks of a strategy, array the weights of each, in
    Keras' order.
    """
    rows = [
        (member, place, list(array.shape), array.astype(STORED).tobytes())
        for member, network in enumerate(networks)
        for place, array in enumerate(network)
    ]
    table = pd.DataFrame(rows, columns=["member", "array", "shape", "weights"])
    return table.astype({"member": "int64", "array": "int64"})


def read_networks(path: str | Path, strategy: str) -> list[Weights]:
    """Return the weights of each network that a unit's strategy has trained.

    Raises DataError if none are kept in the file.
    """
    table = pd.read_parquet(path, filters=[("strategy", "==", strategy)])
    if table.empty:
        raise DataError(f"{path}: keeps no network of strategy {strategy!r}")
    ordered = table.sort_values(["member", "array"])
    return [
        [
            np.frombuffer(weights, STORED).reshape(np.asarray(shape, int))
            for weights, shape in zip(rows["weights"], rows["shape"], strict=True)
        ]
        for _, rows in ordered.groupby("member")
    ]
