"""An exported model that classifies new light curves as the workflow does the target's.

from transients.classifier import Classifier
model = Classifier("results/models/bts/warm_head")
probabilities, left_out = model.classify(pd.read_csv("light_curves.csv"))
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from transients.backends import choose_backend
from transients.encode_tables import encode_tables
from transients.encoding import Encoding, ModelInput, load
from transients.errors import DataError
from transients.new_light_curves import UNLABELLED, portions
from transients.tables import SurveyTables, TablesWriter, Vocabulary, dropped_frame

DESCRIPTION = "model.json"
FORMAT = 1

Show = Callable[[ModelInput, pd.DataFrame], object]
"""Is shown the input of some light curves, and the probabilities of each."""


@dataclass(frozen=True)
class ExportedModel:
    """What model.json says: see model_export.export_model.

    mwebv is the E(B-V) [mag] that is taken where none is known; None: it is not used.
    """

    encoding: Encoding
    networks: tuple[Path, ...]
    detections_only: bool
    mwebv: float | None
    compute: Mapping[str, str]


def read_model(folder: str | Path) -> ExportedModel:
    """Return the description of an exported model.

    Raises DataError if the folder has none, or one of another format.
    """
    path = Path(folder) / DESCRIPTION
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        if described["format"] != FORMAT:
            raise ValueError(f"its format is {described['format']}, not {FORMAT}")
        encoding, mwebv = described["encoding"], described["mwebv"]
        return ExportedModel(
            Encoding(
                wavelengths=described["passbands"],
                classes=tuple(described["classes"]),
                **{**encoding, "window": tuple(encoding["window"])},
            ),
            tuple(_inside(Path(folder), name) for name in described["networks"]),
            described["detections_only"],
            mwebv["missing"] if mwebv["used"] else None,
            described["compute"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path}: not the description of an exported model ({error}): give the"
            " folder that the workflow made, results/models/TARGET/STRATEGY"
        ) from error


def _inside(folder: Path, name: str) -> Path:
    if Path(name).name != name:
        raise ValueError(f"{name!r} is not a file of this folder")
    return folder / name


class Classifier:
    """The networks of an exported model, loaded in Keras' safe mode.

    Imports Keras, with the backend that the model was trained with unless another has
    been imported before.
    """

    def __init__(self, folder: str | Path) -> None:
        self.model = read_model(folder)
        choose_backend(self.model.compute)
        from transients.saved_networks import load_classifier

        self._networks = [load_classifier(path) for path in self.model.networks]
        for path, network in zip(self.model.networks, self._networks, strict=True):
            if network.output.shape[-1] != len(self.classes):
                raise DataError(f"{path}: its classes are not those of {DESCRIPTION}")

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, in the order of the probabilities."""
        return self.model.encoding.classes

    @property
    def columns(self) -> list[str]:
        """The columns of the table of probabilities."""
        return ["object_id", *(f"p_{name}" for name in self.classes)]

    def classify(self, light_curves: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return class probabilities, and (object_id, reason) of what was left out.

        light_curves has a row for each observation and the columns of
        new_light_curves.SCHEMA. Raises DataError for what cannot be read.
        """
        table = pa.Table.from_pandas(light_curves, preserve_index=False)
        passbands = tuple(self.model.encoding.wavelengths)
        results = [
            self.classify_tables(portion)
            for portion in portions([table], passbands, "light_curves")
        ]
        probabilities = [one for one, _ in results] or [self._no_probabilities()]
        left_out = [one for _, one in results] or [dropped_frame([], "")]
        return (
            pd.concat(probabilities, ignore_index=True),
            pd.concat(left_out, ignore_index=True),
        )

    def classify_tables(
        self, portion: SurveyTables, show: Show | None = None
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the same of one portion of whole light curves, as readers deliver it.

        They are encoded by the workflow's own encode_tables.
        """
        portion = self._as_in_training(portion)
        if portion.objects.empty:
            return self._no_probabilities(), portion.dropped
        encoding = self.model.encoding
        vocabulary = Vocabulary("light curves", {UNLABELLED}, set(encoding.wavelengths))
        with TemporaryDirectory() as scratch:
            objects = Path(scratch, "objects.parquet")
            points = Path(scratch, "light_curves.parquet")
            with TablesWriter(objects, points, vocabulary, {}) as writer:
                writer.write(portion)
            _, dropped = encode_tables(objects, points, encoding, scratch)
            model_input = load(scratch)
            probabilities = self._no_probabilities()
            if len(model_input):
                values = self._predict(model_input).astype(np.float32)
                probabilities = pd.DataFrame(values, columns=self.columns[1:])
                probabilities.insert(0, "object_id", model_input.object_id)
                if show is not None:
                    show(model_input, probabilities)
        return probabilities, pd.concat([portion.dropped, dropped], ignore_index=True)

    def _no_probabilities(self) -> pd.DataFrame:
        empty = pd.DataFrame(columns=self.columns, index=[]).astype(np.float32)
        return empty.astype({"object_id": object})

    def _predict(self, model_input: ModelInput) -> NDArray[np.floating]:
        from transients.batches import light_curve_source
        from transients.network_training import geometric_mean
        from transients.training import predict

        rows, fetch = np.arange(len(model_input)), light_curve_source(model_input)
        given = [predict(n, fetch, rows, model_input.lengths) for n in self._networks]
        return given[0] if len(given) == 1 else geometric_mean(given)

    def _as_in_training(self, portion: SurveyTables) -> SurveyTables:
        """Return the portion without a class, reduced to what the model was shown."""
        objects = portion.objects.assign(**{"class": UNLABELLED})
        points, notes = portion.light_curves, [portion.dropped]
        if self.model.detections_only:
            others = points.loc[~points["detected"], "object_id"].value_counts()
            reason = " observations that are no detections removed"
            notes.append(dropped_frame(others.index, ""))
            notes[-1]["reason"] = others.astype(str).to_numpy() + reason
            points = points[points["detected"]]
            lost = ~objects["object_id"].isin(points["object_id"].unique())
            notes.append(dropped_frame(objects.loc[lost, "object_id"], "no detection"))
            objects = objects[~lost].reset_index(drop=True)
        missing = objects["mwebv"].isna()
        if self.model.mwebv is not None:
            why = f"mwebv missing: {self.model.mwebv:.3g} mag taken, as in training"
            notes.append(dropped_frame(objects.loc[missing, "object_id"], why))
        objects["mwebv"] = objects["mwebv"].fillna(self.model.mwebv or 0.0)
        return SurveyTables(
            objects,
            points.reset_index(drop=True),
            pd.concat(notes, ignore_index=True),
        )
