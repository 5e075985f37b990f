"""The paper's claims as a table, each with its measured value and verdict.

config/claims.yaml lists the claims with the paper's values and all thresholds; each
names the function in costs or gains that measures it and gives its options.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from transients.claims.intervals import NOT_RUN, NOTHING
from transients.claims.results import MEASURES, NotRunError, Outcome, Results
from transients.errors import ConfigurationError
from transients.wording import cap_in_words

CLAIM_COLUMNS = ["claim", "section", "paper_value", "measured", "lo", "hi", "verdict"]


@dataclass(frozen=True)
class Claim:
    """One claim: its words, where the paper makes it, and how it is measured."""

    name: str
    text: str
    section: str
    measure: str
    paper_value: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ClaimList:
    """All claims, with the settings that they share."""

    confidence: float
    margin: float
    size_tolerance: float
    claims: tuple[Claim, ...]


def read_claims(path: str | Path) -> ClaimList:
    """Read the list of claims; a wrong key raises ConfigurationError naming it."""
    with Path(path).open(encoding="utf-8") as file:
        content = _mapping(str(path), yaml.safe_load(file))
    keys = [setting.name for setting in fields(ClaimList)]
    _check_keys(str(path), content, required=keys, allowed=keys)
    entries = _mapping(f"{path}: claims", content["claims"])
    claims = tuple(_claim(str(name), entry) for name, entry in entries.items())
    return ClaimList(**content | {"claims": claims})


def _claim(name: str, content: object) -> Claim:
    where = f"claim {name}"
    entry = _mapping(where, content)
    named = entry.get("measure")
    if named not in MEASURES:
        raise ConfigurationError(
            f"{where}: measure {named!r}; use one of {sorted(MEASURES)}"
        )
    parameters = inspect.signature(MEASURES[named]).parameters
    options = [key for key in parameters if key != "results"]
    common = ["text", "section", "measure"]
    _check_keys(
        where,
        entry,
        required=[*common, *options],
        allowed=[*common, *options, "paper_value"],
    )
    return Claim(
        name=name,
        paper_value=entry.get("paper_value"),
        options={key: entry[key] for key in options},
        **{key: " ".join(str(entry[key]).split()) for key in common},
    )


def _mapping(where: str, content: object) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise ConfigurationError(f"{where}: not a mapping but {content!r}")
    return content


def _check_keys(
    where: str,
    entry: Mapping[str, Any],
    required: Collection[str],
    allowed: Collection[str],
) -> None:
    if unknown := sorted(set(entry) - set(allowed)):
        raise ConfigurationError(
            f"{where}: unknown key {unknown}; allowed are {sorted(allowed)}"
        )
    if missing := sorted(set(required) - set(entry)):
        raise ConfigurationError(f"{where}: missing key {missing}")


def claims_table(
    performance: pd.DataFrame, training: pd.DataFrame, claims: ClaimList
) -> pd.DataFrame:
    """Return one row per claim, in the order of the list.

    performance is the table of aggregation.performance_table, training the
    concatenated training times of all units.
    """
    settings = (claims.confidence, claims.margin, claims.size_tolerance)
    results = Results(performance, training, *settings)
    rows = [_row(claim, results) for claim in claims.claims]
    return pd.DataFrame(rows, columns=CLAIM_COLUMNS)


def _row(claim: Claim, results: Results) -> tuple[object, ...]:
    outcome = _decide(claim, results)
    interval = outcome.interval
    tested = _tested(claim, outcome, results)
    basis = "; ".join(filter(None, (outcome.note, _runs(interval.n_runs), tested)))
    text = f"({claim.name}) {claim.text}" + (f" [{basis}]" if basis else "")
    value = np.nan if claim.paper_value is None else claim.paper_value
    numbers = (interval.estimate, interval.lo, interval.hi)
    return (text, claim.section, value, *numbers, outcome.verdict)


def _runs(number: int) -> str:
    return f"{number} run{'s' if number > 1 else ''}" if number else ""


def _tested(claim: Claim, outcome: Outcome, results: Results) -> str:
    cap = results.max_test(claim.options["target"])
    touched = outcome.tested and outcome.interval.n_runs > 0
    return cap_in_words(cap) if touched and cap is not None else ""


def _decide(claim: Claim, results: Results) -> Outcome:
    try:
        return MEASURES[claim.measure](results, **claim.options)
    except NotRunError:
        return Outcome(NOTHING, NOT_RUN)
