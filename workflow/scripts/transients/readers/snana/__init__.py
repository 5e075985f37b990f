"""Read SNANA data: folders of FITS HEAD/PHOT pairs, plain or gzipped.

Both column layouts are read (BAND, DEC and the older FLT, DECL). Detections and the
survey's trigger are bits of PHOTFLAG; a pair without them counts S/N > 5 as detections.
Format: SNANA manual, section "FITS format", and A_FORMAT.TXT of the ELAsTiCC training
sample.

Options (the section snana of a data set):

files
    folder: path of a folder with pairs *_HEAD.FITS and *_PHOT.FITS, plain or .gz, which
    is searched with its subfolders.
class_map
    From the names of models to classes: a scheme of taxonomy.csv, or a mapping.
model
    HEAD column that names the model of an object (SIM_TYPE_NAME, SIM_TYPE_INDEX, ...).
    null or absent: the model is the name of the folder that holds the pair.
model_prefix
    What is taken off the folder's name, such as "ELASTICC_TRAIN_"; nothing by default.
model_in_id
    true: object_id is "model:SNID", for models that reuse an SNID; false by default.
passbands
    The file's passband name: ours. null leaves the observations of a passband out.
parts
    Number of jobs that share the pairs; 1 by default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from transients.errors import DataError
from transients.readers import Dataset
from transients.readers.observations import check_passbands
from transients.readers.snana.files import Pair, find_pairs
from transients.readers.snana.head import Head, Models, read_head
from transients.readers.snana.phot import read_phot
from transients.readers.tabular import require_path
from transients.readers.taxonomy import classify
from transients.tables import LIGHT_CURVES, OBJECTS, SurveyTables, dropped_frame


def count(options: Mapping[str, Any], dataset: Dataset) -> int:
    """Return the number of objects of a class in use in all HEAD files."""
    models = _models(options, dataset)
    pairs, _ = _pairs(models, dataset)
    return sum(int(read_head(pair, models).used.sum()) for pair in pairs)


def read(options: Mapping[str, Any], dataset: Dataset) -> Iterator[SurveyTables]:
    """Yield the tables of this part's pairs, pair by pair in the order of their paths.

    The pairs of models in use are dealt out in turn: pair i is of part i % parts.
    """
    key = f"datasets.{dataset.name}.snana"
    passbands = check_passbands(options["passbands"], dataset, key)
    models = _models(options, dataset)
    pairs, unused = _pairs(models, dataset)
    if unused and dataset.part == 0:
        yield _only_notes(dropped_frame(unused, "a model that is not used"))
    seen: dict[str, Pair] = {}
    for pair in pairs[dataset.part :: dataset.parts]:
        head = read_head(pair, models)
        _refuse_names_met(head, pair, seen)
        notes = _not_read(head, pair)
        if len(notes):
            yield _only_notes(notes)
        if (head.used & (head.n_obs > 0)).any():
            yield read_phot(pair, head, passbands, dataset, key)


def _models(options: Mapping[str, Any], dataset: Dataset) -> Models:
    column = options.get("model")
    finding = "object {name!r} has the model {label!r}"
    if column is None:
        finding = "a folder's name, less model_prefix, gives the model {label!r}"

    def classes(labels: pd.Series, source: Path) -> pd.Series:
        key = f"datasets.{dataset.name}.snana.class_map"
        return classify(labels, options["class_map"], dataset, source, key, finding)

    return Models(
        column,
        options.get("model_prefix", ""),
        options.get("model_in_id", False),
        classes,
    )


def _pairs(models: Models, dataset: Dataset) -> tuple[list[Pair], list[str]]:
    """Return the pairs that may hold objects in use, and the models of the others."""
    folder = dataset.files["folder"]
    require_path(folder, f"datasets.{dataset.name}.snana.files.folder")
    pairs = find_pairs(folder)
    if models.column is not None:
        return pairs, []
    names = sorted({models.of_folder(pair) for pair in pairs})
    classes = models.classes(pd.Series(names, index=names), folder)
    if not (classes != "").any():
        raise DataError(f"{folder}: none of its models {names} is of a class in use")
    unused = classes.index[classes == ""].tolist()
    return [pair for pair in pairs if models.of_folder(pair) not in unused], unused


def _refuse_names_met(head: Head, pair: Pair, seen: dict[str, Pair]) -> None:
    """Raise DataError for an object met before; add the names to those met."""
    names = head.objects["object_id"]
    if again := {*names[names.duplicated()], *(seen.keys() & set(names))}:
        name = min(again)
        raise DataError(
            f"{pair.head}: object {name!r} occurs twice, also in"
            f" {seen.get(name, pair).head} ({len(again)} such objects): if models reuse"
            " an SNID, set model_in_id: true"
        )
    seen.update(dict.fromkeys(names, pair))


def _not_read(head: Head, pair: Pair) -> pd.DataFrame:
    """List an empty HEAD file, and the objects without a class or observations."""
    names = head.objects["object_id"]
    if names.empty:
        return dropped_frame([pair.head.name], "a HEAD file without objects")
    reasons = pd.Series("", index=names.index)
    reasons[head.n_obs == 0] = "no measurement in the light curve"
    reasons[~head.used] = "class '" + head.labels[~head.used] + "' is not used"
    notes = pd.DataFrame({"object_id": names, "reason": reasons})
    return notes[reasons != ""]


def _only_notes(notes: pd.DataFrame) -> SurveyTables:
    objects, light_curves = OBJECTS.empty_table(), LIGHT_CURVES.empty_table()
    return SurveyTables(objects.to_pandas(), light_curves.to_pandas(), notes)
