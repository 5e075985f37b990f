"""The list of claims, their table, and what holds on which data."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from claims_toys import gains, performance, training
from configurations import DEFAULT
from planning import failures, workflow_with

from transients.claims import (
    CLAIM_COLUMNS,
    claims_table,
    read_claims,
    verdicts_by_data,
)
from transients.claims.results import MEASURES
from transients.claims.verdicts import HOLDS, NOT_RUN, UNDECIDED
from transients.errors import ConfigurationError, DataError

CLAIMS = Path(__file__).parents[1] / "config" / "claims.yaml"


def test_every_claim_of_the_paper_is_listed_and_not_run_without_results():
    claims = read_claims(CLAIMS)
    numbers = {int(claim.name.strip("abcd")) for claim in claims.claims}
    assert numbers == set(range(1, 13))
    assert {claim.measure for claim in claims.claims} == set(MEASURES)
    times = pd.DataFrame(
        columns=[
            "target",
            "strategy",
            "n_train",
            "seed",
            "epochs_best",
            "epochs_run",
            "seconds",
            "seconds_uncached",
        ]
    )
    table = claims_table(performance({}), times, claims, {})
    assert set(table["verdict"]) == {NOT_RUN}
    assert table["measured"].isna().all()
    assert set(table["data"]) == {""}
    values = table.set_index(["name", "baseline"])["paper_value"]
    assert values["1a", "scratch"] == values["1a", "scratch_fair"] == 0.05
    assert values["3a", ""] == 0.75
    assert np.isnan(values["4", "scratch_fair"])


def test_a_row_says_what_it_was_measured_on():
    claims = one_claim("11a")
    table = claims_table(gains({"macro": 0.05}), None, claims, {"bts": True})
    assert list(table.columns) == CLAIM_COLUMNS
    assert list(table["baseline"]) == ["scratch", "scratch_fair"]
    assert list(table["verdict"]) == [UNDECIDED, NOT_RUN]
    row = table.iloc[0]
    assert (row["name"], row["data"], row["section"]) == ("11a", "real", "Figure 1")
    assert row["claim"].startswith("BTS, transfer is still significantly better")
    assert row["claim"].endswith("[n = 20; 3 runs]")


def test_rows_of_a_capped_or_small_test_set_say_so_if_it_was_tested():
    small = gains({"macro": 0.05}).assign(max_test=1000, few_tested=True)
    epochs = {"epochs_best": np.array([4, 5]), "epochs_run": np.array([9, 9])}
    times = training({"transfer": {20: epochs}, "scratch": {20: epochs}})
    table = claims_table(small, times, one_claim("11a", "3a"), {})
    untested, tested, not_run = table["claim"]
    told = "tested on at most 1,000 light curves, drawn at random"
    assert tested.endswith(f"[n = 20; 3 runs; {told}]")
    assert "[" not in not_run
    assert "2 runs" in untested
    assert told not in untested
    assert list(table["few_tested"]) == [False, True, False]


@pytest.mark.parametrize(("few", "marked"), [("macro_common", True), ("macro", False)])
def test_a_claim_is_marked_for_the_average_that_it_is_about(few, marked):
    table = gains({"macro": 0.05, "macro_common": 0.05})
    table["few_tested"] = table["class"] == few
    row = claims_table(table, None, one_claim("11b"), {}).iloc[0]
    assert row["few_tested"] == marked


def test_a_wrong_claim_is_told_before_a_run_begins(tmp_path):
    folder = workflow_with(DEFAULT, tmp_path)
    path = folder / "config" / "claims.yaml"
    path.write_text(path.read_text().replace("fraction: 0.3", "fraction: 30"))
    (said,) = failures([folder]).values()
    assert "claims.yaml is wrong" in said
    assert "claims.2.fraction: 30 is greater than" in said


def one_claim(*names):
    claims = read_claims(CLAIMS)
    return replace(claims, claims=tuple(c for c in claims.claims if c.name in names))


def test_claims_of_several_runs_stand_side_by_side():
    """On real data scratch is as good as transfer, scratch_fair is not."""
    claims, real, simulated = one_claim("5", "9"), {"bts": True}, {"bts": False}
    equal = gains({"macro_common_only": 0.001})
    fair = equal[equal["strategy"] == "scratch"]
    fair = fair.assign(strategy="scratch_fair", auroc=0.3)
    better, worse = (gains({"macro_common_only": x}) for x in (0.2, -0.2))
    worse["few_tested"] = True
    tables = {
        "results": claims_table(better, None, claims, simulated),
        "paper": claims_table(worse, None, claims, simulated),
        "bts_real": claims_table(pd.concat([equal, fair]), None, claims, real),
        "plasticc": claims_table(performance({}), None, claims, {"lsst_sims": False}),
    }
    gain, spread = verdicts_by_data(tables, claims).itertuples(index=False, name=None)
    name, text, section, *verdicts = gain
    assert (name, section) == ("5", "Figure 5")
    assert text.endswith("(gain in AUROC over SN Ia, SN II and SN Ib/c).")
    assert verdicts == ["holds (results); fails † (paper)", NOT_RUN, UNDECIDED, HOLDS]
    assert list(spread[3::2]) == [NOT_RUN, NOT_RUN]
    assert pd.isna(list(spread[4::2])).all()  # it compares with no baseline


def test_claims_of_an_older_run_are_refused():
    old = pd.DataFrame({"claim": ["(1a) ..."], "verdict": ["holds"]})
    with pytest.raises(DataError, match=r"results/tables/claims\.csv.*baseline"):
        verdicts_by_data({"results": old}, read_claims(CLAIMS))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda x: x.update(confidnce=0.9), "confidnce"),
        (lambda x: x.pop("margin"), "margin"),
        (lambda x: x.update(confidence=95), "confidence: 95 is greater"),
        (lambda x: x["claims"]["1a"].update(averag="macro"), "averag.*average"),
        (lambda x: x["claims"]["1a"].update(threshold=0.5), "1a: unknown 'threshold'"),
        (lambda x: x["claims"]["1a"].pop("average"), "1a.average: fraction_of_labels"),
        (lambda x: x["claims"]["1a"].update(paper_value=None), "1a.paper_value: frac"),
        (lambda x: x["claims"]["1a"].update(measure="guess"), "guess.*gain_at_size"),
        (lambda x: x["claims"]["11a"].update(n_train=[1]), "11a.n_train"),
        (lambda x: x["claims"].update({"1a": "text"}), "claims.1a: 'text' is not"),
        (lambda x: x.update(baselines=[""]), "baselines.0: '' should be non-empty"),
        (lambda x: x["claims"].update({"2": x["claims"][2]}), "two have one name"),
        (lambda x: x.update(claims=[]), r"claims: \[\] is not of type"),
        (lambda x: x["claims"].update(a=float("nan")), "nan is not a finite number"),
    ],
)
def test_a_wrong_key_is_refused_by_name(edit, message, tmp_path):
    content = yaml.safe_load(CLAIMS.read_text(encoding="utf-8"))
    content["claims"] = {name: dict(x) for name, x in content["claims"].items()}
    edit(content)
    path = tmp_path / "claims.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message):
        read_claims(path)
