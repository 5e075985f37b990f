"""From the rows of a light curve file to clean photometry in FLUXCAL.

Rows without any measurement (upper limits) and near-duplicates are left out and
listed; a value that contradicts itself stops the reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from transients.errors import ConfigurationError, DataError
from transients.photometry import (
    DETECTION_SNR,
    flux_from_magnitude,
    flux_scale,
    near_duplicates,
)
from transients.readers import Dataset
from transients.tables import LIGHT_CURVES, SurveyTables, dropped_frame

LIMITS = {"mjd": (-1e6, 1e6), "magnitude": (-30.0, 50.0), "zero_point": (-30.0, 50.0)}
"""Times [d] and AB magnitudes outside are Julian dates, or codes such as 99 or -999."""

TRUTHS = {"1": True, "1.0": True, "true": True, "t": True, "yes": True} | {
    "0": False,
    "0.0": False,
    "false": False,
    "f": False,
    "no": False,
    "": False,
}

Where = Callable[[int], str]
"""Says file, object and line of a row by its position in a table."""


@dataclass(frozen=True)
class Form:
    """How a file writes photometry.

    columns maps our names to those of the file; passbands maps the file's names to
    ours, None for one that is not used; zero_point [mag] is that of the fluxes, where
    no column of that name gives it, and mjd_offset [d] is added to the times. key is
    the configuration key that has passbands.
    """

    columns: Mapping[str, str]
    passbands: Mapping[str, str | None]
    zero_point: float
    mjd_offset: float
    key: str

    @property
    def measured(self) -> tuple[str, str]:
        """Our names of the measured value and its error."""
        value = "magnitude" if "magnitude" in self.columns else "flux"
        return value, f"{value}_err"


def check_passbands(
    given: Mapping[Any, str | None], dataset: Dataset, key: str
) -> dict[str, str | None]:
    """Return the option passbands with names as text, if all of ours are known."""
    passbands = {str(theirs): ours for theirs, ours in given.items()}
    for theirs, ours in passbands.items():
        if ours is not None and ours not in dataset.passbands:
            raise ConfigurationError(
                f"{key}.passbands.{theirs}: {ours!r} is not among"
                f" datasets.{dataset.name}.passbands: {', '.join(dataset.passbands)}"
            )
    return passbands


def words_and_codes(
    column: pa.Array | pa.ChunkedArray,
) -> tuple[list[str], NDArray[np.int32]]:
    """Return the distinct stripped words of a text column and each row's position."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    encoded = pc.dictionary_encode(column)
    words = [str(word).strip() for word in encoded.dictionary.to_pylist()]
    return words, encoded.indices.to_numpy(zero_copy_only=False)


def decode(
    table: pa.Table,
    owner: NDArray[np.int32],
    form: Form,
    dataset: Dataset,
    where: Where,
) -> pd.DataFrame:
    """Return owner, mjd, passband code, flux, flux_err and detected of every row.

    owner (n,) numbers the objects. The flux of a row without a measurement is NaN;
    the passband is a position in dataset.passbands, -1 for one that is not used.
    """
    value_name, error_name = form.measured
    names = ["mjd", value_name, error_name]
    names += ["zero_point"] if "zero_point" in form.columns else []
    columns = {name: _numbers(table, name) for name in names}
    columns["mjd"] = columns["mjd"] + form.mjd_offset
    value, error = columns[value_name], columns[error_name]
    passband = _passband_codes(table, form, dataset, where)
    _refuse_bad_values(columns, form, where)
    if value_name == "magnitude":
        flux, flux_err = flux_from_magnitude(value, error)
    else:
        scale = flux_scale(columns.get("zero_point", form.zero_point))
        flux, flux_err = value * scale, error * scale
    return pd.DataFrame(
        {
            "owner": owner,
            "mjd": columns["mjd"],
            "passband": passband,
            **_as_stored(flux, flux_err, where),
            "detected": _detected(table, value_name, value / error, form, where),
        }
    )


def _as_stored(
    flux: NDArray[np.float64], flux_err: NDArray[np.float64], where: Where
) -> dict[str, NDArray[np.float32]]:
    """Return both in single precision; raise DataError where that cannot hold them."""
    with np.errstate(over="ignore", under="ignore"):
        stored = {
            "flux": flux.astype(np.float32),
            "flux_err": flux_err.astype(np.float32),
        }
    measured = ~(np.isnan(flux) & np.isnan(flux_err))
    kept = np.isfinite(stored["flux"]) & np.isfinite(stored["flux_err"])
    lost = np.flatnonzero(measured & ~(kept & (stored["flux_err"] > 0)))
    if lost.size:
        row = int(lost[0])
        raise DataError(
            f"{where(row)}: flux {flux[row]:g} with error {flux_err[row]:g} (FLUXCAL)"
            " is not possible; correct or remove the row"
        )
    return stored


def _numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    return table[name].to_numpy()


def _passband_codes(
    table: pa.Table, form: Form, dataset: Dataset, where: Where
) -> NDArray[np.int8]:
    words, codes = words_and_codes(table["passband"])
    for position, word in enumerate(words):
        if word not in form.passbands:
            raise DataError(
                f"{where(int(np.argmax(codes == position)))}: unknown passband"
                f" {word[:40]!r}: not in {form.key}.passbands:"
                f" {', '.join(form.passbands)}"
            )
    ours = [form.passbands[word] for word in words]
    numbers = [-1 if name is None else dataset.passbands.index(name) for name in ours]
    return np.array(numbers, dtype=np.int8)[codes]


def _refuse_bad_values(
    columns: Mapping[str, NDArray[np.float64]], form: Form, where: Where
) -> None:
    """Raise DataError for the first row with half a measurement or an impossible one.

    columns are time, value, error and any zero point. Value and error both missing is
    no contradiction.
    """
    value_name, error_name = form.measured
    measured = ~(np.isnan(columns[value_name]) & np.isnan(columns[error_name]))
    for name, numbers in columns.items():
        low, high = LIMITS.get(name, (-np.inf, np.inf))
        wrong = ~np.isfinite(numbers) | (numbers < low) | (numbers > high)
        if name == error_name:
            wrong |= numbers <= 0
        rows = np.flatnonzero(wrong & measured)
        if rows.size:
            number = numbers[rows[0]]
            shown = "missing" if np.isnan(number) else f"{number:.10g}, not possible"
            advice = (
                "if these are Julian dates, subtract 2400000.5 (in a configuration:"
                " mjd_offset: -2400000.5)"
                if name == "mjd" and number > high
                else f"correct or remove the row (one with neither {value_name} nor"
                f" {error_name} counts as no measurement and is left out)"
            )
            raise DataError(
                f"{where(int(rows[0]))}: {name} (column {form.columns[name]!r}) is"
                f" {shown}; {advice}"
            )


def _detected(
    table: pa.Table,
    value_name: str,
    snr: NDArray[np.float64],
    form: Form,
    where: Where,
) -> NDArray[np.bool_]:
    """Return the survey's word, else true for magnitudes and S/N > 5 for fluxes."""
    if "detected" not in form.columns:
        return snr > DETECTION_SNR if value_name == "flux" else np.ones(len(snr), bool)
    if pa.types.is_boolean(table["detected"].type):
        return table["detected"].to_numpy()
    words, codes = words_and_codes(table["detected"])
    for position, word in enumerate(words):
        if word.lower() not in TRUTHS:
            raise DataError(
                f"{where(int(np.argmax(codes == position)))}: detected (column"
                f" {form.columns['detected']!r}) is {word!r}, neither true nor false"
            )
    return np.array([TRUTHS[word.lower()] for word in words], dtype=bool)[codes]


def clean(
    objects: pd.DataFrame, rows: pd.DataFrame, passbands: tuple[str, ...]
) -> SurveyTables:
    """Return one portion: sorted, without empty rows and near-duplicates, with notes.

    rows come from decode; their owner is a position in objects, and all their owners
    belong to this portion.
    """
    owners = np.unique(rows["owner"])
    names = objects["object_id"].to_numpy()
    foreign = rows["passband"] == -1
    empty = ~foreign & rows["flux"].isna()
    notes = [
        note_counts(
            names, rows, foreign, "observations in passbands not in use removed"
        ),
        note_counts(names, rows, empty, "observations without a measurement removed"),
    ]
    rows = rows[~(foreign | empty)]
    rows = rows.iloc[np.lexsort((rows["mjd"], rows["owner"]))]
    group = rows["owner"].to_numpy(np.int64) * len(passbands) + rows["passband"]
    twice = pd.Series(near_duplicates(group.to_numpy(), rows["mjd"].to_numpy()))
    twice.index = rows.index
    notes.append(note_counts(names, rows, twice, "near-duplicate observations removed"))
    rows = rows[~twice]
    kept = np.unique(rows["owner"])
    lost = names[np.setdiff1d(owners, kept)]
    notes.append(dropped_frame(lost, "no measurement in the light curve"))
    rows = rows.assign(
        object_id=names[rows["owner"]],
        passband=np.array(passbands, dtype=object)[rows["passband"]],
    )
    return SurveyTables(
        objects.iloc[kept].reset_index(drop=True),
        rows[LIGHT_CURVES.names].reset_index(drop=True),
        pd.concat(notes, ignore_index=True),
    )


def note_counts(
    names: NDArray[np.object_], rows: pd.DataFrame, mask: pd.Series, what: str
) -> pd.DataFrame:
    """List once per object how many of its rows the mask marks, and what they are.

    names (n_objects,) are object_ids; rows has a column owner, a position in names.
    """
    owners, counts = np.unique(rows["owner"][mask], return_counts=True)
    return pd.DataFrame(
        {
            "object_id": names[owners],
            "reason": [f"{count} {what}" for count in counts],
        }
    )
