"""Values that no configuration may have, and light curves learnt from and tested on."""

import copy

import pytest
import yaml
from configurations import DEFAULT, change, check_all, complaint
from mutations import time_limit

NESTED: list = []
for _ in range(30):
    NESTED = [NESTED]

BTS = "experiments.bts"


@pytest.fixture
def config():
    return copy.deepcopy(DEFAULT)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("recipes.fair.warm_up", float("nan"), "fair.warm_up: nan is not a finite num"),
        ("encoding.window", [-30, float("inf")], "encoding.window.1: inf is not a fin"),
        ("recipes.fair.epochs", 10**400, "recipes.fair.epochs: a number beyond 1e+12"),
        (f"{BTS}.seeds", 10**9, f"{BTS}.seeds: 1000000000 is greater than the maximum"),
        (f"{BTS}.seeds", 5.0, f"{BTS}.seeds: 5.0 is not of type 'integer'"),
        (f"{BTS}.n_train", [0.0, 50], f"{BTS}.n_train.0: 0.0 is not of type 'integer'"),
        (f"{BTS}.n_train", [0, 4], f"{BTS}.n_train.1: 4 is less than the minimum of 5"),
        ("datasets", {1: {}}, "datasets: the name 1 is no text: write it in quotes"),
        (f"{BTS}.class_map", {"": "TDE"}, f"{BTS}.class_map: a name is empty"),
        ("datasets.bts.title", "a\0b", r"bts.title: 'a\x00b' has the unprintable char"),
        ("targets", NESTED, "targets.0.0: more than 20 levels deep"),
        ("datasets.bts.classes", [], "datasets.bts.classes: [] should be non-empty"),
        ("datasets.bts.classes", ["macro"], "bts.classes.0: 'macro' should not be val"),
        ("datasets.bts.classes", ["Ia|II"], "bts.classes.0: 'Ia|II' does not match"),
    ],
)
def test_what_no_key_may_have_is_named(config, key, value, expected):
    change(config, key, value)
    assert expected in complaint(config)


def test_a_files_passbands_may_be_numbers(config):
    plasticc = {
        "files": {"metadata": "m.csv", "light_curves": "l.csv"},
        "class_map": "plasticc",
        "passbands": {0: "u", 1: "g"},
    }
    unused = {**config["datasets"]["lsst_sims"], "reader": "plasticc"}
    config["datasets"]["mine"] = {**unused, "plasticc": plasticc}
    check_all(config)
    plasticc["passbands"] = {None: "u"}
    assert "mine.plasticc.passbands: the name None is no text" in complaint(config)


def aliases(levels):
    """YAML of a few lines that stands for 10 to the power of levels values."""
    rows = ["a0: &a0 1"]
    for i in range(1, levels + 1):
        rows.append(f"a{i}: &a{i} [{', '.join(10 * [f'*a{i - 1}'])}]")
    return yaml.safe_load("\n".join(rows))


@pytest.mark.parametrize("levels", [5, 9, 30])
def test_aliases_that_stand_for_millions_of_values_are_refused(config, levels):
    config["recipes"] = aliases(levels)
    with time_limit():
        said = complaint(config)
    assert "more than 100000 values: do its aliases" in said


def test_what_is_long_is_quoted_in_part(config):
    for long in (aliases(4), "z" * 7000, ["w w"] * 3000):
        config["recipes"]["fair"]["epochs"] = long
        said = complaint(config)
        assert len(said) < 2000
        assert "recipes.fair.epochs: " in said
        assert " is not of type 'integer'" in said


# Nothing learns from what it is tested on.


def test_a_source_of_the_targets_own_light_curves_is_refused(config):
    config["sources"]["ztf_alerts"]["datasets"] = ["ztf_sims", "bts"]
    config["forests"]["ztf_forest"]["datasets"] = ["bts"]
    said = complaint(config)
    for name in ("transfer", "zero_shot", "zero_shot_trees"):
        assert (
            f"{BTS}.strategies.{name}: it starts from what has learnt from bts" in said
        )
    assert "scratch" not in said


def test_two_simulations_of_one_survey_and_seed_are_the_same_light_curves(config):
    config["datasets"]["bts_sims"]["simulate"]["seed"] = 2
    check_all(config)  # no strategy of the default has learnt from them
    config["experiments"]["bts"]["strategies"]["zero_shot_mix"]["start"] = [
        "bts_alerts"
    ]
    expected = (
        f"{BTS}.strategies.zero_shot_mix: it starts from what has learnt from bts_"
    )
    assert expected in complaint(config)
    config["datasets"]["bts_sims"]["simulate"]["seed"] = 4
    check_all(config)


def test_two_data_sets_of_the_same_files_are_the_same_light_curves(config):
    files = {"objects": "o.parquet", "light_curves": "l.parquet"}
    parquet = {"reader": "parquet", "parquet": {"files": files}}
    config["datasets"]["bts"] |= parquet
    config["datasets"]["ztf_sims"] |= parquet
    assert f"{BTS}.strategies.full: it starts from what has learnt" in complaint(config)


def test_a_folder_within_the_others_holds_the_same_light_curves(config):
    def reads(folder):
        bands = {band: band for band in "ugrizy"}
        snana = {"files": {"folder": folder}, "class_map": "elasticc"}
        return {"reader": "snana", "snana": {**snana, "passbands": bands}}

    config["datasets"]["bts"] |= reads("all/TDE")
    for theirs, is_refused in (("all", True), ("all/TD", False), ("all/TDE/x", True)):
        config["datasets"]["ztf_sims"] |= reads(theirs)
        assert ("it starts from what has learnt" in complaint(config)) == is_refused


@pytest.mark.parametrize(
    "theirs",
    [
        {"objects": "train.parquet", "light_curves": "./l.parquet"},
        {"objects": "o.parquet", "light_curves": "forced.parquet"},
    ],
    ids=["other labels", "other photometry"],
)
def test_two_data_sets_that_share_a_file_share_objects(config, theirs):
    ours = {"objects": "o.parquet", "light_curves": "l.parquet"}
    config["datasets"]["bts"] |= {"reader": "parquet", "parquet": {"files": ours}}
    section = {"reader": "parquet", "parquet": {"files": theirs}}
    config["datasets"]["ztf_sims"] |= section
    assert f"{BTS}.strategies.full: it starts from what has learnt" in complaint(config)
    theirs = {"objects": "train.parquet", "light_curves": "forced.parquet"}
    config["datasets"]["ztf_sims"]["parquet"]["files"] = theirs
    assert "has learnt" not in complaint(config)


def test_a_strategy_that_is_switched_off_learns_from_nothing(config):
    config["sources"]["bts_alerts"]["datasets"] = ["bts"]
    strategy = config["experiments"]["bts"]["strategies"]["full"]
    strategy |= {"start": ["bts_alerts"], "n_train": []}
    check_all(config)
