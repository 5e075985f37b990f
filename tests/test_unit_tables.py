"""The tables of a unit: what they say of a strategy, its training and its cost."""

import numpy as np
import pandas as pd
import pytest
from unit_toys import FAIR, NAMES, SCRATCH, TRANSFER, ZERO_SHOT

from transients.fine_tuning import run_unit
from transients.metrics import class_aurocs

KEY = ["target", "n_train", "seed", "strategy"]
PLACE = {
    "host": "gpu2",
    "device": "NVIDIA H200",
    "computed_with": "tensorflow, float32",
    "slurm_job_id": "812_3",
    "queue_seconds": 42.0,
}
STRATEGIES = {
    "transfer": TRANSFER,
    "scratch": SCRATCH,
    "scratch_fair": FAIR,
    "zero_shot": ZERO_SHOT,
}
TRAINED = ["transfer", "scratch", "scratch_fair"]
ALL = ["scores", "training", "predictions"]
OF_NETWORKS = ["history", "networks"]


@pytest.fixture(scope="module")
def tables(unit):
    return run_unit(unit, STRATEGIES, PLACE, keep=TRAINED)


def test_tables_tell_target_size_seed_and_strategy(tables):
    assert set(tables) == {*ALL, *OF_NETWORKS}
    for name, table in tables.items():
        assert table[KEY[:3]].drop_duplicates().to_numpy().tolist() == [["bts", 20, 1]]
        expected = TRAINED if name in OF_NETWORKS else list(STRATEGIES)
        assert list(table["strategy"].unique()) == expected


def test_training_table(tables):
    table = tables["training"].set_index("strategy").loc[TRAINED]
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


def test_what_is_not_trained_has_no_epochs_and_no_parameters(tables):
    row = tables["training"].set_index("strategy").loc["zero_shot"]
    assert pd.isna(row["epochs_best"])
    assert (row["epochs_run"], row["trainable_parameters"], row["seconds"]) == (0, 0, 0)
    assert row["wall_seconds"] > 0


def test_training_says_where_it_ran_and_what_is_not_known_is_missing(
    tables, unit, tmp_path
):
    place = tables["training"][list(PLACE)]
    assert place.drop_duplicates().to_dict("records") == [PLACE]
    elsewhere = run_unit(unit, {"scratch_fair": FAIR}, {"host": "desk"})["training"]
    path = tmp_path / "training.parquet"
    pd.concat([tables["training"], elsewhere]).to_parquet(path)
    read = pd.read_parquet(path)
    assert read["host"].tolist() == ["gpu2"] * 4 + ["desk"]
    for column in ("device", "slurm_job_id", "queue_seconds"):
        assert read[column].isna().tolist() == [False] * 4 + [True]


def test_predictions_hold_every_test_object_once(tables, unit):
    given = unit.target.model_input
    for _, table in tables["predictions"].groupby("strategy"):
        assert table["object_id"].tolist() == list(given.object_id[unit.sample.test])
        truth = [NAMES[k] for k in given.labels[unit.sample.test]]
        assert table["class"].tolist() == truth
        probabilities = table[[f"p({name})" for name in NAMES]]
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_scores_follow_from_the_predictions(tables):
    for strategy, table in tables["predictions"].groupby("strategy"):
        expected = class_aurocs(
            table["class"].map(NAMES.index).to_numpy(),
            table[[f"p({c})" for c in NAMES]].to_numpy(dtype=float),
            NAMES,
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
