"""What holds of each claim: on simulated data, on real data, and fairly compared."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from transients.claims.table import CLAIM_COLUMNS, REAL, SIMULATED, Claim, ClaimList
from transients.claims.verdicts import NOT_RUN
from transients.errors import DataError
from transients.few_tested import marks

FAIR = "scratch_fair"
COLUMNS = {
    "simulated data": (SIMULATED, False),
    "simulated data, fair baseline": (SIMULATED, True),
    "real data": (REAL, False),
    "real data, fair baseline": (REAL, True),
}


def verdicts_by_data(
    tables: Mapping[str, pd.DataFrame], claims: ClaimList
) -> pd.DataFrame:
    """Return one row per claim, with a column of verdicts for each kind of data.

    tables are those of claims_table, by the folder of the results they come from. Where
    several of one kind were run, each verdict is followed by its folder. One on few
    test objects is marked. A claim that
    compares with no baseline has no verdict against the fair one.
    """
    for folder, table in tables.items():
        if missing := sorted(set(CLAIM_COLUMNS) - set(table)):
            raise DataError(
                f"{folder}/tables/claims.csv: no column {missing}: make it anew"
            )
    found = pd.concat([table.assign(folder=name) for name, table in tables.items()])
    found = found[found["verdict"] != NOT_RUN]
    found = found.assign(verdict=found["verdict"] + marks(found["few_tested"]))
    rows = [
        (claim.name, claim.text, claim.section, *_verdicts(found, claim))
        for claim in claims.claims
    ]
    return pd.DataFrame(rows, columns=["name", "claim", "section", *COLUMNS])


def _verdicts(found: pd.DataFrame, claim: Claim) -> list[str | None]:
    return [_verdict(found, claim, data, fair) for data, fair in COLUMNS.values()]


def _verdict(found: pd.DataFrame, claim: Claim, data: str, fair: bool) -> str | None:
    if fair and FAIR not in claim.baselines:
        return None
    baseline = FAIR if fair else next(iter(claim.baselines), "")
    rows = found[
        (found["name"] == claim.name)
        & (found["data"] == data)
        & (found["baseline"] == baseline)
    ]
    if len(rows) < 2:
        return rows["verdict"].iloc[0] if len(rows) else NOT_RUN
    return "; ".join(rows["verdict"] + " (" + rows["folder"] + ")")
