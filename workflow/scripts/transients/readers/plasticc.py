"""Read the public CSV files of PLAsTiCC (Zenodo record 2539456), plain or gzipped.

Fluxes are FLUXCAL (zero point 27.5). Both the first release (columns target,
hostgal_specz and detected) and the later, unblinded one (true_target, true_z and
detected_bool) are read; a redshift of 0 or less, which the survey writes for Galactic
or unknown objects, is missing. Options:

files
    metadata: path of the table of objects.
    light_curves: path of one file of light curves, or of a folder of several. An
    object's observations are in one file.
class_map
    From the targets to classes: the scheme plasticc of taxonomy.csv, or a mapping.
passbands
    The file's passband number: ours; by default 0 to 5 are u, g, r, i, z, y. null
    leaves the observations of a passband out and lists them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from transients.errors import DataError
from transients.readers import Dataset
from transients.readers.csv import light_curve_files, read_csv
from transients.readers.labels import read_labels
from transients.readers.tabular import header, require_path
from transients.tables import ZERO_POINT, SurveyTables

METADATA = {
    "object_id": ("object_id",),
    "class": ("true_target", "target"),
    "ra": ("ra",),
    "dec": ("decl",),
    "redshift": ("true_z", "hostgal_specz"),
    "mwebv": ("mwebv",),
}
LIGHT_CURVES = {
    **{name: (name,) for name in ("object_id", "mjd", "passband", "flux", "flux_err")},
    "detected": ("detected_bool", "detected"),
}
"""Our names and those of the survey, the first of them that a file has."""

PASSBANDS = {str(number): name for number, name in enumerate("ugrizy")}


def count(options: Mapping[str, Any], dataset: Dataset) -> int:
    """Return the number of objects of a class in use in the metadata."""
    dataset, key = _with_labels(dataset)
    columns = _label_columns(dataset)
    return len(read_labels(columns, options["class_map"], dataset, key)[0])


def read(options: Mapping[str, Any], dataset: Dataset) -> Iterator[SurveyTables]:
    """Yield the tables of a data set."""
    dataset, key = _with_labels(dataset)
    require_path(dataset.files["light_curves"], f"{key}.files.light_curves")
    as_csv = {
        "class_map": options["class_map"],
        "labels": _label_columns(dataset),
        "light_curves": _columns(light_curve_files(dataset)[0], LIGHT_CURVES),
        "passbands": options.get("passbands", PASSBANDS),
        "zero_point": ZERO_POINT,
    }
    for portion in read_csv(as_csv, dataset, key):
        redshift = portion.objects["redshift"]
        known = portion.objects.assign(redshift=redshift.where(redshift > 0))
        yield replace(portion, objects=known)


def _with_labels(dataset: Dataset) -> tuple[Dataset, str]:
    """Return the data set with its metadata as the label table, and its key."""
    key = f"datasets.{dataset.name}.plasticc"
    require_path(dataset.files["metadata"], f"{key}.files.metadata")
    files = {**dataset.files, "labels": dataset.files["metadata"]}
    return replace(dataset, files=files), key


def _label_columns(dataset: Dataset) -> dict[str, str]:
    names = dict(METADATA)
    if not dataset.labelled:  # the challenge's own test set has no targets
        del names["class"]
    return _columns(dataset.files["labels"], names)


def _columns(path: Path, names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the survey's columns of a file under our names."""
    columns = header(path)
    chosen = {}
    for ours, theirs in names.items():
        found = [name for name in theirs if name in columns]
        if not found:
            raise DataError(
                f"{path}: no column {' or '.join(map(repr, theirs))}, so not this"
                f" table of PLAsTiCC; its columns: {', '.join(columns)}"
            )
        chosen[ours] = found[0]
    return chosen
