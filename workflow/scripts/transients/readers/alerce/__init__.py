"""Read ZTF light curves of the ALeRCE broker, one file an object, and a label table.

The files are fetched by fetching/alerce.py; files.py describes them. magpsf and
sigmapsf are the AB magnitude of the PSF fit on the difference image and its error (ZTF
alert schema). The broker's corrected magnitudes (magpsf_corr) are not used: they add
the flux of the reference image, which for a transient is that of its host galaxy.
Detections fainter than the reference image (isdiffpos) and upper limits
(non_detections) are left out and listed. All else is a detection.

Options (the section alerce of a data set):

files
    labels: path of the label table, a CSV with a header and one row per object.
    light_curves: folder of the light curves; data sets may share it.
class_map, labels
    As for the csv reader.
passbands
    ZTF's number of the filter ("1" g, "2" r, "3" i): ours, one of the data set's
    passbands. null leaves the observations of a passband out and lists them.
url, connections, max_failed
    Of the fetching alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from transients.errors import DataError
from transients.readers import Dataset
from transients.readers.alerce.files import (
    COLUMNS,
    MISSING,
    light_curve_file,
    read_light_curve,
    read_missing,
)
from transients.readers.labels import read_labels
from transients.readers.observations import Form, check_passbands, clean, decode
from transients.readers.tabular import require_path
from transients.tables import ZERO_POINT, SurveyTables, dropped_frame

PORTION = 500
"""Objects per portion."""


def count(options: Mapping[str, Any], dataset: Dataset) -> int:
    """Return the number of objects of a class in use in the label table."""
    return len(labels(options, dataset)[0])


def labels(
    options: Mapping[str, Any], dataset: Dataset
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the objects of classes in use, and what was left out or changed."""
    key = f"datasets.{dataset.name}.alerce"
    return read_labels(options["labels"], options["class_map"], dataset, key)


def read(options: Mapping[str, Any], dataset: Dataset) -> Iterator[SurveyTables]:
    """Yield the tables of a data set in the order of its label table."""
    key = f"datasets.{dataset.name}.alerce"
    passbands = check_passbands(options["passbands"], dataset, key)
    form = Form(COLUMNS, passbands, ZERO_POINT, 0.0, key)
    folder = dataset.files["light_curves"]
    require_path(folder, f"{key}.files.light_curves")
    objects, dropped = labels(options, dataset)
    absent = _absent(objects["object_id"], dataset)
    owners = np.flatnonzero(~objects["object_id"].isin(absent["object_id"]))
    if not len(owners):
        raise DataError(
            f"{folder}: no light curve of any of the {len(objects)} objects in use of"
            f" {dataset.files['labels']}: see {MISSING} there"
        )
    notes = [dropped, absent]
    for i in range(0, len(owners), PORTION):
        portion = _portion(objects, owners[i : i + PORTION], form, dataset)
        listed = pd.concat([*notes, portion.dropped], ignore_index=True)
        yield replace(portion, dropped=listed)
        notes = []


def _absent(names: pd.Series, dataset: Dataset) -> pd.DataFrame:
    """List the objects without a file; raise DataError for one never asked for."""
    folder = dataset.files["light_curves"]
    missing = read_missing(folder)
    absent = [name for name in names if not light_curve_file(folder, name).exists()]
    if never := [name for name in absent if name not in missing]:
        raise DataError(
            f"{folder}: no light curve of {len(never)} objects in use of"
            f" {dataset.files['labels']}, such as {never[0]!r}, and no word of them in"
            f" {MISSING}: fetch them (rule fetch_alerce)"
        )
    reasons = [": ".join(filter(None, missing[name])) for name in absent]
    return dropped_frame(absent, "").assign(reason=reasons)


def _portion(
    objects: pd.DataFrame, owners: NDArray[np.intp], form: Form, dataset: Dataset
) -> SurveyTables:
    """Read the light curves of the objects at these positions."""
    folder = dataset.files["light_curves"]
    names = objects["object_id"].to_numpy()[owners]
    paths = [light_curve_file(folder, name) for name in names]
    curves = [read_light_curve(*item) for item in zip(paths, names, strict=True)]
    table = pa.concat_tables([curve.detections for curve in curves])
    lengths = np.array([curve.detections.num_rows for curve in curves])
    starts = np.cumsum(lengths) - lengths
    item = np.repeat(np.arange(len(owners)), lengths)
    kept = np.flatnonzero(table["brighter"].to_numpy())

    def where(row: int) -> str:
        i, number = item[kept[row]], kept[row] - starts[item[kept[row]]] + 1
        return f"{paths[i]}: object {names[i]!r}, detection {number}"

    owner = owners[item[kept]].astype(np.int32)
    rows = decode(table.take(pa.array(kept)), owner, form, dataset, where)
    portion = clean(objects, rows, dataset.passbands)
    n_kept = np.bincount(item[kept], minlength=len(owners))
    n_limits = [curve.n_limits for curve in curves]
    notes = [
        _counted(names, n_limits, "upper limits removed"),
        _counted(names, lengths - n_kept, "negative detections removed"),
        dropped_frame(names[n_kept == 0], "no positive detection in the light curve"),
        portion.dropped,
    ]
    return replace(portion, dropped=pd.concat(notes, ignore_index=True))


def _counted(names: Iterable[str], counts: Iterable[int], what: str) -> pd.DataFrame:
    """List the objects of which something was removed, with the number of it."""
    listed = [(n, f"{k} {what}") for n, k in zip(names, counts, strict=True) if k]
    return pd.DataFrame(listed, columns=["object_id", "reason"])
