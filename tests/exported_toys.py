"""Toy models as the workflow exports them, and light curves to show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from toys import TINY
from unit_toys import CLASSES, FAIR, FOREST, NAMES, TRANSFER

from transients import network_training
from transients.encode_tables import encode_tables
from transients.encoding import Encoding, load
from transients.features import extract
from transients.forest_scores import train_forest
from transients.model_export import export_model, has_detections_only
from transients.networks import Source
from transients.new_light_curves import portions
from transients.sampling import draw_sample
from transients.strategies import (
    BlendStrategy,
    NetworkStrategy,
    Strategy,
    TreeStrategy,
)
from transients.tables import SurveyTables, TablesWriter, Vocabulary
from transients.trees import Trees
from transients.units import Target, Unit

N = 60
BANDS = {"g": 0.48, "r": 0.62}
ENCODING = Encoding(BANDS, NAMES, min_points=3, trigger="first_detection")
STRATEGIES: dict[str, Strategy] = {
    "transfer": TRANSFER,
    "scratch_fair": FAIR,
    "zero_shot_mix": NetworkStrategy(None, ["ztf"], head="merged", class_mix=True),
    "members": NetworkStrategy(TRANSFER.recipe, ["ztf"], members=2),
    "features": TreeStrategy(FOREST),
    "zero_shot_trees": TreeStrategy(None, forest="sims", class_mix=True),
    "informed": TreeStrategy(FOREST, scores_of=["zero_shot_mix", "zero_shot_trees"]),
    "best": BlendStrategy({"zero_shot_mix": 1, "informed": 2}),
}
BUILT_ON = {
    "informed": ["zero_shot_mix", "zero_shot_trees"],
    "best": ["zero_shot_mix", "zero_shot_trees", "informed"],
}
ABOUT: dict[str, Any] = {
    "target": "bts",
    "compute": {"backend": "tensorflow", "precision": "float32"},
    "training": {"title": "toys", "real": False, "n_train": 20, "seed": 1},
}


def light_curves(n: int = N, points: int = 8, seed: int = 0) -> pd.DataFrame:
    """Observations of n objects, in the columns that the command reads."""
    rng = np.random.default_rng(seed)
    size = n * points
    return pd.DataFrame(
        {
            "object_id": np.repeat([f"SN {i}" for i in range(n)], points),
            "mjd": 58000.0 + np.tile(np.arange(points), n) * 3.0,
            "passband": rng.choice(["g", "r"], size),
            "flux": rng.uniform(500, 5000, size).round(1),
            "flux_err": 50.0,
            "mwebv": np.repeat(rng.uniform(0, 0.2, n).round(3), points),
        }
    )


def as_arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)


@dataclass(frozen=True)
class Exports:
    """One unit of a toy data set, and its strategies, exported when asked for."""

    folder: Path
    source: Source

    @cached_property
    def data(self) -> Path:
        """The folder of the data set's two tables and of its model input."""
        data = self.folder / "data"
        data.mkdir()
        paths = data / "objects.parquet", data / "light_curves.parquet"
        with TablesWriter(*paths, Vocabulary("toys", NAMES, BANDS), {}) as writer:
            for portion in portions([as_arrow(light_curves())], tuple(BANDS), "toys"):
                labels = [NAMES[i % 3] for i in range(N)]
                writer.write(_with_classes(portion, labels))
        encode_tables(*paths, ENCODING, data)
        return data

    @cached_property
    def unit(self) -> Unit:
        given = load(self.data)
        sample = draw_sample(N, 20, ("bts", 1), validation_fraction=0.2)
        target = Target("bts", CLASSES, given, extract(given, ENCODING), NAMES[:2])
        return Unit(target, 20, 1, sample, TINY, {"ztf": self.source})

    @cached_property
    def forests(self) -> dict[str, Trees]:
        """A forest that knows other light curves alone, of the same classes."""
        features = self.unit.target.features
        assert features is not None
        simulated = features.sample(frac=1, random_state=1).assign(**{"class": "SN Ia"})
        simulated.loc[simulated.index % 3 == 1, "class"] = "SN II"
        simulated.loc[simulated.index % 7 == 2, "class"] = "TDE"
        return {"sims": train_forest("sims", [simulated], features, CLASSES, FOREST)}

    def model(self, name: str) -> Path:
        """Return the folder of an exported strategy."""
        folder = self.folder / name
        if folder.exists():
            return folder
        ours = {one: STRATEGIES[one] for one in [*BUILT_ON.get(name, []), name]}
        only = has_detections_only(self.data / "light_curves.parquet")
        about = {**ABOUT, "strategy": name, "detections_only": only}
        forests = self.forests if "zero_shot_trees" in ours else None
        with pytest.MonkeyPatch.context() as fresh:
            fresh.setattr(network_training, "_NETWORKS", {})
            export_model(self.unit, ours, ENCODING, about, folder, forests)
        return folder

    @cached_property
    def unit_with_scores(self) -> Unit:
        """The unit, and what the forest says of its objects."""
        features = extract(load(self.data), ENCODING)
        scores = {name: one.predict(features) for name, one in self.forests.items()}
        return replace(self.unit, forest_scores=scores)


def _with_classes(portion: SurveyTables, labels: Sequence[str]) -> SurveyTables:
    objects = portion.objects.assign(**{"class": labels})
    return SurveyTables(objects, portion.light_curves)
