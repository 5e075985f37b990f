"""Strategies that cannot run are refused before anything does, each with its reason."""

import copy

import pytest
from configurations import DEFAULT, MISSING, change, check_all, complaint

BTS, LSST = "experiments.bts", "experiments.lsst_sims"
OF_BTS, OF_LSST = f"{BTS}.strategies", f"{LSST}.strategies"
KEPT = {"SNIa": "SN Ia", "SNII": "SN II", "SNIb": "SN Ib/c"}
KEPT |= {"SLSN-I": "SLSN-I", "TDE": "TDE"}


@pytest.fixture
def config():
    return copy.deepcopy(DEFAULT)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        # of an experiment
        (f"{BTS}.class_map.SNIa", "SNIa", f"{BTS}.class_map: unknown 'SNIa' (did you"),
        (
            f"{BTS}.class_mix.TDE",
            MISSING,
            f"{BTS}.class_mix: give a number for each of SN Ia, SN II, SN Ib/c, SLSN-I",
        ),
        (
            f"{BTS}.class_mix",
            None,
            f"{OF_BTS}.zero_shot_trees.class_mix: {BTS}.class_mix says nothing of",
        ),
        (f"{BTS}.class_mix.TDE", 0, f"{BTS}.class_mix.TDE: 0 is less than or equal"),
        (
            f"{OF_BTS}.full.n_train",
            [100, 7],
            f"{OF_BTS}.full.n_train: [7] not in {BTS}",
        ),
        (f"{OF_BTS}.full.kind", "tree", f"{OF_BTS}.full.kind: 'tree' is not one of"),
        (f"{OF_BTS}.full.kind", MISSING, f"{OF_BTS}.full: 'kind' is a required"),
        (
            f"{BTS}.ablation",
            [{"ingredient": "a", "change": "b", "strategy": "full", "without": "fll"}],
            f"{BTS}.ablation: unknown 'fll' (did you mean 'full'?)",
        ),
        # networks
        (f"{OF_BTS}.full.start", ["ztf"], f"{OF_BTS}.full.start: unknown 'ztf'"),
        (f"{OF_BTS}.full.recipe", "gentel", "full.recipe: unknown 'gentel' (did you m"),
        (
            f"{OF_BTS}.full.recipe",
            None,
            f"{OF_BTS}.full.recipe: null, but a new head o",
        ),
        (
            f"{OF_BTS}.zero_shot.trainable",
            ["latent"],
            f"{OF_BTS}.zero_shot.recipe: null, but a new head or trainable layers need",
        ),
        (f"{OF_BTS}.full.trainable", ["gru_3"], "full.trainable: unknown 'gru_3' (did"),
        (f"{OF_BTS}.full.trainable", ["head"], "full.trainable: unknown 'head'"),
        (f"{OF_BTS}.scratch.trainable", [], "scratch: random weights must be trained"),
        (
            f"{OF_BTS}.scratch.head",
            "kept",
            "scratch: a kept head needs a source and no",
        ),
        (f"{OF_BTS}.zero_shot.start", "random", "zero_shot: a merged head needs a so"),
        (f"{OF_LSST}.full.head", "kept", f"{OF_LSST}.full: a kept head needs a source"),
        (
            f"{OF_BTS}.full.class_mix",
            True,
            f"{OF_BTS}.full.class_mix: only a merged head can be told the class mix",
        ),
        (
            f"{OF_BTS}.transfer.head",
            "kept",
            f"{OF_BTS}.transfer.head: kept, but source 'ztf_alerts' tells ['SNIa', ",
        ),
        (
            f"{OF_BTS}.zero_shot.start",
            ["bts_alerts", "lsst_bright"],
            None,  # each has a counterpart for every class
        ),
        (
            f"{BTS}.class_map",
            {"SNIa": "SN Ia", "SNII": "SN II"},
            f"{OF_BTS}.zero_shot.head: merged, but no class of source 'ztf_alerts' is"
            " mapped to SN Ib/c by the experiment's class_map",
        ),
        # trees
        (
            f"{OF_BTS}.features.recipe",
            "labeled",
            "features.recipe: unknown 'labeled' (",
        ),
        (
            f"{OF_BTS}.features.forest",
            "ztf_forest",
            "features: give either a forest or",
        ),
        (f"{OF_BTS}.features.recipe", None, f"{OF_BTS}.features: give either a forest"),
        (
            f"{OF_BTS}.features.class_mix",
            True,
            "features.class_mix: labels tell the mix",
        ),
        (
            f"{OF_BTS}.features.scores_of",
            ["zero"],
            "features.scores_of: unknown 'zero'",
        ),
        (
            f"{OF_BTS}.features.scores_of",
            ["transfer"],
            f"{OF_BTS}.features.scores_of: transfer has seen the labels that these",
        ),
        (
            f"{OF_BTS}.features.scores_of",
            ["best"],
            "scores_of: best has seen the labels",
        ),
        (
            f"{OF_BTS}.features.scores_of",
            ["features"],
            f"{OF_BTS}.features.scores_of: features has seen the labels",
        ),
        (
            f"{OF_BTS}.zero_shot_mix.n_train",
            [0, 100],
            f"{OF_BTS}.features_and_scores.scores_of: zero_shot_mix does not run at",
        ),
        (
            f"{OF_BTS}.zero_shot_trees.scores_of",
            ["zero_shot"],
            f"{OF_BTS}.zero_shot_trees.scores_of: a forest has learnt already",
        ),
        (
            f"{OF_BTS}.zero_shot_trees.forest",
            "ztf",
            f"{OF_BTS}.zero_shot_trees.forest: unknown 'ztf'",
        ),
        (
            f"{OF_BTS}.zero_shot_trees.forest",
            "lsst_forest",
            f"{OF_BTS}.zero_shot_trees.forest: lsst_bright_sims was observed in passb",
        ),
        # blends
        (
            f"{OF_BTS}.best.of",
            {"zero": 1},
            f"{OF_BTS}.best.of: unknown 'zero' (did you",
        ),
        (f"{OF_BTS}.best.of", {"best": 1}, f"{OF_BTS}.best.of: best is a blend itself"),
        (f"{OF_BTS}.best.of", {}, f"{OF_BTS}.best.of: {{}} should be non-empty"),
        (f"{OF_BTS}.best.of.zero_shot_mix", 0, "best.of.zero_shot_mix: 0 is less than"),
        # forests
        (
            "forests.ztf_forest.datasets",
            ["ztf"],
            "forests.ztf_forest.datasets: unknown",
        ),
        ("forests.ztf_forest.recipe", "papr", "forests.ztf_forest.recipe: unknown 'pa"),
        ("forests.ztf_forest.recipe", "labelled", "labelled has a class_weight_powe"),
    ],
)
def test_what_cannot_run_is_named(config, key, value, expected):
    change(config, key, value)
    if expected is None:
        check_all(config)
    else:
        assert expected in complaint(config)


def test_scores_are_taken_from_what_runs_at_all_sizes_and_more(config):
    change(config, f"{OF_BTS}.zero_shot_mix.n_train", [0, 50, 100])
    change(config, f"{OF_BTS}.features_and_scores.n_train", [100])
    check_all(config)


def test_a_source_of_unknown_data_is_complained_of_once(config):
    change(config, "sources.ztf_alerts.datasets", ["ztf"])
    assert complaint(config).splitlines() == [
        "  - sources.ztf_alerts.datasets: unknown 'ztf'; known are bts, bts_sims,"
        " lsst_bright_sims, lsst_sims, ztf_sims"
    ]


def test_a_kept_head_needs_the_same_classes_in_the_same_order(config):
    change(config, f"{OF_BTS}.transfer.head", "kept")
    change(config, "sources.ztf_alerts.merge", KEPT)
    check_all(config)
    change(config, "sources.ztf_alerts.merge", dict(reversed(KEPT.items())))
    assert "['TDE', 'SLSN-I'" in complaint(config)
