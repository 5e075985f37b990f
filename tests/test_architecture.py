"""What Figure 2 is told of the network and of each transfer."""

from pathlib import Path

import yaml

from transients.architecture import describe_transfer
from transients.model import Architecture

SMALL = Architecture((4, 4), 4, 2, (4, 4))
CONFIG = Path(__file__).parent.parent / "config" / "config.yaml"
EXPERIMENTS = yaml.safe_load(CONFIG.read_text())["experiments"]


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
