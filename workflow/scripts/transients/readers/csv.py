"""Read light curves from CSV files: a label table and photometry, plain or gzipped.

Options (the section csv of a data set; null or absent means the file has no such
column, columns that are not named are not looked at):

files
    labels: path of the label table, a CSV with a header and one row per object.
    light_curves: path of a folder with one <object_id>.csv or <object_id>.csv.gz per
    object, or of one long CSV with the observations of all objects.
class_map
    The scheme of taxonomy.csv that turns the survey's labels into classes.
labels
    Column names of the label table. object_id and class are required; ra and dec
    (decimal degrees, or sexagesimal hours and degrees), redshift, mwebv (Milky Way
    E(B-V) [mag]) and a_v (Milky Way A_V [mag], used where mwebv is missing:
    E(B-V) = A_V / 3.1) may be null. Missing numbers stay missing.
light_curves
    Column names of the photometry. object_id is required for one long file and null
    for a folder, where the file name is the object. mjd and passband are required,
    and either magnitude and magnitude_err (AB) or flux and flux_err. detected holds
    true/false or 1/0; without it magnitudes are detections and so are fluxes
    with S/N > 5.
passbands
    The file's passband name: ours, one of the data set's passbands; names are compared
    as text ("0": u). null leaves the observations of a passband out and lists them.
zero_point
    AB zero point [mag] of the flux columns, 27.5 by default; not used for magnitudes.
mjd_offset
    Days added to the time column, 0 by default (-2400000.5 for Julian dates).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from transients.errors import ConfigurationError, DataError
from transients.readers import Dataset
from transients.readers.labels import read_labels
from transients.readers.observations import (
    Form,
    Where,
    check_passbands,
    clean,
    decode,
    words_and_codes,
)
from transients.readers.tabular import require_columns, require_path, stream
from transients.tables import ZERO_POINT, SurveyTables, dropped_frame

PORTION = 2000
"""Objects per portion."""

TEXT = ("object_id", "passband", "detected")
"""The columns of photometry that are read as text."""

SUFFIXES = (".csv", ".csv.gz")


@dataclass(frozen=True)
class Photometry:
    """The light curves found: of which objects, of what strangers, and their rows.

    present (n_objects,) marks the labelled objects in use; strangers are the names
    that the label table does not know; portions yields the rows of PORTION objects.
    """

    present: NDArray[np.bool_]
    strangers: list[str]
    portions: Iterator[pd.DataFrame]


def count(options: Mapping[str, Any], dataset: Dataset) -> int:
    """Return the number of objects of a class in use in the label table."""
    key = f"datasets.{dataset.name}.csv"
    labels, _ = read_labels(options["labels"], options["class_map"], dataset, key)
    return len(labels)


def read(options: Mapping[str, Any], dataset: Dataset) -> Iterator[SurveyTables]:
    """Yield the tables of a data set in the order of its label table."""
    key = f"datasets.{dataset.name}.csv"
    form = _form(options, dataset, key)
    source = dataset.files["light_curves"]
    require_path(source, f"{key}.files.light_curves")
    objects, dropped = read_labels(
        options["labels"], options["class_map"], dataset, key
    )
    known = {*objects["object_id"], *dropped["object_id"]}
    collect = _from_folder if source.is_dir() else _from_long_file
    found = collect(source, objects, known, form, dataset)
    if not found.present.any():
        raise DataError(
            f"label table without a match: no object in use of"
            f" {dataset.files['labels']} has a light curve in {source}; compare the"
            f" names in {key}.labels.object_id with those of the light curves"
        )
    absent = objects.loc[~found.present, "object_id"]
    notes = [
        dropped,
        dropped_frame(absent, "labelled, but no light curve"),
        dropped_frame(found.strangers, "no label"),
    ]
    for rows in found.portions:
        portion = clean(objects, rows, dataset.passbands)
        listed = pd.concat([*notes, portion.dropped], ignore_index=True)
        yield replace(portion, dropped=listed)
        notes = []


def _form(options: Mapping[str, Any], dataset: Dataset, key: str) -> Form:
    """Return the checked form of the photometry."""
    given = options["light_curves"]
    columns = {name: column for name, column in given.items() if column is not None}
    pairs = [{k, f"{k}_err"} & columns.keys() for k in ("magnitude", "flux")]
    if sorted(map(len, pairs)) != [0, 2]:
        raise ConfigurationError(
            f"{key}.light_curves: name the columns of either magnitude and"
            " magnitude_err or flux and flux_err, and of no other pair"
        )
    for name in {"mjd", "passband"} - columns.keys():
        raise ConfigurationError(f"{key}.light_curves.{name}: a column is required")
    return Form(
        columns,
        check_passbands(options["passbands"], dataset, key),
        float(options.get("zero_point", ZERO_POINT)),
        float(options.get("mjd_offset", 0.0)),
        key,
    )


def _from_folder(
    folder: Path, objects: pd.DataFrame, known: set[str], form: Form, dataset: Dataset
) -> Photometry:
    """Find one file per object in a folder."""
    if "object_id" in form.columns:
        raise ConfigurationError(
            f"{form.key}.light_curves.object_id: must be null, because {folder} is a"
            " folder, in which the file name is the object"
        )
    files: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        suffix = next((s for s in SUFFIXES if path.name.endswith(s)), None)
        if suffix is None:
            continue
        name = path.name.removesuffix(suffix)
        if name in files:
            raise DataError(f"object {name!r} has two files: {files[name]} and {path}")
        files[name] = path
    present = objects["object_id"].isin(list(files)).to_numpy(dtype=bool)
    strangers = [name for name in files if name not in known]
    owners = np.flatnonzero(present)
    portions = (
        _read_files(owners[i : i + PORTION], objects, files, form, dataset)
        for i in range(0, len(owners), PORTION)
    )
    return Photometry(present, strangers, portions)


def _read_files(
    owners: NDArray[np.intp],
    objects: pd.DataFrame,
    files: Mapping[str, Path],
    form: Form,
    dataset: Dataset,
) -> pd.DataFrame:
    """Read the files of some objects."""
    names = objects["object_id"].iloc[owners].tolist()
    tables = []
    for name in names:
        batches = list(stream(files[name], form.columns, TEXT, _light_curves(form)))
        if not sum(batch.num_rows for batch in batches):
            raise DataError(
                f"{files[name]}: object {name!r} has an empty light curve: remove the"
                f" file, or the object from {dataset.files['labels']}"
            )
        tables.append(pa.Table.from_batches(batches))
    lengths = [table.num_rows for table in tables]
    starts = np.cumsum([0, *lengths])

    def where(row: int) -> str:
        i = int(np.searchsorted(starts, row, side="right")) - 1
        return f"{files[names[i]]}: object {names[i]!r}, line {row - starts[i] + 2}"

    owner = np.repeat(owners, lengths).astype(np.int32)
    return decode(pa.concat_tables(tables), owner, form, dataset, where)


def _light_curves(form: Form) -> str:
    return f"{form.key}.light_curves"


def _from_long_file(
    path: Path, objects: pd.DataFrame, known: set[str], form: Form, dataset: Dataset
) -> Photometry:
    """Read one file with all observations, keeping those of objects in use."""
    if "object_id" not in form.columns:
        raise ConfigurationError(
            f"{_light_curves(form)}.object_id: a column is required, because {path} is"
            " one file and not a folder"
        )
    require_columns(path, form.columns, _light_curves(form))
    position = {name: i for i, name in enumerate(objects["object_id"])}
    strangers: dict[str, None] = {}
    blocks: list[pd.DataFrame] = []
    line = 2
    for batch in stream(path, form.columns, TEXT, _light_curves(form)):
        words, codes = words_and_codes(batch["object_id"])
        strangers.update(dict.fromkeys(w for w in words if w not in known))
        owner = np.array([position.get(w, -1) for w in words], np.int32)[codes]
        rows = np.flatnonzero(owner >= 0)
        table = pa.Table.from_batches([batch]).take(pa.array(rows))
        where = _long_where(path, line + rows, table)
        blocks.append(decode(table, owner[rows], form, dataset, where))
        line += batch.num_rows
    if line == 2:
        raise DataError(f"{path}: the file has no observations")
    return _in_portions(blocks, len(objects), list(strangers))


def _long_where(path: Path, lines: NDArray[np.intp], table: pa.Table) -> Where:
    """Return the function that says where a row of a block of a long file is."""
    return lambda row: (
        f"{path}: object {table['object_id'][row].as_py()!r}, line {lines[row]}"
    )


def _in_portions(
    blocks: list[pd.DataFrame], n_objects: int, strangers: list[str]
) -> Photometry:
    """Put the rows of a long file into portions of PORTION objects."""
    rows = pd.concat(blocks, ignore_index=True)
    blocks.clear()
    owner = rows["owner"].to_numpy()
    present = np.bincount(owner, minlength=n_objects) > 0
    order = np.argsort(owner, kind="stable")
    firsts = np.flatnonzero(present)[::PORTION]
    bounds = [*np.searchsorted(owner[order], firsts), len(order)]
    portions = (rows.iloc[order[start:stop]] for start, stop in pairwise(bounds))
    return Photometry(present, strangers, portions)
