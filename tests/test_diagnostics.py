"""What runs said of their test sets, against answers known by hand."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from transients.calibration import BINS, calibration, reliability
from transients.calibration_page import calibration_page, calibration_summary
from transients.confusion import confusion
from transients.errors import DataError
from transients.learning_curves import CURVE_COLUMNS, curves_of_sources, curves_of_unit
from transients.roc import roc_curves
from transients.run_predictions import RunPredictions, of_each_run, predictions_by_run

CLASSES = ("SN Ia", "SN II", "TDE")


def run_of(truth, probabilities):
    return RunPredictions("best", 0, CLASSES, np.array(truth), np.array(probabilities))


@pytest.fixture
def random_run():
    rng = np.random.default_rng(5)
    return run_of(rng.integers(0, 3, 500), rng.dirichlet([0.5, 0.7, 1.0], 500))


def test_each_class_is_counted_by_what_it_is_taken_for():
    run = run_of(
        [0, 0, 0, 1], [[0.6, 0.4, 0], [0.1, 0.2, 0.7], [1, 0, 0], [0.4, 0.6, 0]]
    )
    share = confusion(run).pivot_table("share", "class", "predicted", dropna=False)
    np.testing.assert_allclose(share.loc["SN Ia", [*CLASSES]], [2 / 3, 0, 1 / 3])
    np.testing.assert_allclose(share.loc["SN II", [*CLASSES]], [0, 1, 0])
    assert share.loc["TDE"].isna().all()  # none was tested


def test_the_area_under_each_curve_is_its_auroc(random_run):
    curves = roc_curves(random_run)
    for place, name in enumerate(CLASSES):
        curve = curves[curves["class"] == name]
        expected = roc_auc_score(
            random_run.truth == place, random_run.probabilities[:, place]
        )
        area = np.trapezoid(curve["true_positive_rate"], curve["false_positive_rate"])
        assert area == pytest.approx(expected, abs=3e-3)
        assert curve["auroc"].unique() == pytest.approx([expected])


def test_a_class_that_is_all_or_nothing_has_no_curve():
    curves = roc_curves(run_of([0, 0], [[0.6, 0.4, 0], [0.1, 0.2, 0.7]]))
    assert curves["true_positive_rate"].isna().all()
    assert curves["auroc"].isna().all()


def test_honest_probabilities_lie_on_the_diagonal():
    """Ten objects at .8, eight of them right, and four certain and right."""
    truth = [0] * 8 + [1] * 2 + [2] * 4
    probabilities = [[0.8, 0.2, 0]] * 10 + [[0, 0, 1]] * 4
    run = run_of(truth, probabilities)
    bins = reliability(run).dropna()
    assert list(bins["n"]) == [10, 4]
    np.testing.assert_allclose(bins["accuracy"], [0.8, 1.0])
    np.testing.assert_allclose(bins["confidence"], [0.8, 1.0])
    numbers = calibration(run).iloc[0]
    assert numbers["ece"] == pytest.approx(0)
    assert numbers["ece_of_classes"] == pytest.approx(0)
    assert numbers["accuracy"] == numbers["confidence"] == pytest.approx(12 / 14)
    assert numbers["brier"] == pytest.approx((8 * 0.08 + 2 * 1.28) / 14)


def test_overconfidence_is_measured():
    numbers = calibration(run_of([0, 1], [[0.9, 0.1, 0], [0.9, 0.1, 0]])).iloc[0]
    assert numbers["ece"] == pytest.approx(0.4)
    assert numbers["ece_of_classes"] == pytest.approx((0.4 + 0.4 + 0) / 3)


def test_log_loss_is_that_of_scikit_learn_and_finite(random_run):
    numbers = calibration(random_run).iloc[0]
    expected = log_loss(random_run.truth, random_run.probabilities)
    assert numbers["log_loss"] == pytest.approx(expected)
    certain = calibration(run_of([1], [[1, 0, 0]])).iloc[0]
    assert certain["log_loss"] == pytest.approx(15.9, abs=0.1)


def write_predictions(path, truth, seed):
    table = pd.DataFrame({"class": truth, "strategy": "best", "seed": seed})
    table[[f"p({name})" for name in CLASSES]] = [0.5, 0.3, 0.2]
    table.to_parquet(path)
    return path


def test_every_run_of_every_unit_is_measured(tmp_path):
    paths = [
        write_predictions(tmp_path / "0", ["SN Ia", "TDE"], 0),
        write_predictions(tmp_path / "1", ["SN Ia"], 1),
    ]
    (numbers,) = of_each_run(predictions_by_run(paths, CLASSES), calibration)
    assert list(numbers["accuracy"]) == [0.5, 1.0]
    summary = calibration_summary(numbers)
    assert summary[["n_runs", "n_test"]].to_numpy().tolist() == [[2, 1]]
    assert summary["accuracy_sd"].item() == pytest.approx(0.5**0.5 / 2)
    assert "0.750 ± 0.354" in calibration_page(summary, BINS)


def test_an_unknown_class_is_named(tmp_path):
    path = write_predictions(tmp_path / "0", ["AGN"], 0)
    with pytest.raises(DataError, match="AGN"):
        of_each_run(predictions_by_run([path], CLASSES), calibration)


def test_nothing_tested_is_said():
    with pytest.raises(DataError, match="no light curve was left"):
        of_each_run([], calibration)


def test_published_weights_have_no_learning_curve():
    history = {"epoch": [1, 2], "loss": [2.0, 1.0], "val_loss": [2.0, 1.5]}
    curves = curves_of_sources({("ours", 0): {"history": history}, ("theirs", 0): {}})
    assert list(curves) == CURVE_COLUMNS
    assert set(curves["name"]) == {"ours"}
    assert curves_of_sources({("theirs", 0): {}}).empty


def test_a_unit_without_a_network_is_told_so():
    history = pd.DataFrame(columns=["strategy", *CURVE_COLUMNS[1:]])
    with pytest.raises(DataError, match="trained no network"):
        curves_of_unit(history)
