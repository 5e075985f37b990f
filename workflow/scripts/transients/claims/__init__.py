"""The paper's claims, each with its measured value, interval and verdict."""

from transients.claims import costs, gains
from transients.claims.by_data import verdicts_by_data
from transients.claims.table import (
    CLAIM_COLUMNS,
    Claim,
    ClaimList,
    claims_table,
    read_claims,
)

__all__ = [
    "CLAIM_COLUMNS",
    "Claim",
    "ClaimList",
    "claims_table",
    "costs",
    "gains",
    "read_claims",
    "verdicts_by_data",
]
