"""Export of a strategy, trained on one unit, for light curves to come."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transients.blending import run_blend
from transients.encoding import Encoding
from transients.exported_model import DESCRIPTION
from transients.largest_fluxes import usual_range
from transients.model_card import model_card
from transients.model_schema import FORMAT
from transients.network_training import run_networks
from transients.saved_trees import save_trees
from transients.strategies import (
    BlendStrategy,
    NetworkStrategy,
    Strategy,
    TreeStrategy,
    in_order,
)
from transients.tables import ZERO_POINT
from transients.tree_training import run_trees
from transients.trees import Trees
from transients.unit_tables import scores_table
from transients.units import Outcome, Unit

log = logging.getLogger(__name__)


def export_model(
    unit: Unit,
    strategies: Mapping[str, Strategy],
    encoding: Encoding,
    about: Mapping[str, Any],
    folder: Path,
    forests: Mapping[str, Trees] | None = None,
) -> None:
    """Train strategies as their unit does, and write all that one of them needs.

    strategies has the one that is exported, about["strategy"], and those that it refers
    to; forests are those that they take, by name. about has target, compute and
    detections_only, too, and training: what is known of the data and of the code. The
    AUROC in the description is that of this very model, on the unit's test set.
    """
    folder.mkdir(parents=True)
    unit = replace(unit, forest_scores=_scores(unit, forests or {}))
    outcomes: dict[str, Outcome] = {}
    written = []
    for name in in_order(strategies):
        log.info("strategy %s", name)
        files = _Files(folder, name, unit.target.classes.names)
        outcomes[name] = _run(unit, strategies[name], outcomes, files, forests or {})
        written.append(files)
    answered = outcomes[about["strategy"]].probabilities[unit.sample.test]
    used = any(files.use_mwebv for files in written)
    described = {
        **about,
        **_preprocessing(encoding),
        "largest_flux": usual_range(
            unit.target.model_input.largest_flux * encoding.flux_scale
        ),
        "strategies": [
            {**_described(unit, strategies[files.strategy]), **files.described}
            for files in written
        ],
        "mwebv": {"used": used, "missing": _missing_mwebv(unit)},
        "training": {**about["training"], **_learnt_from(unit, strategies)},
        "test": {
            "n": len(unit.sample.test),
            "auroc": _aurocs(scores_table(unit, answered)),
        },
    }
    _write(described, folder)


def _write(described: Mapping[str, Any], folder: Path) -> None:
    text = json.dumps(described, indent=1, allow_nan=False)
    (folder / DESCRIPTION).write_text(text + "\n", encoding="utf-8")
    (folder / "README.md").write_text(model_card(described), encoding="utf-8")


@dataclass
class _Files:
    """Writes what a strategy has trained, and keeps in mind what that is."""

    folder: Path
    strategy: str
    classes: tuple[str, ...]
    names: list[str] = field(default_factory=list)
    use_mwebv: bool = False

    @property
    def described(self) -> dict[str, Any]:
        """The strategy's name, and those of its files."""
        return {"name": self.strategy, "files": self.names}

    def add_network(self, network: keras.Model) -> None:
        self.names.append(f"{self.strategy}_{len(self.names)}.keras")
        network.save(self.folder / self.names[-1])
        self.use_mwebv |= any(one.name == "dense_metadata" for one in network.layers)

    def add_trees(self, trees: Trees) -> None:
        self.names.append(f"{self.strategy}.parquet")
        save_trees(trees, self.classes, self.folder / self.names[-1])
        self.use_mwebv = True  # features are corrected for it


def _scores(unit: Unit, forests: Mapping[str, Trees]) -> dict[str, np.ndarray]:
    if not forests:
        return {}
    assert unit.target.features is not None  # see the rule's input
    return {name: f.predict(unit.target.features) for name, f in forests.items()}


def _run(
    unit: Unit,
    strategy: Strategy,
    before: Mapping[str, Outcome],
    files: _Files,
    forests: Mapping[str, Trees],
) -> Outcome:
    """Run a strategy as fine_tuning.run_unit does, and write what it trains."""
    if isinstance(strategy, BlendStrategy):
        return run_blend(strategy, before)
    if isinstance(strategy, NetworkStrategy):
        return run_networks(unit, strategy, files.add_network)
    if strategy.forest is not None:
        files.add_trees(forests[strategy.forest])
    return run_trees(unit, strategy, before, files.add_trees)


def _described(unit: Unit, strategy: Strategy) -> dict[str, Any]:
    """Return what exported_model.ExportedStrategy is made of, files aside."""
    if isinstance(strategy, NetworkStrategy):
        return {"kind": "network"}
    if isinstance(strategy, BlendStrategy):
        return {"kind": "blend", "of": dict(strategy.of)}
    shares = unit.target.classes.shares.tolist() if strategy.class_mix else None
    return {
        "kind": "trees",
        "scores_of": list(strategy.scores_of),
        "shares": shares,
    }


def _preprocessing(encoding: Encoding) -> dict[str, Any]:
    """Return what new light curves go through."""
    return {
        "format": FORMAT,
        "classes": list(encoding.classes),
        "passbands": dict(encoding.wavelengths),
        "encoding": {
            "window": list(encoding.window),
            "flux_scale": encoding.flux_scale,
            "min_points": encoding.min_points,
            "max_points": encoding.max_points,
            "trigger": encoding.trigger,
        },
        "zero_point": ZERO_POINT,
    }


def _learnt_from(unit: Unit, strategies: Mapping[str, Strategy]) -> dict[str, Any]:
    """Return the number of labels, and the names of source models and forests."""
    members = [s for s in strategies.values() if not isinstance(s, BlendStrategy)]
    networks = [s for s in members if isinstance(s, NetworkStrategy)]
    trees = [s for s in members if isinstance(s, TreeStrategy)]
    labelled = len(unit.sample.labelled) if any(s.needs_labels for s in members) else 0
    return {
        "n_labelled": labelled,
        "sources": sorted({source for s in networks for source in s.sources}),
        "forests": sorted({s.forest for s in trees if s.forest is not None}),
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
