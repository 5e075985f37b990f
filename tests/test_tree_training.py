"""Tree ensembles of a strategy: what they learn from, and what forests know before."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from unit_toys import NAMES

from transients import tree_training
from transients.errors import DataError
from transients.forest_scores import read_scores, score_target
from transients.strategies import TreeStrategy
from transients.target_classes import TargetClasses
from transients.tree_training import features_and_scores, run_trees
from transients.trees import TreeRecipe
from transients.units import Outcome, no_history

FOREST = TreeRecipe(n_estimators=20)
FEATURES = TreeStrategy(FOREST)
SIMULATED = TreeStrategy(None, forest="ztf")


@pytest.fixture(scope="module")
def forest_scores(unit):
    """What a forest says of the unit's target, as if it had run before."""
    n = len(unit.target.model_input)
    return np.random.default_rng(0).dirichlet(np.ones(3), n)


@pytest.fixture(scope="module")
def informed(unit, forest_scores):
    return replace(unit, forest_scores={"ztf": forest_scores})


def with_labels(unit, rows):
    """The unit with the labels of these rows passed on to the next."""
    given = unit.target.model_input
    labels = given.labels.copy()
    labels[rows] = np.roll(labels[rows], 1)
    model_input = replace(given, labels=labels)
    return replace(unit, target=replace(unit.target, model_input=model_input))


def probabilities(unit, strategy=FEATURES, others=None):
    return run_trees(unit, strategy, others or {}).probabilities


def test_trees_learn_from_the_labelled_rows_alone(unit):
    expected = probabilities(unit)
    blind = with_labels(unit, unit.sample.test)
    np.testing.assert_array_equal(probabilities(blind), expected)
    other = with_labels(unit, unit.sample.labelled)
    assert np.nanmax(np.abs(probabilities(other) - expected)) > 0.1


def test_trees_tell_classes_apart_and_judge_the_test_set_alone(unit):
    found = probabilities(unit)
    known = np.flatnonzero(np.isfinite(found).all(axis=1))
    np.testing.assert_array_equal(known, unit.sample.test)
    truth = unit.target.model_input.labels[unit.sample.test]
    assert (found[unit.sample.test].argmax(axis=1) == truth).mean() > 0.7


def test_names_and_classes_are_no_features(unit):
    table = features_and_scores(unit, FEATURES, {})
    assert list(table) == ["flux", "mwebv"]


def test_without_features_trees_say_what_is_missing(unit):
    bare = replace(unit, target=replace(unit.target, features=None))
    with pytest.raises(ValueError, match="no features are given"):
        probabilities(bare)


def test_log_probabilities_of_other_strategies_join_the_features(unit, forest_scores):
    others = {"zero_shot": Outcome(forest_scores, {}, no_history())}
    strategy = replace(FEATURES, scores_of=["zero_shot"])
    table = features_and_scores(unit, strategy, others)
    added = [f"log p({name}) of zero_shot" for name in NAMES]
    assert list(table) == ["flux", "mwebv", *added]
    np.testing.assert_allclose(table[added], np.log(forest_scores), rtol=1e-6)
    forest_scores = np.tile([1.0, 0.0, 0.0], (len(table), 1))
    others = {"zero_shot": Outcome(forest_scores, {}, no_history())}
    table = features_and_scores(unit, strategy, others)
    assert (table[added[1:]] == np.log(1e-4)).all(axis=None)


def test_trees_learn_from_the_scores_that_join(unit):
    """Scores that give the class away are all that it takes."""
    truth = np.eye(3)[unit.target.model_input.labels]
    others = {"oracle": Outcome(truth, {}, no_history())}
    strategy = TreeStrategy(replace(FOREST, max_features=1.0), scores_of=["oracle"])
    found = probabilities(unit, strategy, others)[unit.sample.test]
    assert (found.argmax(axis=1) == truth[unit.sample.test].argmax(axis=1)).all()


# Forests, which know simulated light curves alone.


def test_a_forest_says_what_it_said_of_labelled_objects_too(informed, forest_scores):
    np.testing.assert_array_equal(probabilities(informed, SIMULATED), forest_scores)


def test_the_class_mix_weights_a_forest_as_bayes_has_it(informed, forest_scores):
    found = probabilities(informed, replace(SIMULATED, class_mix=True))
    weighted = forest_scores * [0.6, 0.3, 0.1]
    expected = weighted / weighted.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_forest_trains_nothing_in_a_unit(informed, monkeypatch):
    monkeypatch.setattr(tree_training, "train_trees", None)  # called in vain
    training = run_trees(informed, SIMULATED, {}).training
    assert (training["epochs_run"], training["trainable_parameters"]) == (0, 0)


def simulated(noise=0.1, n=60):
    """Light curves of five finer classes, of which flux tells the target's apart."""
    names = np.array(["SNIa", "SNIa-91bg", "SNII", "TDE", "AGN"])[np.arange(n) % 5]
    flux = pd.Series(names).map({"SNII": 1.0, "TDE": 2.0}).fillna(0.0)
    flux += np.random.default_rng(1).normal(0, noise, n)
    ids = [f"simulated {i}" for i in range(n)]
    return pd.DataFrame({"object_id": ids, "class": names, "flux": flux, "mwebv": 0.1})


MAP = {"SNIa": "SN Ia", "SNIa-91bg": "SN Ia", "SNII": "SN II"}
OF_MAP = TargetClasses(NAMES, MAP)


def test_a_forest_scores_every_object_without_a_look_at_its_class(unit):
    features = unit.target.features
    scores = score_target("ztf", [simulated()], features, OF_MAP, FOREST)
    assert list(scores) == ["object_id", *(f"p({name})" for name in NAMES)]
    assert scores["object_id"].tolist() == features["object_id"].tolist()
    found = scores.drop(columns="object_id").to_numpy()
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert (found.argmax(axis=1) == unit.target.model_input.labels).mean() > 0.7
    other = features.assign(**{"class": "SN Ia"})
    again = score_target("ztf", [simulated()], other, OF_MAP, FOREST)
    pd.testing.assert_frame_equal(again, scores, check_exact=True)


def test_simulated_objects_of_no_class_of_the_target_are_left_out(unit):
    table = simulated()
    mapped = table[table["class"] != "AGN"]
    given = unit.target.features, OF_MAP, FOREST
    pd.testing.assert_frame_equal(
        score_target("ztf", [table], *given), score_target("ztf", [mapped], *given)
    )


def test_a_forests_name_alone_seeds_it(unit):
    given = [simulated(noise=1.0)], unit.target.features, OF_MAP, FOREST
    one, again, other = (score_target(name, *given) for name in ("a", "a", "b"))
    pd.testing.assert_frame_equal(one, again, check_exact=True)
    assert not one.equals(other)


def test_scores_are_read_by_the_names_of_classes(unit, tmp_path):
    path, ids = tmp_path / "scores.parquet", unit.target.model_input.object_id
    score_target("ztf", [simulated()], unit.target.features, OF_MAP, FOREST).to_parquet(
        path
    )
    found, turned = (read_scores(path, names, ids) for names in (NAMES, NAMES[::-1]))
    np.testing.assert_array_equal(found, turned[:, ::-1])


@pytest.mark.parametrize("change", [lambda ids: ids[::-1], lambda ids: ids[:-1]])
def test_scores_of_other_objects_are_refused(unit, tmp_path, change):
    """Fewer, or in another order: each would get the scores of another."""
    ids = unit.target.model_input.object_id
    table = pd.DataFrame({"object_id": ids, **{f"p({name})": 1 / 3 for name in NAMES}})
    table.to_parquet(tmp_path / "scores.parquet")
    with pytest.raises(DataError, match="its objects are not those of the target"):
        read_scores(tmp_path / "scores.parquet", NAMES, change(ids))
