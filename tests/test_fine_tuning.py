"""One unit: every strategy on one sample, in an order that works, with no memory."""

import logging
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from unit_toys import FAIR, NAMES, SCRATCH, TRANSFER, ZERO_SHOT, the_unit

from transients import network_training, tracing, tree_training
from transients.fine_tuning import run_unit
from transients.sampling import Sample
from transients.strategies import BlendStrategy, TreeStrategy
from transients.trees import TreeRecipe

NETWORKS = {"transfer": TRANSFER, "scratch": SCRATCH, "scratch_fair": FAIR}
FOREST = TreeRecipe(n_estimators=10)
CHAIN = {
    "best": BlendStrategy({"features_and_scores": 2, "zero_shot": 1}),
    "features_and_scores": TreeStrategy(FOREST, scores_of=["zero_shot"]),
    "features": TreeStrategy(FOREST),
    "zero_shot": ZERO_SHOT,
}
"""Each refers to those behind it."""


def test_a_result_does_not_depend_on_the_units_before_in_the_process(
    source, unit, monkeypatch
):
    """Traced networks are shared between units; weights and optimisers are not."""
    tables = run_unit(unit, NETWORKS)
    run_unit(the_unit(source, seed=2), NETWORKS)
    monkeypatch.setattr(tracing, "_of_shape", None)  # it would be traced in vain
    again = run_unit(unit, NETWORKS)
    monkeypatch.undo()
    monkeypatch.setattr(network_training, "_NETWORKS", {})
    alone = run_unit(unit, NETWORKS)
    for name in ("scores", "predictions"):
        pd.testing.assert_frame_equal(again[name], tables[name], check_exact=True)
        pd.testing.assert_frame_equal(alone[name], tables[name], check_exact=True)
    losses = ["epoch", "loss", "val_loss", "strategy"]
    pd.testing.assert_frame_equal(
        again["history"][losses], tables["history"][losses], check_exact=True
    )


def test_strategies_run_after_those_that_they_refer_to(unit, caplog):
    backwards = dict(reversed(CHAIN.items()))
    with caplog.at_level(logging.INFO, "transients.fine_tuning"):
        ours = run_unit(unit, CHAIN)["predictions"]
    ran = [message.removeprefix("strategy ") for message in caplog.messages]
    assert set(ran) == set(CHAIN)
    assert ran.index("zero_shot") < ran.index("features_and_scores") < ran.index("best")
    theirs = run_unit(unit, backwards)["predictions"]
    assert list(ours["strategy"].unique()) == list(CHAIN)
    assert list(theirs["strategy"].unique()) == list(backwards)
    by = ["strategy", "object_id"]
    pd.testing.assert_frame_equal(
        *(table.sort_values(by, ignore_index=True) for table in (ours, theirs)),
        check_exact=True,
    )


def test_strategies_that_wait_for_each_other_are_refused(unit):
    circle = {name: BlendStrategy({other: 1}) for name, other in ("ab", "ba")}
    with pytest.raises(ValueError, match="circle"):
        run_unit(unit, circle)


def test_every_strategy_learns_from_and_is_tested_on_the_same_objects(
    unit, monkeypatch
):
    learnt_from = []
    train, train_trees = network_training.train, tree_training.train_trees

    def network(model, shown, judging, recipe):
        learnt_from.append([*shown.rows, *judging.rows])
        return train(model, shown, judging, recipe)

    def trees(*given):
        learnt_from.append(given[3])
        return train_trees(*given)

    monkeypatch.setattr(network_training, "train", network)
    monkeypatch.setattr(tree_training, "train_trees", trees)
    tables = run_unit(unit, {**CHAIN, "scratch": SCRATCH})
    assert len(learnt_from) == 3
    for rows in learnt_from:
        assert sorted(rows) == sorted(unit.sample.labelled)
    tested = tables["predictions"].groupby("strategy")["object_id"].agg(list)
    names = unit.target.model_input.object_id[unit.sample.test].tolist()
    assert tested.to_list() == [names] * 5


def test_a_class_without_labels_is_legal_named_and_counted(unit, caplog):
    labels = unit.target.model_input.labels
    common = np.flatnonzero(labels != 2)
    rest = np.setdiff1d(np.arange(len(labels)), common[:20])
    sample = Sample(common[:20], common[:16], common[16:20], rest)
    with caplog.at_level(logging.WARNING, "transients"):
        tables = run_unit(replace(unit, sample=sample), {**CHAIN, "scratch": SCRATCH})
    assert caplog.messages == ["class TDE has no labelled object in this sample"]
    tdes = tables["scores"].query("`class` == 'TDE'")
    assert (tdes["n_train_class"] == 0).all()
    assert len(tdes) == 5
    assert np.isfinite(tables["scores"]["auroc"]).all()


# Without labels.


@pytest.fixture(scope="module")
def unlabelled(source):
    return the_unit(source, n_train=0)


def test_without_labels_every_object_is_tested(unlabelled, caplog):
    tables = run_unit(unlabelled, {"zero_shot": ZERO_SHOT})
    assert not caplog.messages  # no class is said to be absent
    scores = tables["scores"].set_index("class")
    assert (scores.loc[[*NAMES, "macro"], "n_test"] == 90).all()
    assert not scores[["n_train_class", "n_validation_class"]].any(axis=None)
    names = unlabelled.target.model_input.object_id
    assert tables["predictions"]["object_id"].tolist() == list(names)
    assert tables["training"]["epochs_run"].tolist() == [0]


def test_tables_without_labels_are_stored_as_those_with(unit, unlabelled, tmp_path):
    """One row of history or none: columns and types are the same."""
    for name, table in run_unit(unit, {"zero_shot": ZERO_SHOT, "fair": FAIR}).items():
        other = run_unit(unlabelled, {"zero_shot": ZERO_SHOT})[name]
        for each in (table, other):
            each.to_parquet(tmp_path / f"{len(each)}.parquet")
        stored = pd.read_parquet(tmp_path)
        assert set(stored) == set(table) == set(other)
        assert len(stored) == len(table) + len(other)
        for path in tmp_path.iterdir():
            path.unlink()
