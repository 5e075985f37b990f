"""Figure 2 shows the network and what of it is retrained, and is legible."""

import copy

import pytest
from figure_texts import assert_apart, texts_of, words

from transients.errors import DataError
from transients.plotting import draw_fig2
from transients.plotting.style import COLUMN


def layer(name, kind, units, parameters, inputs, **state):
    return {
        "name": name,
        "type": kind,
        "units": units,
        "activation": "relu" if kind == "Dense" else None,
        "parameters": parameters,
        "inputs": inputs,
    } | state


def model(head, state=None, new=()):
    known = {} if state is None else {"state": state}
    added = {} if state is None else {"state": "new"}
    last = [*new, "latent"][0] if new else "latent"
    return [
        layer("light_curve", "InputLayer", 4, 0, [], **known),
        layer("gru_1", "GRU", 100, 31800, ["light_curve"], **known),
        layer("metadata", "InputLayer", 1, 0, [], **known),
        layer(
            "last_valid", "LastObservation", None, 0, ["gru_1", "light_curve"], **known
        ),
        layer("dense_metadata", "Dense", 10, 20, ["metadata"], **known),
        layer(
            "merged", "Concatenate", None, 0, ["last_valid", "dense_metadata"], **known
        ),
        layer("latent", "Dense", 100, 11100, ["merged"], **known),
        *(layer(name, "Dense", 100, 10100, ["latent"], **added) for name in new),
        layer("head", "Dense", head, 101 * head, [last], **added),
    ]


@pytest.fixture
def architecture():
    lsst = model(12, "frozen", new=["mlp_1"])
    lsst[1]["state"] = "fine-tuned"
    transfer = {"strategy": "transfer", "source": "ztf_sims"}
    return {
        "source": "ztf_sims",
        "sources": {"ztf_sims": {"datasets": "ztf_sims", "alike": True}},
        "layers": model(12),
        "targets": {
            "bts": {**transfer, "layers": model(5, "frozen")},
            "lsst_sims": {**transfer, "layers": lsst},
        },
    }


def test_the_schematic_shows_every_layer_and_its_state(architecture):
    figure = draw_fig2(architecture)
    texts = words(figure)
    assert {"GRU 100", "31,800", "last observation", "concatenate", "N × 4"} <= set(
        texts
    )
    assert texts.count("frozen") == 5  # BTS: GRU and two dense; LSST: two dense
    assert texts.count("fine-tuned") == 1
    assert sorted(x for x in texts if x.startswith("new")) == [
        "new: 100",
        "new: 12",
        "new: 5",
    ]
    assert "505 of 43,425 trained" in texts
    assert "43,112 of 54,232 trained" in texts  # GRU, new dense layer and head
    assert "44,132 parameters" in texts
    assert figure.get_figwidth() == COLUMN


def test_an_input_of_unknown_size_is_drawn_without_it(architecture):
    architecture["layers"][0]["units"] = None
    texts = words(draw_fig2(architecture))
    assert "light curve (λ, t, f, ε)" in texts
    assert not any("N ×" in text or "None" in text for text in texts)


def test_a_new_layer_is_drawn_before_the_head_that_follows_it(architecture):
    figure = draw_fig2(architecture)
    depth = {text.get_text(): text.get_position()[1] for text in figure.axes[0].texts}
    assert depth["11,100"] < depth["new: 100"] < depth["new: 12"]
    assert depth["new: 12"] == depth["new: 5"] == depth["1,212"]


def test_a_schematic_of_one_target(architecture):
    one = copy.deepcopy(architecture)
    del one["targets"]["lsst_sims"]
    assert "LSST Sims" not in words(draw_fig2(one))


def test_targets_of_different_source_models_do_not_seem_to_share_one(architecture):
    shared = " ".join(words(draw_fig2(architecture)))
    assert "networks" not in shared
    section = {"datasets": "ztf_sims", "alike": True}
    architecture["sources"]["ztf_alerts"] = section
    architecture["targets"]["bts"]["source"] = "ztf_alerts"
    figure = draw_fig2(architecture)
    said = " ".join(words(figure))
    assert "weights of 2 networks" in said
    assert "BTS from ztf_alerts, LSST Sims from ztf_sims." in said
    assert_apart([(x.get_text(), x.get_window_extent()) for x in texts_of(figure)])
    section.update(alike=False, datasets="bts_sims + lsst_sims")
    said = " ".join(words(draw_fig2(architecture)))
    assert "ztf_alerts (of bts_sims + LSST Sims, with other layers than those" in said


def test_a_schematic_without_metadata(architecture):
    targets = architecture["targets"].values()
    for layers in [architecture["layers"], *(target["layers"] for target in targets)]:
        layers[5]["inputs"] = [layers[3]["name"]]
        del layers[4]  # the input itself stays, unused
    assert "Milky Way E(B–V)" not in words(draw_fig2(architecture))


def test_no_text_of_the_schematic_leaves_its_box_or_covers_another(architecture):
    figure = draw_fig2(architecture)
    figure.draw_without_rendering()
    boxes = [patch.get_window_extent() for patch in figure.axes[0].patches]
    inside = 0
    for text in figure.axes[0].texts:
        extent = text.get_window_extent()
        middle = (extent.x0 + extent.x1) / 2, (extent.y0 + extent.y1) / 2
        owners = [box for box in boxes if text.get_text() and box.contains(*middle)]
        inside += len(owners)
        assert all(box.x0 < extent.x0 and extent.x1 < box.x1 for box in owners)
    assert inside == 23
    assert_apart([(x.get_text(), x.get_window_extent()) for x in texts_of(figure)])


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda x: x["layers"][1].update(inputs=["nothing"]), "nothing"),
        (lambda x: x["targets"]["bts"]["layers"][1].update(state="thawed"), "thawed"),
    ],
)
def test_a_wrong_description_is_refused(architecture, edit, message):
    edit(architecture)
    with pytest.raises(DataError, match=message):
        draw_fig2(architecture)
