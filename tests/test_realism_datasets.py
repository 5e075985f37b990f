"""Which data sets a target is compared with, and what is wrong with them."""

import copy

import pytest
from configurations import DEFAULT

from transients.configuration import datasets_in_use
from transients.realism_datasets import as_target_shows, check_realism

MIX = {"SNIa": 9, "SNIa-91bg": 1, "TDE": 1, "SLSN-I": 2}


@pytest.fixture
def config():
    config = copy.deepcopy(DEFAULT)
    config["datasets"]["sims"] = copy.deepcopy(config["datasets"]["bts"])
    bts = config["experiments"]["bts"]
    bts |= {"realism": ["sims", "ztf_sims"]}
    bts["class_map"] = {"SNIa": "SN Ia", "SNIa-91bg": "SN Ia", "TDE": "TDE"}
    bts["realism_mix"] = MIX
    return config


def test_forced_photometry_is_shown_as_the_alerts_of_the_target(config):
    shown = as_target_shows(config, "bts")
    assert list(shown) == ["bts", "sims", "ztf_sims"]
    observations = [section["observations"] for section in shown.values()]
    assert observations == ["all", "all", "detections"]


def test_classes_are_mapped_and_mixed_where_they_are_not_the_targets(config):
    shown = as_target_shows(config, "bts")
    classes = config["datasets"]["bts"]["classes"]
    for name in ("bts", "sims"):
        assert shown[name]["class_map"] == {known: known for known in classes}
        assert shown[name]["class_mix"] is None
    mapped = {"SNIa": "SN Ia", "SNIa-91bg": "SN Ia", "TDE": "TDE", "SLSN-I": "SLSN-I"}
    assert shown["ztf_sims"]["class_map"] == mapped
    assert shown["ztf_sims"]["class_mix"] == MIX


def test_they_are_in_use_and_none_by_default(config):
    assert "sims" in datasets_in_use(config)
    del config["experiments"]["bts"]["realism"]
    assert "sims" not in datasets_in_use(config)
    assert list(as_target_shows(config, "bts")) == ["bts"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["sim"], "unknown 'sim'"),
        (["bts"], "the target's own"),
        (["lsst_sims"], "in the passbands 'lsst', the target in 'ztf'"),
    ],
)
def test_what_cannot_be_compared_is_named(config, names, expected):
    assert not list(check_realism(config, "bts"))
    config["experiments"]["bts"]["realism"] = names
    problems = list(check_realism(config, "bts"))
    assert any(expected in problem for problem in problems)


def test_a_data_set_without_a_common_class_needs_a_class_map(config):
    config["experiments"]["bts"]["class_map"] = {}
    config["datasets"]["ztf_sims"]["classes"] = ["SNIa"]
    (problem,) = check_realism(config, "bts")
    assert "experiments.bts.class_map" in problem


def test_a_mix_has_every_class_of_the_map(config):
    del config["experiments"]["bts"]["realism_mix"]["SNIa-91bg"]
    (problem,) = check_realism(config, "bts")
    assert problem == "experiments.bts.realism_mix: no share of ['SNIa-91bg']"


def test_classes_of_the_targets_own_name_need_no_entry(config):
    """As in all else that asks for the target's classes."""
    config["experiments"]["bts"]["class_map"] = {"SNIa": "SN Ia"}
    mapped = as_target_shows(config, "bts")["ztf_sims"]["class_map"]
    assert mapped == {"SNIa": "SN Ia", "TDE": "TDE", "SLSN-I": "SLSN-I"}
