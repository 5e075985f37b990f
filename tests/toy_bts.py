"""A toy folder in the form of public BTS data, made by code."""

from pathlib import Path

import numpy as np
import pandas as pd

TYPES = {"SN Ia": 12, "SN IIP": 6, "SN Ib": 4, "SLSN-I": 3, "TDE": 3, "other": 2}


def write_toy_bts(folder: Path, seed: int = 0) -> pd.DataFrame:
    """Write bts_table.csv and light-curves/<ZTFID>.csv; return the label table."""
    rng = np.random.default_rng(seed)
    (folder / "light-curves").mkdir(parents=True)
    types = [name for name, n in TYPES.items() for _ in range(n)]
    names = [f"ZTF18toy{i:04d}" for i in range(len(types))]
    table = pd.DataFrame(
        {
            "ZTFID": names,
            "type": types,
            "RA": "10:22:41.10",
            "Dec": "+15:56:20.8",
            "redshift": np.round(rng.uniform(0.01, 0.1, len(names)), 3),
            "duration": ">16.002",
            "A_V": np.round(rng.uniform(0.03, 0.5, len(names)), 3),
        }
    )
    table.to_csv(folder / "bts_table.csv", index=False)
    for name in names:
        _write_light_curve(folder / "light-curves" / f"{name}.csv", rng)
    return table


def _write_light_curve(path: Path, rng: np.random.Generator) -> None:
    days = np.sort(rng.uniform(0, 60, 20))
    pd.DataFrame(
        {
            "ant_mjd": 58300 + days,
            "ant_passband": np.where(np.arange(20) % 2, "g", "R"),
            "ant_mag": 18.5 + ((days - 15) / 25) ** 2 + rng.normal(0, 0.05, 20),
            "ant_magerr": 0.05,
        }
    ).to_csv(path)
