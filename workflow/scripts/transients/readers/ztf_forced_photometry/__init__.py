"""Read light curves of the ZTF forced photometry service, with a label table.

Options (the section ztf_forced_photometry of a data set):

files
    labels: path of the label table, a CSV with a header and one row per object.
    light_curves: path of a folder with the service's files, *.txt or *.txt.gz
    (*_log.txt are not looked at); several of one object are joined.
class_map, labels
    As in the reader csv: a scheme of taxonomy.csv, and the columns of the label table.
    ra and dec are needed for files that are not named after their object.
passbands
    ZTF_g, ZTF_r, ZTF_i: ours; null leaves the epochs of a filter out and lists them.
match_radius
    Largest distance [arcsec] between a request and its object, 2 by default.
baseline
    before, after: days ahead of the event's peak and behind it from which an epoch may
    measure the zero level, 100 and 500 by default (baseline.correct_baseline).

Epochs that section 6 of the service's user guide advises against (Masci et al. 2023,
arXiv:2305.16279, describe the service) are left out and counted. The fluxes of the
others are brought to FLUXCAL with the zero point of each epoch, and to the zero level
of their baseline; S/N > 5 is a detection. Times are those of the start of exposure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from transients.errors import ConfigurationError, DataError
from transients.photometry import JD_OF_MJD, flux_scale
from transients.readers import Dataset
from transients.readers.labels import read_labels
from transients.readers.observations import (
    Form,
    check_passbands,
    clean,
    decode,
    note_counts,
)
from transients.readers.tabular import require_path
from transients.readers.ztf_forced_photometry.baseline import (
    LEAST,
    correct_baseline,
    find_events,
)
from transients.readers.ztf_forced_photometry.cuts import apply_cuts
from transients.readers.ztf_forced_photometry.files import match_files, read_epochs
from transients.tables import ZERO_POINT, SurveyTables, dropped_frame
from transients.trigger import trigger_mjd

PORTION = 200
"""Objects per portion: some 400,000 epochs."""

MATCH_RADIUS = 2.0
"""[arcsec]: about the full width of a star's image in ZTF."""

BEFORE, AFTER = 100.0, 500.0
"""Days from the peak to the baseline (README of BrightTransientSurvey/ztf_forced_phot:
few events rise for longer, or are seen for longer)."""

SURVEY = (2458000.5, 2500000.5)
"""Julian dates that ZTF, in operation since late 2017, can have observed at."""

REFERENCE = ["owner", "field", "ccdid", "qid", "filter", "rfid"]


def count(options: Mapping[str, Any], dataset: Dataset) -> int:
    """Return the number of objects of a class in use in the label table."""
    return len(_labels(options, dataset)[0])


def read(options: Mapping[str, Any], dataset: Dataset) -> Iterator[SurveyTables]:
    """Yield the tables of a data set in the order of its label table."""
    key = _key(dataset)
    form = _form(options, dataset)
    baseline = {"before": BEFORE, "after": AFTER} | dict(options.get("baseline", {}))
    folder = dataset.files["light_curves"]
    require_path(folder, f"{key}.files.light_curves")
    if not folder.is_dir():
        raise ConfigurationError(
            f"{key}.files.light_curves: {folder} is a file: name the folder it is in"
        )
    objects, dropped = _labels(options, dataset)
    known = {*objects["object_id"], *dropped["object_id"]}
    radius = float(options.get("match_radius", MATCH_RADIUS))
    files, strangers = match_files(folder, objects, known, radius, key)
    if not files:
        raise DataError(
            f"{folder}: no file of an object in use of {dataset.files['labels']}: names"
            f" of files begin with {key}.labels.object_id, or their requested positions"
            f" are within {radius:g} arcsec of ra and dec"
        )
    owners = sorted(files)
    absent = objects["object_id"].drop(owners)
    notes = [dropped, dropped_frame(absent, "listed, but no light curve"), strangers]
    for first in range(0, len(owners), PORTION):
        some = {owner: files[owner] for owner in owners[first : first + PORTION]}
        portion = _portion(some, objects, form, baseline, dataset)
        listed = pd.concat([*notes, portion.dropped], ignore_index=True)
        yield replace(portion, dropped=listed)
        notes = []


def _form(options: Mapping[str, Any], dataset: Dataset) -> Form:
    """Return the form of the epochs once they are in FLUXCAL."""
    return Form(
        {"mjd": "jd", "passband": "filter", "flux": "flux", "flux_err": "flux_err"},
        check_passbands(options["passbands"], dataset, _key(dataset)),
        ZERO_POINT,
        -JD_OF_MJD,
        _key(dataset),
    )


def _key(dataset: Dataset) -> str:
    return f"datasets.{dataset.name}.ztf_forced_photometry"


def _labels(
    options: Mapping[str, Any], dataset: Dataset
) -> tuple[pd.DataFrame, pd.DataFrame]:
    return read_labels(options["labels"], options["class_map"], dataset, _key(dataset))


def _portion(
    files: Mapping[int, Sequence[Path]],
    objects: pd.DataFrame,
    form: Form,
    baseline: Mapping[str, float],
    dataset: Dataset,
) -> SurveyTables:
    """Read the files of some objects and return their tables."""
    names = objects["object_id"].to_numpy()
    paths = [path for some in files.values() for path in some]
    epochs, cut_off = _read_files(files, paths, names)
    _refuse_times(epochs, paths, names)
    usable, removed = apply_cuts(epochs, names)
    calibrated = _in_fluxcal(usable)
    peaks = find_events(calibrated)
    fluxes = correct_baseline(calibrated, peaks, **baseline)
    table = pa.table(
        {
            "mjd": usable["jd"],
            "passband": usable["filter"],
            "flux": fluxes["flux"],
            "flux_err": fluxes["flux_err"],
        }
    )

    def where(row: int) -> str:
        return _where(usable, row, paths, names)

    rows = decode(table, usable["owner"].to_numpy(), form, dataset, where)
    portion = clean(objects, rows, dataset.passbands)
    named = peaks.set_axis(names[peaks.index])
    portion = _with_triggers(portion, named, baseline["before"])
    lost = names[np.setdiff1d(list(files), usable["owner"])]
    notes = [cut_off, *removed, dropped_frame(lost, "no usable epoch in its files")]
    notes += _corrections(usable.join(fluxes), names)
    return replace(portion, dropped=pd.concat([*notes, portion.dropped]))


def _read_files(
    files: Mapping[int, Sequence[Path]],
    paths: Sequence[Path],
    names: NDArray[np.object_],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return all epochs with owner, file (number in paths) and line; note cut files."""
    owners = np.repeat(list(files), [len(some) for some in files.values()])
    read = [
        read_epochs(path, names[owner])
        for path, owner in zip(paths, owners, strict=True)
    ]
    lengths = [part.table.num_rows for part in read]
    lines = [part.first_line + np.arange(part.table.num_rows) for part in read]
    epochs = pa.concat_tables([part.table for part in read]).to_pandas()
    notes = [
        dropped_frame([names[owner]], f"{path.name} has no END mark: perhaps cut off")
        for path, owner, part in zip(paths, owners, read, strict=True)
        if not part.ended
    ]
    return (
        epochs.assign(
            owner=np.repeat(owners, lengths).astype(np.int32),
            file=np.repeat(np.arange(len(paths)), lengths),
            line=np.concatenate(lines),
        ),
        pd.concat([dropped_frame([], ""), *notes]),
    )


def _where(
    epochs: pd.DataFrame, row: int, paths: Sequence[Path], names: NDArray[np.object_]
) -> str:
    """Say file, object and line of an epoch."""
    owner, file, line = epochs[["owner", "file", "line"]].iloc[row]
    return f"{paths[file]}: object {names[owner]!r}, line {line}"


def _refuse_times(
    epochs: pd.DataFrame, paths: Sequence[Path], names: NDArray[np.object_]
) -> None:
    """Raise DataError for the first time that is no Julian date of the survey."""
    wrong = np.flatnonzero(~epochs["jd"].between(*SURVEY))
    if wrong.size:
        row = int(wrong[0])
        raise DataError(
            f"{_where(epochs, row, paths, names)}: jd is {epochs['jd'][row]:f}, not a"
            " Julian date of the survey: download the file again"
        )


def _in_fluxcal(epochs: pd.DataFrame) -> pd.DataFrame:
    """Return what correct_baseline asks for, fluxes in FLUXCAL by their zero points."""
    scale = flux_scale(epochs["zpdiff"])
    return pd.DataFrame(
        {
            "owner": epochs["owner"],
            "mjd": epochs["jd"] - JD_OF_MJD,
            "group": epochs.groupby(REFERENCE, dropna=False).ngroup(),
            "flux": epochs["forcediffimflux"] * scale,
            "flux_err": epochs["forcediffimfluxunc"] * scale,
            "chi2": epochs["forcediffimchisq"],
        }
    )


def _with_triggers(
    portion: SurveyTables, peaks: pd.Series, before: float
) -> SurveyTables:
    """Fill in trigger_mjd: the rule of two detections, from `before` days to the peak.

    Years of epochs hold chance detections, which would trigger long before the event.
    """
    objects, points = portion.objects, portion.light_curves
    if objects.empty:
        return portion
    start = points["object_id"].map(peaks).to_numpy(dtype=float) - before
    mjd = points["mjd"].to_numpy()
    first = np.flatnonzero(~points["object_id"].duplicated())
    in_event = points["detected"].to_numpy() & (mjd >= start)
    triggers = trigger_mjd(mjd, in_event, first, "two_detections")
    return replace(portion, objects=objects.assign(trigger_mjd=triggers))


def _corrections(
    epochs: pd.DataFrame, names: NDArray[np.object_]
) -> list[pd.DataFrame]:
    """Count the epochs at a new zero level, at the file's own, and with new errors."""
    kept = f"epochs at the zero level of the file: no event, or baseline below {LEAST}"
    corrected = epochs["corrected"]
    return [
        note_counts(names, epochs, corrected, "epochs brought to their baseline"),
        note_counts(names, epochs, ~corrected, kept),
        note_counts(names, epochs, epochs["rescaled"], "errors scaled up"),
    ]
