"""A configuration that is wrong says which key is, and what would be right."""

import copy

import pytest
from configurations import DEFAULT, MISSING, change, check_all, complaint

from transients.configuration import (
    backbone_layers,
    datasets_in_use,
    download_of,
    source_classes,
    strategies_at,
)


@pytest.fixture
def config():
    return copy.deepcopy(DEFAULT)


def test_the_default_is_right(config):
    check_all(config)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("enccoding", {}, "top level: unknown 'enccoding' (did you mean 'encoding'?)"),
        ("encoding.max_point", 9, "encoding: unknown 'max_point' (did you mean 'max_p"),
        ("recipes.fair.epoch", 9, "recipes.fair: unknown 'epoch' (did you mean 'epoc"),
        (
            "recipes.fair.augmentation.dorp",
            0.5,
            "recipes.fair.augmentation: unknown 'dorp' (did you mean 'drop'?)",
        ),
        (
            "experiments.bts.strategies.transfer.layers",
            [],
            "experiments.bts.strategies.transfer: unknown 'layers'",
        ),
        ("model", MISSING, "top level: 'model' is a required property"),
        ("recipes.fair.epochs", MISSING, "recipes.fair: 'epochs' is a required"),
        ("experiments.bts.seeds", "5", "experiments.bts.seeds: '5' is not of type 'in"),
        (
            "recipes.fair.learning_rate",
            -1,
            "recipes.fair.learning_rate: -1 is less than or equal to the minimum of 0",
        ),
        (
            "recipes.fair.augmentation.drop",
            -1,
            "recipes.fair.augmentation.drop: -1 is less than the minimum of 0"
            " (Largest fraction of points left out.)",
        ),
        (
            "recipes.fair.early_stopping",
            True,
            "recipes.fair.early_stopping: True is not null or object",
        ),
        (
            "experiments.bts.strategies.transfer.trainable",
            "al",
            "strategies.transfer.trainable: 'al' is not all or array",
        ),
        (
            "datasets.bts.trigger",
            "second_detection",
            "datasets.bts.trigger: 'second_detection' is not one of"
            " ['two_detections', 'first_detection', 'survey']",
        ),
        ("datasets.a b", DEFAULT["datasets"]["bts"], "datasets: 'a b' does not match"),
        ("targets", [], "targets: [] should be non-empty"),
        (
            "recipes.standard.early_stopping",
            {"patience": 3},
            "'min_delta' is a required",
        ),
        ("model.metadata_units", 0, "model.metadata_units: 0 is less than the minimum"),
        (
            "experiments.bts.strategies.full.n_train",
            ["50"],
            "experiments.bts.strategies.full.n_train.0: '50' is not of type 'integer'",
        ),
    ],
)
def test_the_schema_names_the_key_and_what_would_be_right(config, key, value, expected):
    change(config, key, value)
    assert expected in complaint(config)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("encoding.window", [70, -30], "encoding.window: it ends on day -30, before"),
        ("encoding.min_points", 700, "encoding.min_points: more than max_points"),
        ("targets", ["btss"], "targets: unknown 'btss' (did you mean 'bts'?)"),
        (
            "datasets.bts.download",
            "elastic",
            "datasets.bts.download: unknown 'elastic' (",
        ),
        ("datasets.bts.passbands", "zft", "datasets.bts.passbands: unknown 'zft' (did"),
        (
            "downloads.bts.folder",
            "a/../../b",
            "downloads.bts.folder: 'a/../../b' may l",
        ),
        ("downloads.bts.folder", "/data", "downloads.bts.folder: '/data' may lead out"),
        ("datasets.bts.reader", "csv", "datasets.bts: reader 'csv' needs its options"),
        (
            "datasets.bts.simulate.counts.SN Iax",
            9,
            "datasets.bts.simulate.counts: unknown 'SN Iax' (did you mean 'SN Ia'?)",
        ),
        (
            "datasets.bts.simulate.counts.TDE",
            0,
            "datasets.bts.simulate.counts: no objects of class TDE",
        ),
        ("sources.ztf_sims.datasets", ["ztf"], "sources.ztf_sims.datasets: unknown 'z"),
        ("sources.ztf_sims.recipe", "papr", "sources.ztf_sims.recipe: unknown 'papr'"),
        (
            "sources.ztf_sims.merge",
            {"SNIae": "SN Ia"},
            "sources.ztf_sims.merge: unknown 'SNIae' (did you mean 'SNIa'?)",
        ),
        ("experiments.bts.source", "ztf", "experiments.bts.source: unknown 'ztf'"),
        ("experiments.bts.dataset", "btss", "experiments.bts.dataset: unknown 'btss'"),
        (
            "experiments.bts.common_classes",
            ["SN Ia", "SNII"],
            "experiments.bts.common_classes: unknown 'SNII' (did you mean 'SN II'?)",
        ),
        (
            "experiments.lsst_sims.pairs",
            [["SNIb", "SNId"]],
            "experiments.lsst_sims.pairs: unknown 'SNId'",
        ),
    ],
)
def test_what_does_not_fit_together_is_named(config, key, value, expected):
    change(config, key, value)
    assert expected in complaint(config)


def test_every_problem_is_listed_at_once(config):
    change(config, "targets", ["btss"])
    change(config, "experiments.bts.source", "ztf")
    change(config, "datasets.lsst_sims.passbands", "zft")
    assert len(complaint(config).splitlines()) == 3


MERGE = {
    "SNIa": "SN Ia",
    "SNII": "SN II",
    "SNIb": "SN Ib/c",
    "SNIc": "SN Ib/c",
    "SLSN-I": "SLSN-I",
    "TDE": "TDE",
}


def test_data_sets_in_use_are_those_of_the_targets_sources_first(config):
    lsst, strategies = ["ztf_sims", "lsst_sims"], config["experiments"]["lsst_sims"]
    strategies = strategies["strategies"]
    assert datasets_in_use(config) == ["ztf_sims", "bts", "lsst_sims"]
    config["targets"] = ["lsst_sims"]
    assert datasets_in_use(config) == lsst
    strategies["full"]["start"] = ["lsst_bright"]
    assert datasets_in_use(config) == ["lsst_bright_sims", *lsst]
    strategies["full"]["n_train"] = []
    assert datasets_in_use(config) == lsst
    config["experiments"]["lsst_sims"]["source"] = "astromcad"
    assert datasets_in_use(config) == ["lsst_sims"]


def test_data_sets_of_forests_are_in_use(config):
    config["targets"] = ["bts"]
    assert datasets_in_use(config) == ["ztf_sims", "bts"]
    trees = config["experiments"]["bts"]["strategies"]["zero_shot_trees"]
    trees["forest"] = "bts_forest"
    assert datasets_in_use(config) == ["ztf_sims", "bts_sims", "bts"]


def test_strategies_run_at_their_sizes_alone(config):
    strategies = config["experiments"]["bts"]["strategies"]
    for name, sizes in {"full": [100, 400], "warm_head": [], "scratch": "all"}.items():
        strategies[name]["n_train"] = sizes
    for size, expected in {100: {"full", "scratch"}, 200: {"scratch"}}.items():
        chosen = strategies_at(config["experiments"]["bts"], size)
        assert {"full", "warm_head", "scratch"}.intersection(chosen) == expected


def test_source_classes_are_merged_in_the_order_of_the_map(config):
    classes = DEFAULT["datasets"]["ztf_sims"]["classes"]
    assert source_classes(config, "ztf_sims") == tuple(classes)
    config["sources"]["ztf_sims"]["merge"] = MERGE
    expected = ("SN Ia", "SN II", "SN Ib/c", "SLSN-I", "TDE")
    assert source_classes(config, "ztf_sims") == expected


def test_a_source_of_several_surveys_has_the_classes_of_all(config):
    config["datasets"]["bts"]["classes"] = ["TDE", "SN Ia", "AGN", "kilonova"]
    config["sources"]["ztf_sims"]["datasets"] = ["ztf_sims", "bts"]
    classes = DEFAULT["datasets"]["ztf_sims"]["classes"]
    assert source_classes(config, "ztf_sims") == (*classes, "SN Ia", "kilonova")
    config["targets"] = ["lsst_sims"]
    assert datasets_in_use(config) == ["ztf_sims", "bts", "lsst_sims"]


@pytest.mark.parametrize("metadata_units", [10, None])
def test_layers_are_known_without_building_the_network(metadata_units):
    from transients.model import Architecture, build_backbone

    sizes = {
        "gru_units": [3, 3, 3],
        "light_curve_units": 3,
        "metadata_units": metadata_units,
        "merged_units": [3, 3, 3],
    }
    network = build_backbone(Architecture(**sizes))
    with_weights = [layer.name for layer in network.layers if layer.weights]
    assert sorted(backbone_layers(sizes)) == sorted(with_weights)


def test_the_embedded_default_holds_the_papers_numbers():
    """Equation 1 and section 2: flux / 500, -30 to 70 days, N_t = 656."""
    assert DEFAULT["encoding"] == {
        "window": [-30.0, 70.0],
        "flux_scale": 500.0,
        "min_points": 5,
        "max_points": 656,
    }


def test_files_that_are_there_are_the_users_own_unless_a_record_says_fetched(tmp_path):
    files = {"labels": "table.csv", "light_curves": "curves"}
    dataset = {"reader": "csv", "csv": {"files": files}, "download": "bts"}
    config = {"data_dir": str(tmp_path), "datasets": {"mine": dataset}}
    assert download_of(config, "mine") == "bts"
    (tmp_path / "table.csv").touch()
    assert download_of(config, "mine") == "bts"
    (tmp_path / "curves").mkdir()
    assert download_of(config, "mine") is None
    (tmp_path / "bts.sha256").touch()
    assert download_of(config, "mine") == "bts"
    del dataset["download"]
    assert download_of(config, "mine") is None


def test_a_misspelt_key_is_not_told_to_be_missing_as_well(config):
    strategy = config["experiments"]["bts"]["strategies"]["scratch"]
    strategy["n_trian"] = strategy.pop("n_train")
    del strategy["recipe"]
    said = complaint(config)
    assert "unknown 'n_trian' (did you mean 'n_train'?)" in said
    assert "'recipe' is a required property" in said
    assert "'n_train' is a required property" not in said
