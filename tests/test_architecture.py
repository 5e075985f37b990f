"""What Figure 2 is told of the network and of each transfer."""

from pathlib import Path
from types import SimpleNamespace

import yaml

from transients.architecture import describe_setup, describe_transfer
from transients.model import Architecture

SMALL = Architecture((4, 4), 4, 2, (4, 4))
CONFIG = Path(__file__).parent.parent / "config" / "config.yaml"
DEFAULT = yaml.safe_load(CONFIG.read_text())
EXPERIMENTS = DEFAULT["experiments"]


def states(target, n_classes):
    strategy = EXPERIMENTS[target]["strategies"]["transfer"]
    layers = describe_transfer(SMALL, strategy, n_classes)
    return {layer["name"]: layer["state"] for layer in layers if layer["parameters"]}


def test_bts_transfer_trains_a_new_head_and_nothing_else():
    found = states("bts", 5)
    assert found.pop("head") == "new"
    assert set(found.values()) == {"frozen"}


def test_lsst_transfer_trains_the_grus_and_three_new_layers():
    found = states("lsst_sims", 12)
    new = {name for name, state in found.items() if state == "new"}
    tuned = {name for name, state in found.items() if state == "fine-tuned"}
    assert new == {"mlp_1", "mlp_2", "head"}
    assert tuned == {name for name in found if name.startswith("gru_")}
    assert found["latent"] == "frozen"


def test_layers_know_their_size_and_where_they_take_from():
    strategy = EXPERIMENTS["bts"]["strategies"]["transfer"]
    layers = {x["name"]: x for x in describe_transfer(SMALL, strategy, 5)}
    assert layers["light_curve"]["units"] == 4
    assert layers["head"]["units"] == 5
    assert layers["head"]["activation"] == "softmax"
    assert layers["head"]["inputs"] == ["latent"]
    assert layers["gru_1"]["inputs"] == ["light_curve"]


def setup(**sources):
    """The set-up of the default's targets that start from these source models."""
    experiments = {
        name: {**EXPERIMENTS[name], "source": source}
        for name, source in sources.items()
    }
    sections = {"sources": DEFAULT["sources"], "datasets": DEFAULT["datasets"]}
    return describe_setup(SMALL, SimpleNamespace(experiments=experiments, **sections))


def test_each_target_is_told_with_its_own_source_model():
    assert EXPERIMENTS["bts"]["source"] != EXPERIMENTS["lsst_sims"]["source"]
    found = setup(bts="ztf_alerts", lsst_sims="ztf_sims")
    targets = found["targets"]
    assert {x: targets[x]["source"] for x in targets} == {
        "bts": "ztf_alerts",
        "lsst_sims": "ztf_sims",
    }
    alike = {"datasets": "ztf_sims", "alike": True}
    assert found["sources"] == {"ztf_alerts": alike, "ztf_sims": alike}


def test_source_models_with_other_layers_are_not_called_alike():
    found = setup(bts="bts_alerts", lsst_sims="ztf_sims")
    assert found["source"] == found["sources"]["bts_alerts"]["datasets"] == "bts_sims"
    assert not found["sources"]["ztf_sims"]["alike"]
    bts, lsst = (found["targets"][x]["layers"] for x in ("bts", "lsst_sims"))
    assert len({x["name"] for x in bts} - {x["name"] for x in lsst}) == 1  # asinh
