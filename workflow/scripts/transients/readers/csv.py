"""Read light curves from CSV files: a label table and photometry, plain or gzipped.

Options (the section csv of a data set; null or absent means the file has no such
column, columns that are not named are not looked at):

files
    labels: path of the label table, a CSV with a header and one row per object.
    light_curves: path of a folder with one <object_id>.csv or <object_id>.csv.gz per
    object, of one long CSV with the observations of all objects, or of a folder of
    such long ones.
class_map
    From the survey's labels to classes: a scheme of taxonomy.csv, or a mapping.
labels
    Column names of the label table. object_id is required, and class but for light
    curves that are to be classified, of which no label is looked at; ra and dec
    (decimal degrees, or sexagesimal hours and degrees), redshift, mwebv (Milky Way
    E(B-V) [mag]) and a_v (Milky Way A_V [mag], used where mwebv is missing:
    E(B-V) = A_V / 3.1) may be null. Missing numbers stay missing; unreadable and
    impossible ones are listed and taken as missing.
light_curves
    Column names of the photometry. object_id is required for long files; where it is
    null, the name of each file is the object. mjd and passband are required, and
    either magnitude and magnitude_err (AB) or flux and flux_err. detected holds
    true/false or 1/0; without it magnitudes are detections and so are fluxes
    with S/N > 5. zero_point is the AB zero point [mag] of each flux.
passbands
    The file's passband name: ours, one of the data set's passbands; names are compared
    as text ("0": u). null leaves the observations of a passband out and lists them.
zero_point
    AB zero point [mag] of all fluxes (27.5 for FLUXCAL), required where no column of
    light_curves gives it; not used for magnitudes.
mjd_offset
    Days added to the time column, 0 by default (-2400000.5 for Julian dates).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from transients.errors import ConfigurationError, DataError
from transients.readers import Dataset, portions
from transients.readers.labels import read_labels
from transients.readers.observations import (
    Form,
    Where,
    check_passbands,
    decode,
    words_and_codes,
)
from transients.readers.portions import Catalogue, in_portions, survey_tables
from transients.readers.tabular import line_of, require_path, stream
from transients.tables import ZERO_POINT, SurveyTables

TEXT = ("object_id", "passband", "detected")
"""The columns of photometry that are read as text."""

SUFFIXES = (".csv", ".csv.gz")


def count(options: Mapping[str, Any], dataset: Dataset) -> int:
    """Return the number of objects of a class in use in the label table."""
    key = f"datasets.{dataset.name}.csv"
    labels, _ = read_labels(options["labels"], options["class_map"], dataset, key)
    return len(labels)


def read(options: Mapping[str, Any], dataset: Dataset) -> Iterator[SurveyTables]:
    """Yield the tables of a data set."""
    return read_csv(options, dataset, f"datasets.{dataset.name}.csv")


def read_csv(
    options: Mapping[str, Any], dataset: Dataset, key: str
) -> Iterator[SurveyTables]:
    """Yield the tables of a data set whose options stand under that key.

    Objects follow the label table, from long files of more than portions.HELD rows
    roughly the order of the files.
    """
    form = _form(options, dataset, key)
    source = dataset.files["light_curves"]
    require_path(source, f"{key}.files.light_curves")
    files = light_curve_files(dataset)
    labels = read_labels(options["labels"], options["class_map"], dataset, key)
    catalogue = Catalogue(*labels, dataset.files["labels"])
    if "object_id" in form.columns:
        blocks = _long_files(files, catalogue, form, dataset)
        rows = in_portions(blocks, catalogue.objects, source)
    elif source.is_dir():
        rows = _one_file_each(files, catalogue, form, dataset)
    else:
        raise ConfigurationError(
            f"{_light_curves(form)}.object_id: a column is required, because {source}"
            " is one file and not a folder"
        )
    yield from survey_tables(catalogue, rows, dataset, source)


def light_curve_files(dataset: Dataset) -> list[Path]:
    """Return the CSV files of the photometry; the label table may lie beside them."""
    source, labels = dataset.files["light_curves"], dataset.files["labels"]
    if not source.is_dir():
        return [source]
    found = [p for p in sorted(source.iterdir()) if p.name.endswith(SUFFIXES)]
    files = [path for path in found if path != labels]
    if not files:
        raise DataError(f"{source}: the folder has no file *.csv or *.csv.gz")
    return files


def _form(options: Mapping[str, Any], dataset: Dataset, key: str) -> Form:
    """Return the checked form of the photometry."""
    return Form(
        light_curve_columns(options, key),
        check_passbands(options["passbands"], dataset, key),
        float(options.get("zero_point", ZERO_POINT)),
        float(options.get("mjd_offset", 0.0)),
        key,
    )


def light_curve_columns(options: Mapping[str, Any], key: str) -> dict[str, str]:
    """Return the columns of the photometry by our names.

    Raises ConfigurationError if they contradict each other or the zero point. There is
    no default for that of fluxes: 25 taken for 27.5 would make them wrong by a
    factor 10.
    """
    given, where = options["light_curves"], f"{key}.light_curves"
    columns = {name: column for name, column in given.items() if column is not None}
    pairs = [{k, f"{k}_err"} & columns.keys() for k in ("magnitude", "flux")]
    if sorted(map(len, pairs)) != [0, 2]:
        raise ConfigurationError(
            f"{where}: name the columns of either magnitude and magnitude_err or flux"
            " and flux_err, and of no other pair"
        )
    for name in {"mjd", "passband"} - columns.keys():
        raise ConfigurationError(f"{where}.{name}: a column is required")
    if "zero_point" in columns and ("zero_point" in options or "flux" not in columns):
        raise ConfigurationError(
            f"{where}.zero_point: for fluxes only, and not together with the constant"
            f" {key}.zero_point"
        )
    if "flux" in columns and "zero_point" not in {*columns, *options}:
        raise ConfigurationError(
            f"{key}.zero_point: fluxes need an AB zero point: write it here (27.5 for"
            f" FLUXCAL), or name the column that holds it at {where}.zero_point"
        )
    names = list(columns.values())
    for twice in {name for name in names if names.count(name) > 1}:
        raise ConfigurationError(f"{where}: the column {twice!r} stands twice")
    return columns


def _light_curves(form: Form) -> str:
    return f"{form.key}.light_curves"


def _one_file_each(
    files: list[Path], catalogue: Catalogue, form: Form, dataset: Dataset
) -> Iterator[pd.DataFrame]:
    """Yield the rows of a folder in which each file is named after its object."""
    paths: dict[str, Path] = {}
    for path in files:
        name = path.name.removesuffix(".gz").removesuffix(".csv")
        if name in paths:
            raise DataError(f"object {name!r} has two files: {paths[name]} and {path}")
        paths[name] = path
    owners = np.sort(catalogue.positions(paths))
    owners = owners[owners >= 0]
    for start in range(0, len(owners), portions.PORTION):
        chosen = owners[start : start + portions.PORTION]
        names = catalogue.objects["object_id"].iloc[chosen].tolist()
        yield _read_files({name: paths[name] for name in names}, chosen, form, dataset)


def _read_files(
    paths: Mapping[str, Path], owners: NDArray[np.int32], form: Form, dataset: Dataset
) -> pd.DataFrame:
    """Read the files of some objects."""
    names, tables = list(paths), []
    for name, path in paths.items():
        batches = list(stream(path, form.columns, TEXT, _light_curves(form)))
        if not sum(batch.num_rows for batch in batches):
            raise DataError(
                f"{path}: object {name!r} has an empty light curve: remove the file, or"
                f" the object from {dataset.files['labels']}"
            )
        tables.append(pa.Table.from_batches(batches))
    lengths = [table.num_rows for table in tables]
    starts = np.cumsum([0, *lengths])

    def where(row: int) -> str:
        i = int(np.searchsorted(starts, row, side="right")) - 1
        path = paths[names[i]]
        return f"{path}: object {names[i]!r}, line {line_of(path, row - starts[i] + 1)}"

    owner = np.repeat(owners, lengths)
    return decode(pa.concat_tables(tables), owner, form, dataset, where)


def _long_files(
    files: list[Path], catalogue: Catalogue, form: Form, dataset: Dataset
) -> Iterator[pd.DataFrame]:
    """Yield block by block the rows of files with many objects each."""
    file_of = np.full(len(catalogue.objects), -1)
    for number, path in enumerate(files):
        record = 1
        for batch in stream(path, form.columns, TEXT, _light_curves(form)):
            block = _decode_block(path, record, batch, catalogue, form, dataset)
            owner = block["owner"].to_numpy()
            elsewhere = (file_of[owner] >= 0) & (file_of[owner] != number)
            if elsewhere.any():
                again = owner[elsewhere][0]
                raise DataError(
                    f"object {catalogue.objects['object_id'].iloc[again]!r} has"
                    f" observations in two files: {files[file_of[again]]} and {path}"
                )
            file_of[owner] = number
            record += batch.num_rows
            yield block
        if record == 1:
            raise DataError(f"{path}: the file has no observations")


def _decode_block(
    path: Path,
    record: int,
    batch: pa.RecordBatch,
    catalogue: Catalogue,
    form: Form,
    dataset: Dataset,
) -> pd.DataFrame:
    """Decode the rows of objects in use; the first row is that record of the file."""
    words, codes = words_and_codes(batch["object_id"])
    if "" in words:
        row = int(np.argmax(codes == words.index("")))
        raise DataError(f"{path}: line {line_of(path, record + row)}: no object_id")
    owner = catalogue.positions(words)[codes]
    rows = np.flatnonzero(owner >= 0)
    table = pa.Table.from_batches([batch]).take(pa.array(rows))
    return decode(table, owner[rows], form, dataset, _where(path, record + rows, table))


def _where(path: Path, records: NDArray[np.intp], table: pa.Table) -> Where:
    """Return the function that says where a row of a block of a long file is."""
    return lambda row: (
        f"{path}: object {table['object_id'][row].as_py()!r},"
        f" line {line_of(path, int(records[row]))}"
    )
