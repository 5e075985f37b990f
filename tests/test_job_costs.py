"""What jobs ask for follows the work, and covers what was measured."""

import numpy as np
import pytest

from transients.job_costs import (
    LONGEST,
    SNAKEMAKE_MB,
    table_mb,
    training_mb,
    training_minutes,
)

RECIPES = [{"epochs": 100}, {"epochs": 50}]


@pytest.fixture
def files(tmp_path):
    """Model input of 3,180 light curves of 43 points, as the default's BTS."""
    np.save(tmp_path / "points.npy", np.zeros((3180 * 43, 4), np.float32))
    np.save(tmp_path / "labels.npy", np.zeros(3180, np.int64))
    return [tmp_path / "points.npy"], [tmp_path / "labels.npy"]


def minutes(files, n_train, in_turn=1, attempt=1, recipes=RECIPES):
    return training_minutes(
        *files, recipes, n_train=n_train, in_turn=in_turn, attempt=attempt
    )


# Peak memory of jobs, Snakemake included, against the size of their input: Parquet
# tables of 1,200 to 76,800 simulated ZTF light curves.
@pytest.mark.parametrize(
    ("size_mb", "encode", "describe"),
    [(2.2, 364, 379), (8.7, 390, 426), (34.7, 390, 526), (139.1, 436, 664)],
)
def test_memory_of_tables_covers_what_was_measured(size_mb, encode, describe):
    assert encode < table_mb(size_mb, 1, attempt=1) < 2 * encode
    assert describe < table_mb(size_mb, 4, attempt=1) < 3 * describe


@pytest.mark.parametrize(("size_mb", "used"), [(34.7, 472), (139.1, 581)])
def test_memory_of_writing_snana_files_covers_what_was_measured(size_mb, used):
    assert used < table_mb(size_mb, 4, attempt=1) < 3 * used


# PyTorch on an H200: a source model of 100,000 light curves, and BTS units in twos at
# 1000 labels, Snakemake not counted.
@pytest.mark.parametrize(("size_mb", "at_once", "used"), [(100, 1, 2171), (4, 2, 3997)])
def test_memory_of_training_covers_what_was_measured_on_a_gpu(size_mb, at_once, used):
    used += SNAKEMAKE_MB
    assert used < training_mb(size_mb, at_once, attempt=1) < 1.6 * used


# BTS at 100, 1000 and 2000 labels and LSST at 400 and 2000, one unit at a time.
@pytest.mark.parametrize("used", [1436, 1507, 1390, 1311, 1331])
def test_a_processor_is_given_what_a_gpu_needs_and_not_much_more(used):
    assert used < training_mb(3, at_once=1, attempt=1) < 2 * used


def test_every_unit_at_once_takes_its_memory():
    one, three = (training_mb(3, at_once=n, attempt=1) for n in (1, 3))
    assert three - one == pytest.approx(2 * (2200 + 2 * 3), abs=2)


def test_time_covers_a_training_that_never_stops_early(files):
    """Full epochs of 2000 BTS light curves took at most 3.4 s, beside other jobs."""
    assert minutes(files, 2000, recipes=[{"epochs": 100}]) * 60 > 100 * 3.4


def test_time_follows_labels_epochs_and_units(files):
    fixed = minutes(files, 0)
    assert minutes(files, 2000) - fixed == pytest.approx(
        2 * (minutes(files, 1000) - fixed), abs=2
    )
    assert minutes(files, 2000, in_turn=10) > 5 * minutes(files, 2000)
    assert minutes(files, 2000, recipes=RECIPES * 2) > minutes(files, 2000)


def test_a_source_model_learns_from_all(files):
    assert minutes(files, None) == minutes(files, 3180)


def test_a_source_model_of_two_surveys_takes_the_time_of_both(files):
    points, labels = files
    assert minutes((2 * points, 2 * labels), None) == pytest.approx(
        2 * minutes(files, None), rel=0.2
    )


def test_a_later_attempt_asks_for_more_up_to_a_days_time(files):
    assert minutes(files, 1000, attempt=3) == 3 * minutes(files, 1000)
    assert minutes(files, 3180, in_turn=1000) == LONGEST
    assert training_mb(3, 1, attempt=2) == 2 * training_mb(3, 1, attempt=1)
    assert table_mb(10, 8, attempt=2) == 2 * table_mb(10, 8, attempt=1)
