"""Export of a strategy's networks, trained on one unit, for light curves to come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transients.classifier import DESCRIPTION, FORMAT
from transients.encoding import Encoding
from transients.model_card import model_card
from transients.network_training import run_networks
from transients.strategies import NetworkStrategy
from transients.tables import ZERO_POINT
from transients.unit_tables import scores_table
from transients.units import Unit


def export_model(
    unit: Unit,
    strategy: NetworkStrategy,
    encoding: Encoding,
    about: Mapping[str, Any],
    folder: Path,
) -> None:
    """Train a strategy as its unit does, and write its networks and what they need.

    about has target, strategy, compute, detections_only, and training: what is known of
    the data and of the code. The AUROC in the description is that of these very
    networks, on the unit's test set.
    """
    folder.mkdir(parents=True)
    networks: list[str] = []
    used: list[bool] = []

    def keep(network: keras.Model) -> None:
        networks.append(f"network_{len(networks)}.keras")
        used.append(any(layer.name == "dense_metadata" for layer in network.layers))
        network.save(folder / networks[-1])

    outcome = run_networks(unit, strategy, keep)
    scores = scores_table(unit, outcome.probabilities[unit.sample.test])
    described = {
        **about,
        **_described(unit, strategy, encoding),
        "networks": networks,
        "mwebv": {"used": any(used), "missing": _missing_mwebv(unit)},
        "test": {"n": len(unit.sample.test), "auroc": _aurocs(scores)},
    }
    described["training"] = {**about["training"], **described["training"]}
    text = json.dumps(described, indent=1, allow_nan=False)
    (folder / DESCRIPTION).write_text(text + "\n", encoding="utf-8")
    (folder / "README.md").write_text(model_card(described), encoding="utf-8")


def _described(
    unit: Unit, strategy: NetworkStrategy, encoding: Encoding
) -> dict[str, Any]:
    """Return the preprocessing of new light curves, and what was learnt from."""
    n_labelled = len(unit.sample.labelled) if strategy.needs_labels else 0
    return {
        "format": FORMAT,
        "classes": list(unit.target.classes.names),
        "passbands": dict(encoding.wavelengths),
        "encoding": {
            "window": list(encoding.window),
            "flux_scale": encoding.flux_scale,
            "min_points": encoding.min_points,
            "max_points": encoding.max_points,
            "trigger": encoding.trigger,
        },
        "zero_point": ZERO_POINT,
        "training": {"n_labelled": n_labelled, "sources": list(strategy.sources)},
    }


def has_detections_only(light_curves_path: str | Path) -> bool:
    """Say whether a data set has no observation that is not a detection."""
    with pq.ParquetFile(light_curves_path) as file:
        batches = file.iter_batches(columns=["detected"])
        return all(pc.all(batch["detected"]).as_py() for batch in batches)


def _missing_mwebv(unit: Unit) -> float:
    """Return what stands for a missing E(B-V): the median [mag], as in the encoding.

    Values that were filled with the median have not changed it.
    """
    return float(np.median(unit.target.model_input.metadata))


def _aurocs(scores: pd.DataFrame) -> list[dict[str, Any]]:
    rows = scores[["class", "n_test_class", "auroc"]].to_dict("records")
    return [
        {
            "class": row["class"],
            "n_test": int(row["n_test_class"]),
            "auroc": None if np.isnan(row["auroc"]) else float(row["auroc"]),
        }
        for row in rows
    ]
