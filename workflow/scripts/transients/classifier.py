"""An exported model that classifies new light curves as the workflow does the target's.

from transients.classifier import Classifier
model = Classifier("results/models/bts/warm_head")
probabilities, left_out = model.classify(pd.read_csv("light_curves.csv"))
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from transients.backends import choose_backend
from transients.encode_tables import encode_tables
from transients.encoding import ModelInput, load
from transients.errors import DataError
from transients.exported_model import read_model
from transients.largest_fluxes import are_odd, on_another_scale
from transients.new_light_curves import UNLABELLED, portions
from transients.tables import SurveyTables, TablesWriter, Vocabulary, dropped_frame

Show = Callable[[ModelInput, pd.DataFrame], object]
"""Is shown the input of some light curves, and the probabilities of each."""


class Classifier:
    """An exported model: networks, loaded in Keras' safe mode, forests and blends.

    Imports Keras, with the backend that the model was trained with unless another has
    been imported before.
    """

    def __init__(self, folder: str | Path) -> None:
        self.model = read_model(folder)
        choose_backend(self.model.compute)
        from transients.exported_strategies import load_strategy

        self._strategies = [
            load_strategy(one, self.classes) for one in self.model.strategies
        ]

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
        try:
            table = pa.Table.from_pandas(light_curves, preserve_index=False)
        except (pa.ArrowException, ValueError) as error:
            raise DataError(f"light_curves: {error}") from error
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
                odd = self._odd_fluxes(model_input)
                dropped = pd.concat([dropped, odd], ignore_index=True)
                values = self._predict(model_input).astype(np.float32)
                probabilities = pd.DataFrame(values, columns=self.columns[1:])
                probabilities.insert(0, "object_id", model_input.object_id)
                if show is not None:
                    show(model_input, probabilities)
        return probabilities, pd.concat([portion.dropped, dropped], ignore_index=True)

    def _odd_fluxes(self, model_input: ModelInput) -> pd.DataFrame:
        """Return (object_id, reason) of light curves far from the model's data set.

        Raises DataError if they are on another scale.
        """
        low, high = self.model.largest_flux
        largest = model_input.largest_flux * self.model.encoding.flux_scale
        known = (
            f"{low:.3g} to {high:.3g} in the model's data set: is the zero point 27.5?"
        )
        if on_another_scale(largest, self.model.largest_flux):
            raise DataError(
                f"{len(largest)} light curves on another scale than the model's: their"
                f" largest fluxes have the median {np.median(largest):.3g}; they"
                f" are {known}"
            )
        odd = are_odd(largest, self.model.largest_flux)
        notes = dropped_frame(model_input.object_id[odd], "")
        notes["reason"] = [
            f"classified all the same: largest flux {flux:.3g}, {known}"
            for flux in largest[odd]
        ]
        return notes

    def _no_probabilities(self) -> pd.DataFrame:
        empty = pd.DataFrame(columns=self.columns, index=[]).astype(np.float32)
        return empty.astype({"object_id": object})

    def _predict(self, model_input: ModelInput) -> NDArray[np.float64]:
        """Return the answer of the last strategy, to which the others' are shown."""
        from transients.exported_strategies import Shown

        shown = Shown(model_input, self.model.encoding)
        for strategy in self._strategies:
            shown.answers[strategy.name] = strategy.answer(shown)
        return shown.answers[self._strategies[-1].name]

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
        if self.model.encoding.trigger != "survey":
            told = objects.loc[objects["trigger_mjd"].notna(), "object_id"]
            why = f"trigger_mjd not used: the model takes {self.model.encoding.trigger}"
            notes.append(dropped_frame(told, why))
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
