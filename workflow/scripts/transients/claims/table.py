"""The paper's claims as a table, each with its measured value and verdict.

config/claims.yaml lists the claims with the paper's values and all thresholds; each
names the function in costs or gains that measures it and gives its options.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from transients.averages import MACRO
from transients.claims.results import MEASURES, NotRunError, Outcome, Results
from transients.claims.verdicts import NOT_RUN
from transients.configuration_names import explain_unknown, missing
from transients.configuration_schema import broken_definition, read_yaml
from transients.configuration_values import check_values
from transients.errors import ConfigurationError
from transients.intervals import NOTHING
from transients.wording import cap_in_words

COMMON = ("text", "section", "measure")
"""What is told of a claim, whatever its measure."""

REAL, SIMULATED = "real", "simulated"
CLAIM_COLUMNS = [
    "name",
    "claim",
    "section",
    "data",
    "baseline",
    "paper_value",
    "measured",
    "lo",
    "hi",
    "verdict",
    "few_tested",
]


@dataclass(frozen=True)
class Claim:
    """One claim: its words, where the paper makes it, and how it is measured.

    baselines are what it is checked against, one after the other; none where the
    measure has no parameter baseline.
    """

    name: str
    text: str
    section: str
    measure: str
    paper_value: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    baselines: Sequence[str] = ()


@dataclass(frozen=True)
class ClaimList:
    """All claims, with the settings that they share."""

    confidence: float
    margin: float
    size_tolerance: float
    baselines: tuple[str, ...]
    claims: tuple[Claim, ...]


def read_claims(path: str | Path) -> ClaimList:
    """Read the list of claims; a wrong key raises ConfigurationError naming it."""
    content = read_yaml(Path(path))
    if isinstance(content, dict) and isinstance(content.get("claims"), dict):
        entries = {str(name): entry for name, entry in content["claims"].items()}
        if len(entries) < len(content["claims"]):
            raise ConfigurationError(f"{path}: claims: two have one name")
        content = {**content, "claims": entries}
    problems = list(check_values(content)) or broken_definition("claim_list", content)
    if not problems:
        problems = list(_misfits(content["claims"]))
    if problems:
        said = "".join(f"\n  - {problem}" for problem in problems)
        raise ConfigurationError(f"{path} is wrong:{said}")
    baselines = tuple(content["baselines"])
    claims = tuple(_claim(name, x, baselines) for name, x in content["claims"].items())
    return ClaimList(**content | {"baselines": baselines, "claims": claims})


def _misfits(entries: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield which options of claims are not those of their measures."""
    for name, entry in entries.items():
        where = f"claims.{name}"
        if missing_measure := missing([entry["measure"]], MEASURES, f"{where}.measure"):
            yield from missing_measure
            continue
        options = options_of(entry["measure"])
        known = {*COMMON, *options, "paper_value"}
        if unknown := [key for key in entry if key not in known]:
            yield f"{where}: {explain_unknown(unknown, known)}"
        for key in options:
            if entry.get(key) is None:
                yield f"{where}.{key}: {entry['measure']} needs it"


def options_of(name: str) -> list[str]:
    """Return the names of the options of a measure."""
    parameters = inspect.signature(MEASURES[name]).parameters
    return [key for key in parameters if key not in ("results", "baseline")]


def _claim(name: str, entry: Mapping[str, Any], baselines: tuple[str, ...]) -> Claim:
    compares = "baseline" in inspect.signature(MEASURES[entry["measure"]]).parameters
    return Claim(
        name=name,
        paper_value=entry.get("paper_value"),
        options={key: entry[key] for key in options_of(entry["measure"])},
        baselines=baselines if compares else (),
        **{key: " ".join(entry[key].split()) for key in COMMON},
    )


def claims_table(
    performance: pd.DataFrame,
    training: pd.DataFrame,
    claims: ClaimList,
    real: Mapping[str, bool],
) -> pd.DataFrame:
    """Return one row per claim and baseline, in the order of the list.

    performance is the table of aggregation.performance_table, training the
    concatenated training times of all units. real says of each target that was run
    whether its light curves were observed; else they are simulated. few_tested: in
    some run of the target, a class of the averaged AUROC, or any class where single
    ones are compared, has fewer than 3 test objects.
    """
    settings = (claims.confidence, claims.margin, claims.size_tolerance)
    results = Results(performance, training, *settings)
    rows = [
        _row(claim, baseline, results, real)
        for claim in claims.claims
        for baseline in claim.baselines or ("",)
    ]
    return pd.DataFrame(rows, columns=CLAIM_COLUMNS)


def _row(
    claim: Claim, baseline: str, results: Results, real: Mapping[str, bool]
) -> tuple[object, ...]:
    outcome = _decide(claim, baseline, results)
    interval = outcome.interval
    target = claim.options["target"]
    tested = outcome.tested and interval.n_runs > 0
    cap = results.max_test(target) if tested else None
    told = (outcome.note, _runs(interval.n_runs), cap_in_words(cap) if cap else "")
    basis = "; ".join(filter(None, told))
    text = claim.text + (f" [{basis}]" if basis else "")
    data = {True: REAL, False: SIMULATED, None: ""}[real.get(target)]
    value = np.nan if claim.paper_value is None else claim.paper_value
    numbers = (value, interval.estimate, interval.lo, interval.hi)
    averaged = claim.options.get("average") or claim.options.get("pair") or MACRO
    few = tested and results.few_tested(target, averaged)
    setting = (claim.name, text, claim.section, data, baseline)
    return (*setting, *numbers, outcome.verdict, few)


def _runs(number: int) -> str:
    return f"{number} run{'s' if number > 1 else ''}" if number else ""


def _decide(claim: Claim, baseline: str, results: Results) -> Outcome:
    against = {"baseline": baseline} if baseline else {}
    try:
        return MEASURES[claim.measure](results, **claim.options, **against)
    except NotRunError:
        return Outcome(NOTHING, NOT_RUN)
