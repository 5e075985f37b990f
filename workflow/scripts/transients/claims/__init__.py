"""The paper's claims, each with its measured value, interval and verdict."""

from transients.claims import costs, gains
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
]
