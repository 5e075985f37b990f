"""The map of embeddings: who is in it, and how alike source and target are."""

import numpy as np
import pytest

from transients.embeddings import (
    FOLDS,
    Embedded,
    by_target,
    few_of_each,
    likeness,
    plane,
    survey_auroc,
)

NAMES = ("SN Ia", "SN II")


def objects(n, shift, seed, names=NAMES):
    """n objects of each class, those of the second far from the first."""
    rng = np.random.default_rng(seed)
    classes = np.repeat(names, n)
    vectors = rng.normal(size=(len(classes), 8)) + 10 * (classes == names[-1])[:, None]
    vectors[:, 0] += shift
    return Embedded(vectors.astype(np.float32), classes)


def test_at_most_so_many_of_each_class_and_always_the_same():
    labels = np.array([0] * 50 + [1] * 5 + [2] * 20)
    rows = np.arange(2, 70)
    chosen = few_of_each(labels, rows, 10, "bts")
    assert np.bincount(labels[chosen]).tolist() == [10, 5, 10]
    assert set(chosen) <= set(rows)
    again = few_of_each(labels, rows[::-1], 10, "bts")
    assert chosen.tolist() == again.tolist()
    assert chosen.tolist() != few_of_each(labels, rows, 10, "lsst_sims").tolist()


def test_surveys_that_are_alike_cannot_be_told_apart():
    same = likeness(objects(200, 0, 1), objects(200, 0, 2), NAMES).set_index("class")
    assert same["survey_auroc"].between(0.35, 0.65).all()
    assert (same["neighbours"] == 1).all()
    far = likeness(objects(200, 6, 1), objects(200, 6, 2), NAMES)
    assert far["survey_auroc"].between(0.35, 0.65).all()
    apart = likeness(objects(200, 0, 1), objects(200, 6, 2), NAMES)
    assert (apart["survey_auroc"] > 0.99).all()


def test_a_class_that_one_survey_lacks_has_no_numbers():
    source = objects(20, 0, 1)
    target = objects(20, 0, 2, names=("SN Ia", "TDE"))
    table = likeness(source, target, (*NAMES, "TDE")).set_index("class")
    assert table["n_target"].to_dict() == {"SN Ia": 20, "SN II": 0, "TDE": 20}
    assert np.isnan(
        table.loc["SN II", ["survey_auroc", "neighbours"]].astype(float)
    ).all()
    assert np.isnan(table.loc["TDE", "survey_auroc"])
    assert table.loc["TDE", "neighbours"] == 0


def test_too_few_objects_are_not_told_apart():
    few, many = np.zeros((FOLDS - 1, 2)), np.ones((50, 2))
    assert np.isnan(survey_auroc(few, many))


def test_the_plane_keeps_distances_of_what_lies_in_a_plane():
    rng = np.random.default_rng(3)
    flat = np.zeros((60, 5), np.float32)
    flat[:, 1:3] = rng.normal(size=(60, 2))
    names = np.array(["SN Ia"] * 30)
    table, variance = plane(Embedded(flat[:30], names), Embedded(flat[30:], names))
    assert variance.sum() == pytest.approx(1)
    assert table["survey"].tolist() == ["source"] * 30 + ["target"] * 30
    place = table[["x", "y"]].to_numpy()
    between = [np.linalg.norm(p[0] - p[40]) for p in (place, flat)]
    assert between[0] == pytest.approx(between[1], rel=1e-5)


def test_source_classes_go_by_the_targets_names():
    assert by_target(("SNIa", "AGN"), {"SNIa": "SN Ia"}) == ["SN Ia", ""]
