"""A toy survey in the form of SNANA simulations, made by code, and how to read it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import toy_csv
from astropy.io import fits
from astropy.table import Table

from transients.readers import Dataset
from transients.tables import SurveyTables

TAXONOMY = """\
scheme,label,class
toy,SNIa-SALT3,SNIa
toy,SNIa-SALT2,SNIa
toy,TDE,TDE
toy,EB,
toy,1,SNIa
toy,2,
"""
HEAD = {
    "SNID": [b"17  ", b"20"],
    "RA": [-10.0, 20.0],
    "DEC": [-5.0, 5.0],
    "NOBS": [3, 2],
    "PTROBS_MIN": [1, 5],
    "PTROBS_MAX": [3, 6],
    "MWEBV": [0.5, -9.0],
    "REDSHIFT_HELIO": [0.25, -9.0],
    "REDSHIFT_FINAL": [0.26, 1.0],
    "SIM_TYPE_INDEX": [1, 2],
}
PHOT = {
    "MJD": [59003.5, 59001.25, 59002.0, -777.0, 59001.0, 59005.0, -777.0],
    "BAND": [b"g ", b"Y ", b"g ", b"- ", b"g ", b"Y ", b"- "],
    "PHOTFLAG": [4096, 0, 6144, 0, 0, 4096, 0],
    "FLUXCAL": [30.0, 4.0, 20.0, -777.0, 2.0, 50.0, -777.0],
    "FLUXCALERR": [2.0, 1.0, 3.0, -777.0, 1.5, 10.0, -777.0],
}
OLD = {"BAND": "FLT", "DEC": "DECL"}
FLOATS = {"MWEBV": ">f4", "FLUXCAL": ">f4", "FLUXCALERR": ">f4"}
OPTIONS = {"class_map": "toy", "passbands": {"g": "g", "Y": "y"}}

Columns = Mapping[str, Any]


def write_table(
    path: Path, columns: Columns, key_words: Mapping[str, float] = MappingProxyType({})
) -> None:
    rows = Table({k: np.array(v, dtype=FLOATS.get(k)) for k, v in columns.items()})
    cards = {f"HIERARCH {name}": value for name, value in key_words.items()}
    primary = fits.PrimaryHDU(header=fits.Header(cards))
    fits.HDUList([primary, fits.BinTableHDU(rows)]).writeto(path)


def write_pair(
    folder: Path,
    stem: str = "toy-0001_",
    suffix: str = ".FITS",
    head: Columns = HEAD,
    phot: Columns = PHOT,
    key_words: Mapping[str, float] = MappingProxyType({}),
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_table(folder / f"{stem}HEAD{suffix}", head, key_words)
    write_table(folder / f"{stem}PHOT{suffix}", phot, key_words)


def changed(columns: Columns, name: str, row: int, value: Any) -> dict[str, Any]:
    """Return the columns with one value changed."""
    values = list(columns[name])
    values[row] = value
    return {**columns, name: values}


def without(columns: Columns, *names: str) -> dict[str, Any]:
    return {name: values for name, values in columns.items() if name not in names}


def dataset(folder: Path, part: int = 0, parts: int = 1) -> Dataset:
    taxonomy = folder.parent / "taxonomy.csv"
    taxonomy.write_text(TAXONOMY)
    classes, passbands = ("SNIa", "TDE"), ("g", "y")
    return Dataset("toy", classes, passbands, {"folder": folder}, taxonomy, part, parts)


def read_all(data: Dataset, **options: Any) -> SurveyTables:
    """Read and validate all portions, and join them."""
    return toy_csv.read_all(OPTIONS | options, data, "snana")
