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
from transients.photometry import flux_scale
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
from transients.readers.ztf_forced_photometry.baseline import LEAST, correct_baseline
from transients.readers.ztf_forced_photometry.files import match_files, read_epochs
from transients.tables import ZERO_POINT, SurveyTables, dropped_frame

PORTION = 200
"""Objects per portion: some 400,000 epochs."""

MATCH_RADIUS = 2.0
"""[arcsec]: about the full width of a star's image in ZTF."""

BEFORE, AFTER = 100.0, 500.0
"""Days from the peak to the baseline (README of BrightTransientSurvey/ztf_forced_phot:
few events rise for longer, or are seen for longer)."""

JD_OF_MJD = 2400000.5

SURVEY = (2458000.5, 2500000.5)
"""Julian dates that ZTF, in operation since late 2017, can have observed at."""

BAD_IMAGE = 2**25
"""infobitssci from bit 25 on: clouds or worse (ZTF cautionary notes, section 2.4)."""

SIGMA_PER_PIXEL = 25.0
"""Largest noise of a usable image [DN]."""

SEEING = 4.0
"""Largest seeing of a usable image [pixels of 1.01 arcsec]."""

ZERO_POINTS = (15.0, 35.0)
"""Zero points [mag] outside are codes for "none"; real ones are near 26."""

USABLE_STATUS = {"0", "57", "58", "59", "62"}
"""Codes of usable fluxes (user guide, procstatus): 0 none; 57 and 58 no source near in
the reference image, or no catalogue of it; 59 suspect errors of an early image, scaled
up here; 62 a request that began before the survey. All others remove the epoch, also
unknown ones: 56 bad pixels, 60 and 61 PSF or cutout not whole, 63 to 65 and 255 no
measurement."""

SAME_EPOCH = ["owner", "jd", "filter", "field", "ccdid", "qid"]
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
    notes = [dropped, dropped_frame(absent, "labelled, but no light curve"), strangers]
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
    usable, removed = _apply_cuts(epochs, names)
    fluxes = _calibrate(usable, baseline)
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


def _apply_cuts(
    epochs: pd.DataFrame, names: NDArray[np.object_]
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Return the usable epochs, each once, and the counts of what was removed.

    An epoch counts under the first cut that removes it. Of an epoch in several files
    the last file's is kept: requests are numbered, and the last is the newest.
    """
    cuts = _cuts(epochs)
    first_cut = np.select([~usable for usable in cuts.values()], range(len(cuts)), -1)
    cut = pd.Series(first_cut, index=epochs.index)
    usable = epochs[cut == -1]
    repeated = usable.index[usable.duplicated(SAME_EPOCH, keep="last")]
    cut[repeated] = len(cuts)
    notes = [
        note_counts(names, epochs, cut == number, f"epochs removed: {what}")
        for number, what in enumerate([*cuts, "repeated"])
    ]
    return epochs[cut == -1].reset_index(drop=True), notes


def _cuts(epochs: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the usable epochs by cut; a missing quality is not a good one."""
    flux, error = epochs["forcediffimflux"], epochs["forcediffimfluxunc"]
    measured = np.isfinite(flux) & np.isfinite(error) & (error > 0)
    return {
        "no flux, or no error of it": measured,
        "no zero point": epochs["zpdiff"].between(*ZERO_POINTS),
        "processing status": _usable_status(epochs["procstatus"]),
        "infobitssci of 2**25 or more": epochs["infobitssci"] < BAD_IMAGE,
        "scisigpix above 25": epochs["scisigpix"] <= SIGMA_PER_PIXEL,
        "seeing above 4 pixels": epochs["sciinpseeing"] <= SEEING,
    }


def _usable_status(codes: pd.Series) -> pd.Series:
    """Mark the rows whose codes, between commas, are all usable ones."""
    words = codes.unique()
    usable = [word for word in words if {*word.split(",")} <= USABLE_STATUS]
    return codes.isin(usable)


def _calibrate(epochs: pd.DataFrame, baseline: Mapping[str, float]) -> pd.DataFrame:
    """Return flux and flux_err [FLUXCAL] at the zero level of the baseline."""
    scale = flux_scale(epochs["zpdiff"])
    columns = {
        "owner": epochs["owner"],
        "mjd": epochs["jd"] - JD_OF_MJD,
        "group": epochs.groupby(REFERENCE, dropna=False).ngroup(),
        "flux": epochs["forcediffimflux"] * scale,
        "flux_err": epochs["forcediffimfluxunc"] * scale,
        "chi2": epochs["forcediffimchisq"],
    }
    return correct_baseline(pd.DataFrame(columns), **baseline)


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
