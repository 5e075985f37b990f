"""The source model: its classes, its split, what is saved of it."""

import json

import numpy as np
import pytest
from toys import TINY, mixed_lengths, model_input

from transients import pretraining
from transients.errors import DataError
from transients.pretraining import merge_classes, pretrain, save_source
from transients.saved_networks import load_classifier
from transients.surveys import join_surveys
from transients.training import Recipe

CLASSES = ("SNIa", "SNIb", "SNIc", "AGN")
MERGE = {"SNIb": "SN Ib/c", "SNIa": "SN Ia", "SNIc": "SN Ib/c"}
RECIPE = Recipe(epochs=6, batch_size=16, learning_rate=0.02)


def source_data(n=160):
    return model_input(mixed_lengths(n, 4, 12), n_classes=4)


def run(seed=0, merge=None, data=None, **changes):
    arguments = {"unit": ("ztf_sims", seed), "validation_fraction": 0.25, **changes}
    given = join_surveys(data or [(source_data(), CLASSES)])
    return pretrain(given, merge, TINY, RECIPE, **arguments)


@pytest.fixture(scope="module")
def source():
    return run()


def test_merged_classes_come_in_the_order_of_the_map():
    given = source_data(8)  # SNIa, SNIb, SNIc, AGN, SNIa, ...
    rows, labels, merged = merge_classes(given.labels, CLASSES, MERGE)
    assert merged == ("SN Ib/c", "SN Ia")
    assert rows.tolist() == [0, 1, 2, 4, 5, 6]
    assert [merged[k] for k in labels[rows]] == 2 * ["SN Ia", "SN Ib/c", "SN Ib/c"]


@pytest.mark.parametrize("merge", [None, {}])
def test_without_a_map_all_classes_stay(merge):
    given = source_data(8)
    rows, labels, merged = merge_classes(given.labels, CLASSES, merge)
    assert merged == CLASSES
    assert rows.tolist() == list(range(8))
    np.testing.assert_array_equal(labels, given.labels)


def test_the_source_classes_are_learnt(source):
    assert source.classes == CLASSES
    assert set(source.auroc) == {*CLASSES, "macro"}
    assert source.auroc["macro"] > 0.8
    assert source.training.epochs_run == 6
    assert source.training.history["val_loss"].notna().all()


def test_source_and_seed_decide_the_weights(source):
    again = run()
    for one, two in zip(
        source.classifier.get_weights(), again.classifier.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, two)


@pytest.fixture
def untrained(monkeypatch):
    """Skip the training; return the batches that it would have been given."""
    asked = []

    def train(model, training, validation, _recipe):
        asked.append((training, validation, model))

    def predict(model, _fetch, rows, _lengths):
        asked.append(rows)
        return np.ones((len(rows), model.output_shape[1]))

    monkeypatch.setattr(pretraining, "train", train)
    monkeypatch.setattr(pretraining, "predict", predict)
    return asked


def test_a_quarter_validates_and_the_rest_trains(untrained):
    run()
    (training, validation, _), tested = untrained
    assert (len(training.rows), len(validation.rows)) == (120, 40)
    assert not set(training.rows) & set(validation.rows)
    np.testing.assert_array_equal(tested, validation.rows)
    run(seed=1)
    assert set(untrained[2][1].rows) != set(validation.rows)
    assert training.shuffle_seed != untrained[2][0].shuffle_seed


def test_a_merged_source_trains_on_its_own_classes_alone(untrained):
    merged = run(seed=2, merge=MERGE)
    training, validation, network = untrained[0]
    assert network.output_shape == (None, 2)
    assert merged.classes == ("SN Ib/c", "SN Ia")
    rows = np.concatenate([training.rows, validation.rows])
    assert len(rows) == 120
    assert not np.any(source_data().labels[rows] == CLASSES.index("AGN"))
    weight = training.weights[training.rows]
    assert weight.mean() == pytest.approx(1, abs=1e-5)
    rare = training.labels[training.rows] == 1
    assert weight[rare].sum() == pytest.approx(weight[~rare].sum(), rel=1e-5)


def test_no_survey_drowns_another(untrained):
    """A class of a survey weighs as much as any other, however many objects it has."""
    few = model_input(mixed_lengths(20, seed=3), n_classes=2)
    given = [(source_data(), CLASSES), (few, ("AGN", "kilonova"))]
    found = run(data=given)
    training = untrained[0][0]
    assert found.classes == (*CLASSES, "kilonova")
    of_few = training.rows >= 160
    weight, label = (x[training.rows] for x in (training.weights, training.labels))
    sums = [
        weight[mine & (label == k)].sum()
        for mine, classes in ((~of_few, (0, 1, 2, 3)), (of_few, (3, 4)))
        for k in classes
    ]
    assert sums == pytest.approx([len(weight) / 6] * 6, rel=1e-4)


def test_a_class_without_objects_is_an_error():
    two = model_input(mixed_lengths(20), n_classes=3)
    with pytest.raises(DataError, match="AGN"):
        run(data=[(two, CLASSES)])


def test_the_source_is_saved_whole(source, tmp_path):
    paths = tmp_path / "a classifier.keras", tmp_path / "summary.json"
    save_source(source, *paths, {"host": "desk", "slurm_job_id": None})
    back = load_classifier(paths[0])
    given = source_data(4)
    rows = np.arange(4)
    inputs = {"light_curve": given.padded(rows), "metadata": given.metadata}
    answers = (model.predict_on_batch(inputs) for model in (back, source.classifier))
    np.testing.assert_array_equal(*answers)
    summary = json.loads(paths[1].read_text())
    assert summary["classes"] == list(CLASSES)
    assert summary["epochs_run"] == 6
    assert summary["epochs_best"] == source.training.epochs_best
    assert summary["validation_auroc"] == pytest.approx(source.auroc)
    assert summary["history"]["epoch"] == [1, 2, 3, 4, 5, 6]
    assert summary["ran_on"] == {"host": "desk", "slurm_job_id": None}
