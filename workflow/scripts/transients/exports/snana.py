"""Write SNANA FITS HEAD/PHOT pairs: one folder, an SNANA data version, for each class.

A folder holds <version>.LIST, <version>.README and the pairs <version>-0001_HEAD.FITS
and <version>-0001_PHOT.FITS. Format: SNANA manual, section "FITS format".
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from astropy.io import fits
from numpy.typing import NDArray

from transients.errors import DataError
from transients.exports.portions import count_rows, portions_of, with_triggers
from transients.readers.snana.phot import DETECTION, END_MJD, TRIGGER
from transients.tables import ZERO_POINT, SurveyTables, read_provenance

OBJECTS_PER_PAIR = 2500

MISSING = -9.0
"""What SNANA writes for a number that is not known."""

DIPOLE_RA, DIPOLE_DEC, DIPOLE_Z = 167.942, -6.944, 369.82 / 299792.458
"""Motion of the Sun against the CMB: towards [deg, J2000], v / c (Planck 2018 I)."""


@dataclass(frozen=True)
class Version:
    """What the files of an SNANA data version, one class of objects, say of themselves.

    type_index stands for the class in SNTYPE; simulated makes FAKE 2.
    """

    dataset: str
    survey: str
    passbands: Sequence[str]
    class_name: str
    type_index: int
    simulated: bool

    @property
    def name(self) -> str:
        """Name of the folder and beginning of its files' names: <dataset>_<class>."""
        plain = re.sub(r"[^A-Za-z0-9_+.-]+", "-", self.class_name)
        return f"{self.dataset}_{plain}"


@dataclass(frozen=True)
class Export:
    """How a data set is written; trigger is its rule, "survey" leaves it to the survey.

    Objects without a trigger of the survey's own get the one by that rule.
    """

    dataset: str
    survey: str
    passbands: Sequence[str]
    classes: Sequence[str]
    trigger: str
    zipped: bool = True
    objects_per_pair: int = OBJECTS_PER_PAIR

    def version(self, class_name: str, type_index: int, simulated: bool) -> Version:
        """Return what the files of one class say of themselves."""
        return Version(
            self.dataset, self.survey, self.passbands, class_name, type_index, simulated
        )


def write_snana(
    objects_path: Path, light_curves_path: Path, folder: Path, export: Export
) -> None:
    """Write a data set, its two Parquet files, to one folder a class below folder."""
    objects = pd.read_parquet(objects_path)
    simulated = read_provenance(objects_path)["reader"] == "simulate"
    folder.mkdir(parents=True)
    with pq.ParquetFile(light_curves_path, read_dictionary=["passband"]) as file:
        n_obs = count_rows(file, objects["object_id"])
        for index, name in enumerate(export.classes, start=1):
            chosen = (objects["class"] == name).to_numpy()
            if chosen.any():
                of_class = portions_of(
                    chosen, objects, n_obs, file, export.objects_per_pair
                )
                portions = (with_triggers(each, export.trigger) for each in of_class)
                version = export.version(name, index, simulated)
                write_version(portions, folder, version, export.zipped)


def write_version(
    portions: Iterable[SurveyTables], folder: Path, version: Version, zipped: bool
) -> None:
    """Write each portion as one pair of files, and their list, to folder/<version>."""
    target = folder / version.name
    target.mkdir(parents=True)
    heads = [
        write_pair(portion, target, number, version, zipped)
        for number, portion in enumerate(portions, start=1)
    ]
    (target / f"{version.name}.LIST").write_text("".join(f"{h}\n" for h in heads))
    (target / f"{version.name}.README").write_text(
        "DOCUMENTATION:\n"
        f"  PURPOSE: light curves of class {version.class_name} of data set"
        f" {version.dataset}\n"
        f"  CLASS: {version.class_name} (SNTYPE {version.type_index})\n"
        f"  FAKE: {2 if version.simulated else 0} (0 real data, 2 simulation)\n"
        "  REDSHIFT_FINAL: REDSHIFT_HELIO in the frame of the CMB\n"
        "DOCUMENTATION_END:\n"
    )


def write_pair(
    tables: SurveyTables, folder: Path, number: int, version: Version, zipped: bool
) -> str:
    """Write one pair of files; return the name by which the .LIST file knows it.

    tables holds objects of the version's class with their light curves.
    """
    stem = f"{version.name}-{number:04d}"
    key_words: dict[str, str | float] = {
        "SURVEY": version.survey,
        "FILTERS": "".join(version.passbands),
        "VERSION": version.name,
        "PHOTFILE": f"{stem}_PHOT.FITS",
        "DATATYPE": "DATA",
        "HIERARCH ZP_FLUXCAL": ZERO_POINT,
        "HIERARCH PHOTFLAG_DETECT": DETECTION,
        "HIERARCH PHOTFLAG_TRIGGER": TRIGGER,
    }
    suffix = ".FITS.gz" if zipped else ".FITS"
    owner = pd.Index(tables.objects["object_id"]).get_indexer(
        pd.Index(tables.light_curves["object_id"])
    )
    n_obs = np.bincount(owner, minlength=len(tables.objects))
    head = _head(tables.objects, n_obs, version)
    _write_fits(folder / f"{stem}_HEAD{suffix}", key_words, "Header", head)
    phot = _phot(tables, owner)
    _write_fits(folder / f"{stem}_PHOT{suffix}", key_words, "Photometry", phot)
    return f"{stem}_HEAD.FITS"


def _head(
    objects: pd.DataFrame, n_obs: NDArray[np.int64], version: Version
) -> NDArray[np.void]:
    """Return the rows of the HEAD table, one an object."""
    last = np.cumsum(n_obs + 1) - 1  # 1-based, an end row behind each light curve
    redshift = objects["redshift"]
    ra, dec = objects["ra"], objects["dec"]
    n = len(objects)
    return _rows(
        {
            "SNID": _ascii(objects["object_id"]),
            "FAKE": np.full(n, 2 if version.simulated else 0, np.int16),
            "RA": ra.fillna(-999.0).to_numpy(np.float64),
            "DEC": dec.fillna(-999.0).to_numpy(np.float64),
            "SNTYPE": np.full(n, version.type_index, np.int32),
            "NOBS": n_obs.astype(np.int32),
            "PTROBS_MIN": (last - n_obs + 1).astype(np.int32),
            "PTROBS_MAX": last.astype(np.int32),
            "MWEBV": _or_missing(objects["mwebv"]),
            "MWEBV_ERR": np.full(n, MISSING, np.float32),
            "REDSHIFT_HELIO": _or_missing(redshift),
            "REDSHIFT_HELIO_ERR": np.full(n, MISSING, np.float32),
            "REDSHIFT_FINAL": _or_missing(cmb_redshift(redshift, ra, dec)),
            "REDSHIFT_FINAL_ERR": np.full(n, MISSING, np.float32),
            "PEAKMJD": np.full(n, MISSING, np.float32),
            "SIM_TYPE_INDEX": np.full(n, version.type_index, np.int16),
            "SIM_TYPE_NAME": _ascii(objects["class"]),
        }
    )


def cmb_redshift(redshift: pd.Series, ra: pd.Series, dec: pd.Series) -> pd.Series:
    """Return heliocentric redshifts in the frame of the CMB; ra and dec in degrees.

    1 + z_cmb = (1 + z_helio) (1 + v / c cos(angle to the dipole)). A redshift without
    coordinates becomes NaN.
    """
    ra, dec = np.radians(ra - DIPOLE_RA), np.radians(dec)
    pole = np.radians(DIPOLE_DEC)
    cosine = np.sin(dec) * np.sin(pole) + np.cos(dec) * np.cos(pole) * np.cos(ra)
    return (1 + redshift) * (1 + DIPOLE_Z * cosine) - 1


def _or_missing(values: pd.Series) -> NDArray[np.float64]:
    return values.fillna(MISSING).to_numpy(np.float64)


def _ascii(words: pd.Series) -> NDArray[np.bytes_]:
    """Return text in fixed width, as wide as the longest."""
    try:
        return np.array(words.to_list(), dtype=np.bytes_)
    except UnicodeEncodeError as error:
        raise DataError(f"FITS holds ASCII text only: {error.object!r}") from error


def _phot(tables: SurveyTables, owner: NDArray[np.int64]) -> NDArray[np.void]:
    """Return the rows of the PHOT table, an end row behind each light curve.

    owner (n,) says which object an observation belongs to.
    """
    points = tables.light_curves
    flags = np.where(points["detected"], DETECTION, 0)
    flags[_trigger_rows(tables, owner)] |= TRIGGER
    bands = points["passband"].astype("category")
    names = _ascii(bands.cat.categories.to_series())
    place = np.arange(len(points)) + owner
    length = len(points) + len(tables.objects)

    def column(values: NDArray, end: float | bytes) -> NDArray:
        filled = np.full(length, end, values.dtype)
        filled[place] = values
        return filled

    return _rows(
        {
            "MJD": column(points["mjd"].to_numpy(np.float64), END_MJD),
            "BAND": column(names[bands.cat.codes], b"-"),
            "FIELD": np.full(length, b"VOID"),
            "PHOTFLAG": column(flags.astype(np.int32), 0),
            "FLUXCAL": column(points["flux"].to_numpy(np.float32), END_MJD),
            "FLUXCALERR": column(points["flux_err"].to_numpy(np.float32), END_MJD),
        }
    )


def _trigger_rows(tables: SurveyTables, owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the row nearest in time to the trigger, for each object that has one."""
    trigger = tables.objects["trigger_mjd"].to_numpy(np.float64)
    distance = np.abs(tables.light_curves["mjd"].to_numpy() - trigger[owner])
    order = np.lexsort((distance, owner))  # NaN last
    firsts = order[np.unique(owner[order], return_index=True)[1]]
    return firsts[~np.isnan(distance[firsts])]


def _rows(columns: Mapping[str, NDArray]) -> NDArray[np.void]:
    """Return columns of equal length as rows."""
    kinds = [(name, values.dtype) for name, values in columns.items()]
    rows = np.empty(len(columns[kinds[0][0]]), dtype=kinds)
    for name, values in columns.items():
        rows[name] = values
    return rows


def _write_fits(
    path: Path, key_words: Mapping[str, str | float], name: str, rows: NDArray[np.void]
) -> None:
    """Write a table to HDU 1, with key words in HDU 0; gzipped if the name ends so."""
    primary = fits.PrimaryHDU(header=fits.Header(key_words))
    files = fits.HDUList([primary, fits.BinTableHDU(rows, name=name)])
    if path.suffix != ".gz":
        files.writeto(path)
        return
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as zipped,
    ):
        files.writeto(zipped)
