"""One unit: strategies on one sample, their parameters, their tables."""

import logging
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import yaml
from toys import TINY, mixed_lengths, model_input

from transients import fine_tuning, tracing
from transients.augmentation import Augmentation
from transients.encoding import ModelInput
from transients.errors import ConfigurationError
from transients.fine_tuning import Target, Unit, run_unit
from transients.metrics import class_aurocs
from transients.model import (
    Architecture,
    build_backbone,
    build_head,
    count_trainable,
    with_head,
)
from transients.sampling import Sample, draw_sample
from transients.strategies import Source, Strategy, build_network
from transients.training import EarlyStopping, Recipe, Training

CONFIG = yaml.safe_load(
    (Path(__file__).parent.parent / "config" / "config.yaml").read_text()
)
CLASSES = ("SN Ia", "SN II", "TDE")
SOURCE_CLASSES = ("SNIa", "SNII", "TDE", "AGN")
PAPER = Recipe(epochs=3, batch_size=8, early_stopping=EarlyStopping(patience=1))
TRANSFER = Strategy(PAPER)
SCRATCH = Strategy(PAPER, start="random", trainable="all")
FAIR = Strategy(Recipe(epochs=2, batch_size=8), start="random", trainable="all")
KEY = ["target", "n_train", "seed", "strategy"]
PLACE = {
    "host": "gpu2",
    "device": "NVIDIA H200",
    "computed_with": "tensorflow, float32",
    "slurm_job_id": "812_3",
    "queue_seconds": 42.0,
}


def saved_source(folder, architecture, classes):
    """An untrained source model on disk."""
    keras.utils.set_random_seed(5)
    backbone = build_backbone(architecture)
    head = build_head(backbone.output.shape[-1], len(classes), [])
    path = folder / "source model.keras"
    with_head(backbone, head).save(path)
    return Source(path, tuple(classes))


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return saved_source(tmp_path_factory.mktemp("tiny"), TINY, SOURCE_CLASSES)


def the_unit(source, n=90, n_train=20, seed=1):
    sample = draw_sample(n, n_train, ("bts", seed), validation_fraction=0.2)
    target = Target(
        "bts",
        CLASSES,
        model_input(mixed_lengths(n, 4, 12)),
        common_classes=("SN Ia", "SN II"),
        pairs=[("SN II", "TDE")],
    )
    return Unit(target, n_train, seed, sample, TINY, source)


@pytest.fixture(scope="module")
def unit(source):
    return the_unit(source)


@pytest.fixture(scope="module")
def tables(unit):
    strategies = {"transfer": TRANSFER, "scratch": SCRATCH, "scratch_fair": FAIR}
    return run_unit(unit, strategies, PLACE)


def test_a_result_does_not_depend_on_the_units_before_in_the_process(
    source, unit, tables, monkeypatch
):
    """Traced networks are shared between units; weights and optimisers are not."""
    strategies = {"transfer": TRANSFER, "scratch": SCRATCH, "scratch_fair": FAIR}
    run_unit(the_unit(source, seed=2), strategies)
    monkeypatch.setattr(tracing, "_of_shape", None)  # it would be traced in vain
    again = run_unit(unit, strategies, PLACE)
    monkeypatch.undo()
    monkeypatch.setattr(fine_tuning, "_NETWORKS", {})
    alone = run_unit(unit, strategies, PLACE)
    for name in ("scores", "predictions"):
        pd.testing.assert_frame_equal(again[name], tables[name], check_exact=True)
        pd.testing.assert_frame_equal(alone[name], tables[name], check_exact=True)
    losses = ["epoch", "loss", "val_loss", "strategy"]
    pd.testing.assert_frame_equal(
        again["history"][losses], tables["history"][losses], check_exact=True
    )


# What the strategies of the configuration train.


@pytest.fixture(scope="module")
def paper_source(tmp_path_factory):
    classes = CONFIG["datasets"]["ztf_sims"]["classes"]
    return saved_source(tmp_path_factory.mktemp("paper"), Architecture(), classes)


@pytest.mark.parametrize(
    ("target", "name", "trainable"),
    [
        ("bts", "transfer", 100 * 5 + 5),
        ("bts", "scratch", 124_932 - 101 * 12 + 101 * 5),
        ("bts", "full", 124_932 - 101 * 12 + 101 * 5),
        # GRUs of 3 (inputs + units + 2) units each, two dense layers, the head
        ("lsst_sims", "transfer", 300 * 106 + 300 * 202 + 2 * 10_100 + 101 * 12),
        ("lsst_sims", "last_layers", 2 * 10_100 + 101 * 12),
        ("lsst_sims", "full", 124_932 + 2 * 10_100),
        ("lsst_sims", "scratch", 124_932),
    ],
)
def test_strategies_train_as_many_parameters_as_the_paper_says(
    paper_source, target, name, trainable
):
    experiment = CONFIG["experiments"][target]
    section = experiment["strategies"][name]
    recipe = CONFIG["recipes"][section["recipe"]]
    network = build_network(
        Strategy.from_config({**section, "recipe": recipe}),
        Architecture(**CONFIG["model"]),
        CONFIG["datasets"][experiment["dataset"]]["classes"],
        paper_source,
    )
    assert count_trainable(network.whole) == trainable
    frozen = name in ("transfer", "last_layers") and not section["trainable"]
    assert (network.frozen_backbone is not None) == frozen
    if frozen:
        assert count_trainable(network.trained) == trainable


def test_a_transfer_starts_from_the_sources_weights(source):
    pretrained = keras.saving.load_model(source.path)
    for strategy in (TRANSFER, replace(TRANSFER, trainable="all")):
        whole = build_network(strategy, TINY, CLASSES, source).whole
        for layer in whole.layers[:-1]:
            expected = pretrained.get_layer(layer.name).get_weights()
            for one, two in zip(layer.get_weights(), expected, strict=True):
                np.testing.assert_array_equal(one, two)


def test_a_random_start_takes_nothing_from_the_source(source):
    whole = build_network(SCRATCH, TINY, CLASSES, source).whole
    pretrained = keras.saving.load_model(source.path)
    name = "gru_1"
    ours, theirs = (m.get_layer(name).get_weights()[0] for m in (whole, pretrained))
    assert not np.allclose(ours, theirs)
    build_network(SCRATCH, TINY, CLASSES, None)


def inputs(given, rows):
    return {"light_curve": given.padded(rows), "metadata": given.metadata[rows]}


def test_a_kept_head_starts_as_the_source_model(source, unit):
    kept = replace(TRANSFER, head="kept", trainable="all")
    whole = build_network(kept, TINY, SOURCE_CLASSES, source).whole
    given = inputs(unit.target.model_input, np.arange(5))
    expected = keras.saving.load_model(source.path).predict_on_batch(given)
    np.testing.assert_array_equal(whole.predict_on_batch(given), expected)
    frozen = build_network(replace(kept, trainable=()), TINY, SOURCE_CLASSES, source)
    assert count_trainable(frozen.whole) == 8 * 4 + 4


@pytest.mark.parametrize("classes", [CLASSES, SOURCE_CLASSES[::-1]])
def test_a_kept_head_of_other_classes_is_refused(source, classes):
    """Other in order, too: its scores would carry the wrong names."""
    kept = replace(TRANSFER, head="kept")
    with pytest.raises(ConfigurationError, match="same classes in the same order"):
        build_network(kept, TINY, classes, source)


def test_a_missing_source_and_an_unknown_layer_are_refused(source):
    with pytest.raises(ConfigurationError, match="none is given"):
        build_network(TRANSFER, TINY, CLASSES, None)
    with pytest.raises(ConfigurationError, match="no layer named"):
        build_network(replace(TRANSFER, trainable=["gru_7"]), TINY, CLASSES, source)


def test_the_head_alone_shares_its_weights_with_the_whole(source, unit):
    strategy = replace(TRANSFER, new_layers=[6])
    network = build_network(strategy, TINY, CLASSES, source)
    given = inputs(unit.target.model_input, np.arange(5))
    embedded = network.frozen_backbone.predict_on_batch(given)
    in_two_steps = network.trained.predict_on_batch({"features": embedded})
    expected = network.whole.predict_on_batch(given)
    np.testing.assert_allclose(in_two_steps, expected, atol=1e-7)
    network.whole.get_layer("head").set_weights([np.ones((6, 3)), np.zeros(3)])
    np.testing.assert_array_equal(network.trained.get_layer("head").get_weights()[0], 1)


# Training and its tables.


def test_cached_embeddings_train_the_head_as_the_frozen_network_does(unit):
    """Three epochs through everything, or on cached outputs: the same weights."""
    recipe = replace(PAPER, epochs=3, early_stopping=EarlyStopping(patience=9))
    strategy = replace(TRANSFER, recipe=recipe, new_layers=[6])

    def network():
        keras.utils.set_random_seed(unit.random_seed)
        return build_network(strategy, TINY, CLASSES, unit.source)

    cached, whole = network(), network().whole
    fetch = fine_tuning._what_is_shown(unit, cached)
    took = fine_tuning._fit(unit, recipe, cached.trained, fetch)
    through = fine_tuning.light_curve_source(unit.target.model_input)
    slow = fine_tuning._fit(unit, recipe, whole, through)
    for name in ("mlp_1", "head"):
        pairs = zip(
            cached.whole.get_layer(name).get_weights(),
            whole.get_layer(name).get_weights(),
            strict=True,
        )
        for one, two in pairs:
            np.testing.assert_allclose(one, two, atol=1e-5)
    np.testing.assert_allclose(
        took.history[["loss", "val_loss"]],
        slow.history[["loss", "val_loss"]],
        rtol=1e-4,
    )


def test_tables_tell_target_size_seed_and_strategy(tables):
    assert set(tables) == {"scores", "training", "history", "predictions"}
    for table in tables.values():
        assert table[KEY[:3]].drop_duplicates().to_numpy().tolist() == [["bts", 20, 1]]
        assert list(table["strategy"].unique()) == [
            "transfer",
            "scratch",
            "scratch_fair",
        ]


def test_training_table(tables):
    table = tables["training"].set_index("strategy")
    history = tables["history"].groupby("strategy")
    assert table["epochs_run"].to_dict() == history.size().to_dict()
    assert table.loc["scratch_fair", "epochs_run"] == 2
    assert table["epochs_best"].isna().to_dict() == {
        "transfer": False,
        "scratch": False,
        "scratch_fair": True,
    }
    for name in ("transfer", "scratch"):
        losses = history.get_group(name)["val_loss"].tolist()
        assert table.loc[name, "epochs_best"] == losses.index(min(losses)) + 1
    head = 8 * 3 + 3
    everything = 3 * 8 * (4 + 8 + 2) + (8 * 8 + 8) + (4 + 4) + (12 * 8 + 8) + head
    assert table["trainable_parameters"].to_dict() == {
        "transfer": head,
        "scratch": everything,
        "scratch_fair": everything,
    }
    assert (table["seconds"] > 0).all()
    same = table["seconds_per_epoch_uncached"] == table["seconds_per_epoch"]
    assert same.to_dict() == {
        "transfer": False,  # timed through the frozen network
        "scratch": True,
        "scratch_fair": True,
    }
    transfer = table.loc["transfer"]
    product = transfer["seconds_per_epoch_uncached"] * transfer["epochs_run"]
    assert transfer["seconds_uncached"] == pytest.approx(product)
    others = table.drop(index="transfer")
    assert (others["seconds_uncached"] == others["seconds"]).all()
    assert (table["wall_seconds"] > table["seconds"]).all()


def test_training_says_where_it_ran_and_what_is_not_known_is_missing(
    tables, unit, tmp_path
):
    place = tables["training"][list(PLACE)]
    assert place.drop_duplicates().to_dict("records") == [PLACE]
    elsewhere = run_unit(unit, {"scratch_fair": FAIR}, {"host": "desk"})["training"]
    path = tmp_path / "training.parquet"
    pd.concat([tables["training"], elsewhere]).to_parquet(path)
    read = pd.read_parquet(path)
    assert read["host"].tolist() == ["gpu2"] * 3 + ["desk"]
    for column in ("device", "slurm_job_id", "queue_seconds"):
        assert read[column].isna().tolist() == [False] * 3 + [True]


def test_predictions_hold_every_test_object_once(tables, unit):
    given = unit.target.model_input
    for _, table in tables["predictions"].groupby("strategy"):
        assert table["object_id"].tolist() == list(given.object_id[unit.sample.test])
        truth = [CLASSES[k] for k in given.labels[unit.sample.test]]
        assert table["class"].tolist() == truth
        probabilities = table[[f"p({name})" for name in CLASSES]]
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_scores_follow_from_the_predictions(tables):
    for strategy, table in tables["predictions"].groupby("strategy"):
        expected = class_aurocs(
            table["class"].map(CLASSES.index).to_numpy(),
            table[[f"p({c})" for c in CLASSES]].to_numpy(dtype=float),
            CLASSES,
            ("SN Ia", "SN II"),
            [("SN II", "TDE")],
        )
        every = tables["scores"]
        scores = every[every["strategy"] == strategy].set_index("class")
        pd.testing.assert_series_equal(
            scores["auroc"], expected, check_names=False, check_index_type=False
        )
        assert list(scores.index) == list(expected.index)


def test_scores_count_the_objects_that_they_refer_to(tables, unit):
    labels, sample = unit.target.model_input.labels, unit.sample
    scores = tables["scores"].query("strategy == 'scratch'").set_index("class")
    for column, rows in (
        ("n_train_class", sample.labelled),
        ("n_validation_class", sample.validation),
        ("n_test_class", sample.test),
    ):
        ia, ii, tde = np.bincount(labels[rows], minlength=3)
        assert scores[column].to_dict() == {
            "SN Ia": ia,
            "SN II": ii,
            "TDE": tde,
            "macro": ia + ii + tde,
            "macro_common": ia + ii,
            "macro_common_only": ia + ii,
            "SN II|TDE": ii + tde,
        }
    rest = {"macro_common_only": 45, "SN II|TDE": 48}  # others are taken out
    assert scores["n_test"].to_dict() == {
        name: rest.get(name, 70) for name in scores.index
    }
    assert scores.loc["macro", "n_train_class"] == 20


# What a unit trains, without training.


@pytest.fixture
def asked(monkeypatch):
    """Skip the training; return what it would have been given."""
    calls = []

    def train(model, training, validation, recipe):
        calls.append((training, validation, recipe, model.get_weights()))
        row = {"epoch": 1, "loss": 1.0, "val_loss": np.nan, "seconds": 1.0}
        return Training(pd.DataFrame([row]), 1.0)

    def guess(model, _fetch, rows, _lengths):
        return np.random.default_rng(0).random((len(rows), model.output_shape[1]))

    monkeypatch.setattr(fine_tuning, "train", train)
    monkeypatch.setattr(fine_tuning, "predict", guess)
    return calls


def test_strategies_are_paired(asked, unit):
    """The same split, batch order and first weights, whatever ran before."""
    run_unit(unit, {"full": replace(TRANSFER, trainable="all"), "scratch": SCRATCH})
    run_unit(unit, {"scratch": SCRATCH})
    full, scratch, alone = asked
    for one, two in ((full, scratch), (scratch, alone)):
        np.testing.assert_array_equal(one[0].rows, two[0].rows)
        np.testing.assert_array_equal(one[1].rows, two[1].rows)
        assert one[0].shuffle_seed == two[0].shuffle_seed
    for one, two in zip(scratch[3], alone[3], strict=True):
        np.testing.assert_array_equal(one, two)
    other = the_unit(unit.source, seed=2)
    run_unit(other, {"scratch": SCRATCH})
    assert asked[-1][0].shuffle_seed != alone[0].shuffle_seed
    assert not np.array_equal(asked[-1][3][0], alone[3][0])


def test_early_stopping_costs_the_validation_split_the_fair_recipe_none(asked, unit):
    run_unit(unit, {"scratch": SCRATCH, "fair": FAIR})
    (training, validation, *_), (every, nothing, *_) = asked
    np.testing.assert_array_equal(training.rows, unit.sample.train)
    np.testing.assert_array_equal(validation.rows, unit.sample.validation)
    np.testing.assert_array_equal(np.sort(every.rows), np.sort(unit.sample.labelled))
    assert nothing is None
    labels = unit.target.model_input.labels
    for batches in (training, every):
        weight = batches.weights[batches.rows]
        say = np.bincount(labels[batches.rows], weight, minlength=3)
        np.testing.assert_allclose(say, len(batches.rows) / 3, rtol=1e-5)


def test_the_uncached_cost_is_timed_for_three_epochs(asked, unit):
    run_unit(unit, {"transfer": TRANSFER})
    cached, timed = asked
    assert timed[2].epochs == timed[2].early_stopping.patience == 3
    assert cached[2] == PAPER
    np.testing.assert_array_equal(timed[0].rows, cached[0].rows)


def test_a_class_without_labels_is_legal_named_and_counted(asked, unit, caplog):
    labels = unit.target.model_input.labels
    common = np.flatnonzero(labels != 2)
    rest = np.setdiff1d(np.arange(len(labels)), common[:20])
    sample = Sample(common[:20], common[:16], common[16:20], rest)
    with caplog.at_level(logging.WARNING, "transients"):
        tables = run_unit(replace(unit, sample=sample), {"scratch": SCRATCH})
    assert caplog.messages == ["class TDE has no labelled object in this sample"]
    scores = tables["scores"].set_index("class")
    assert scores.loc["TDE", "n_train_class"] == 0
    assert np.isfinite(scores["auroc"]).all()
    weights = asked[0][0].weights
    assert not weights[labels == 2].any()
    assert weights[labels != 2].all()


def test_only_the_objects_of_the_unit_are_embedded(source):
    """With a capped test set, most objects are never looked at."""
    unit = the_unit(source)
    capped = replace(unit.sample, test=unit.sample.test[:5])
    looked_at = []

    class Watched(ModelInput):
        def padded(self, rows):
            looked_at.extend(rows.tolist())
            return super().padded(rows)

    watched = Watched(**vars(unit.target.model_input))
    unit = replace(
        unit, sample=capped, target=replace(unit.target, model_input=watched)
    )
    network = build_network(TRANSFER, TINY, CLASSES, source)
    fetch = fine_tuning._what_is_shown(unit, network)
    used = np.sort([*capped.labelled, *capped.test])
    assert set(looked_at) == set(used)
    cached = fetch(used, np.random.default_rng(0))["features"]
    expected = network.frozen_backbone(inputs(watched, used))
    np.testing.assert_allclose(cached, expected, atol=1e-6)


def test_nothing_that_judges_a_network_is_augmented(unit, monkeypatch):
    """Augmented light curves are learnt from; validation and test see them as are."""
    strong = Augmentation(drop=0.9, noise=50.0, flux_scale=3.0, min_points=1)
    seen = {}

    def train(_model, training, validation, _recipe):
        seen["training"] = next(training.epoch(1)).inputs["light_curve"]
        seen["validation"] = next(validation.epoch(1)).inputs["light_curve"]
        row = {"epoch": 1, "loss": 1.0, "val_loss": 1.0, "seconds": 1.0}
        return Training(pd.DataFrame([row]), 1.0)

    def predict(model, fetch, rows, _lengths):
        seen["test"] = fetch(rows, np.random.default_rng(0))["light_curve"]
        return np.random.default_rng(0).random((len(rows), model.output_shape[1]))

    monkeypatch.setattr(fine_tuning, "train", train)
    monkeypatch.setattr(fine_tuning, "predict", predict)
    recipe = replace(PAPER, augmentation=strong)
    run_unit(unit, {"scratch": replace(SCRATCH, recipe=recipe)})
    given = unit.target.model_input.points[:, 2]
    for shown in ("validation", "test"):
        fluxes = seen[shown][seen[shown][:, :, 0] != 0][:, 2]
        assert np.isin(fluxes, given).all()
    fluxes = seen["training"][seen["training"][:, :, 0] != 0][:, 2]
    assert not np.isin(fluxes, given).any()
