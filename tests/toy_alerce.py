"""Toy light curves as ALeRCE's API for ZTF answers, and a label table for them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from transients.readers import Dataset
from transients.readers.alerce.files import light_curve_file

TAXONOMY = Path(__file__).parents[1] / "config" / "taxonomy.csv"

OPTIONS = {
    "class_map": "bts",
    "labels": {"object_id": "ZTFID", "class": "type"},
    "passbands": {"1": "g", "2": "r", "3": None},
}


def detection(mjd: float, fid: int, mag: float, **changes: Any) -> dict[str, Any]:
    """Return a detection with all that the API tells of one."""
    return {
        **{"mjd": mjd, "candid": "547391620115015001", "fid": fid, "pid": 547391620115},
        **{"diffmaglim": 20.6, "isdiffpos": 1, "nid": 547, "distnr": 1.25},
        **{"magpsf": mag, "magpsf_corr": mag - 1, "magpsf_corr_ext": None},
        **{"magap": 19.1, "magap_corr": None, "sigmapsf": 0.1, "sigmapsf_corr": 0.02},
        **{"sigmapsf_corr_ext": 0.03, "sigmagap": 0.1, "sigmagap_corr": None},
        **{"ra": 155.67, "dec": 15.94, "rb": 0.9, "rbversion": "t8_f5_c3", "drb": None},
        **{"magapbig": 19.0, "sigmagapbig": 0.1, "rfid": 1, "has_stamp": True},
        **{"corrected": True, "dubious": False, "candid_alert": None, "phase": 0.0},
        **{"step_id_corr": "corr_bulk_0.0.1", "parent_candid": None},
        **changes,
    }


def answer(*detections: Mapping[str, Any], n_limits: int = 1) -> dict[str, Any]:
    """Return what the API answers; two detections if none are given."""
    limits = [
        {"mjd": 58000.0 + i, "fid": 1, "diffmaglim": 20.4} for i in range(n_limits)
    ]
    default = (detection(58002.5, 2, 20.0), detection(58001.5, 1, 17.5))
    return {"detections": list(detections or default), "non_detections": limits}


def zipped(content: bytes) -> bytes:
    """Return gzipped bytes, the same at any time."""
    return gzip.compress(content, mtime=0)


def store(folder: Path, name: str, content: object) -> Path:
    """Write an answer as the fetching stores it."""
    path = light_curve_file(folder, name)
    path.write_bytes(zipped(json.dumps(content).encode()))
    return path


def toy_dataset(folder: Path, names: Iterable[str]) -> Dataset:
    """Write a table of SNe Ia and one nova; return the data set."""
    rows = "".join(f"{name},SN Ia\n" for name in names)
    (folder / "bts_table.csv").write_text(f"ZTFID,type\n{rows}ZTFnova,nova\n")
    files = {"labels": folder / "bts_table.csv", "light_curves": folder / "alerce"}
    return Dataset("toy", ("SN Ia", "SN II"), ("g", "r"), files, TAXONOMY)
