"""Toy data sets in the public CSV forms of BTS and PLAsTiCC, and how to read them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from transients.readers import Dataset, read
from transients.tables import SurveyTables, Vocabulary, validate

TAXONOMY = Path(__file__).parents[1] / "config" / "taxonomy.csv"
BTS_CLASSES = ("SN Ia", "SN II", "SN Ib/c", "SLSN-I", "TDE")
PLASTICC_CLASSES = (
    "SNIa",
    "SNIa-91bg",
    "SNIax",
    "SNII",
    "SNIbc",
    "SLSN-I",
    "TDE",
    "AGN",
)

LABELS = """\
ZTFID,type,RA,Dec,redshift,rise,A_V
ZTFb,SN Ia-91T,10:22:41.10,+15:56:20.8,0.044,>16.002,0.31
ZTFa,SN IIP,150.5,-0.25,-,3.9,
ZTFc,nova,1.0,1.0,0.1,-,0.1
"""
CURVE_B = """\
,ant_mjd,ant_passband,ant_mag,ant_magerr
7,58002.5,R,20.0,0.1
8,58001.5,g,17.5,0.2
"""
CURVE_A = CURVE_B.replace("58002.5", "58000.25").replace("20.0", "22.5")

Options = dict[str, Any]


def bts_options(**changes: Any) -> Options:
    """Return the options of the ANTARES form of BTS."""
    options: Options = {
        "class_map": "bts",
        "labels": {
            **{"object_id": "ZTFID", "class": "type", "ra": "RA", "dec": "Dec"},
            **{"redshift": "redshift", "mwebv": None, "a_v": "A_V"},
        },
        "light_curves": {
            **{"object_id": None, "mjd": "ant_mjd", "passband": "ant_passband"},
            **{"magnitude": "ant_mag", "magnitude_err": "ant_magerr"},
            **{"flux": None, "flux_err": None, "detected": None},
        },
        "passbands": {"g": "g", "R": "r"},
        "zero_point": 27.5,
        "mjd_offset": 0.0,
    }
    return options | changes


def plasticc_options() -> Options:
    """Return the options of the public PLAsTiCC release."""
    return {
        "class_map": "plasticc",
        "labels": {
            **{"object_id": "object_id", "class": "true_target", "ra": "ra"},
            **{"dec": "decl", "redshift": "true_z", "mwebv": "mwebv", "a_v": None},
        },
        "light_curves": {
            **{"object_id": "object_id", "mjd": "mjd", "passband": "passband"},
            **{"flux": "flux", "flux_err": "flux_err", "detected": "detected_bool"},
        },
        "passbands": dict(enumerate("ugrizy")),
        "zero_point": 27.5,
    }


def dataset(
    folder: Path,
    labels: str = "labels.csv",
    light_curves: str = "light curves",
    classes: tuple[str, ...] = BTS_CLASSES,
    passbands: str = "gr",
) -> Dataset:
    """Return a data set of a folder that write_folder or write_long has filled."""
    files = {"labels": folder / labels, "light_curves": folder / light_curves}
    return Dataset("toy", classes, tuple(passbands), files, TAXONOMY)


def read_all(
    options: Mapping[str, Any], data: Dataset, reader: str = "csv"
) -> SurveyTables:
    """Read and validate all portions, and join them."""
    portions = list(read(reader, options, data))
    for portion in portions:
        validate(portion, Vocabulary(data.name, data.classes, data.passbands))
    return SurveyTables(
        *(
            pd.concat([getattr(p, name) for p in portions], ignore_index=True)
            for name in ("objects", "light_curves", "dropped")
        )
    )


def long_dataset(folder: Path, light_curves: str = "light curves") -> Dataset:
    """Return the data set of write_long."""
    return dataset(
        folder,
        light_curves=light_curves,
        classes=PLASTICC_CLASSES,
        passbands="ugrizy",
    )


def reasons(tables: SurveyTables) -> list[tuple[str, str]]:
    """Return what was dropped as pairs of object_id and reason."""
    return list(tables.dropped.itertuples(index=False, name=None))


def write_folder(tmp_path: Path) -> Path:
    """Write a label table and a folder of light curves in the form of BTS."""
    (tmp_path / "labels.csv").write_text(LABELS)
    curves = tmp_path / "light curves"
    curves.mkdir()
    (curves / "ZTFb.csv").write_text(CURVE_B)
    (curves / "ZTFa.csv").write_text(CURVE_A)
    return tmp_path


def write_long(tmp_path: Path) -> Path:
    """Write a label table and one long file of fluxes in the form of PLAsTiCC."""
    (tmp_path / "labels.csv").write_text(
        "object_id,true_target,ra,decl,true_z,mwebv\n"
        "615,42,10.0,-1.0,0.2,0.017\n713,90,11.0,-2.0,0.3,\n9,92,1.0,1.0,0.0,0.1\n"
    )
    (tmp_path / "light curves").write_text(
        "object_id,mjd,passband,flux,flux_err,detected_bool\n"
        "713,59002.0,3,-5.5,1.0,0\n615,59001.0,0,60.0,10.0,1\n"
        "713,59001.0,5,30.0,2.0,1\n9,59001.0,9,,0.0,1\n77,59001.0,1,1.0,1.0,1\n"
    )
    return tmp_path


def curve(folder: Path, name: str = "ZTFb") -> Path:
    """Return the path of a light curve of write_folder."""
    return folder / "light curves" / f"{name}.csv"


def replace(path: Path, old: str, new: str) -> None:
    """Change the text of a file where it holds old."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
