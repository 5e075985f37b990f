"""Surveys that are learnt from at once keep their light curves, classes and names."""

from dataclasses import replace

import numpy as np
from toys import mixed_lengths, model_input

from transients.encoding import ARRAYS
from transients.pretraining import read_surveys
from transients.surveys import join_surveys

ZTF = model_input(mixed_lengths(7, seed=1), n_classes=3, seed=1)
LSST = model_input(mixed_lengths(5, seed=2), n_classes=2, seed=2)
CLASSES = {"ztf": ("SNIa", "SNII", "TDE"), "lsst": ("AGN", "SNIa")}


def save(given, folder):
    folder.mkdir()
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(given, name))
    np.save(folder / "object_id.npy", given.object_id.astype(str))
    return folder


def test_light_curves_follow_each_other_with_classes_of_both():
    both = join_surveys([(ZTF, CLASSES["ztf"]), (LSST, CLASSES["lsst"])])
    assert both.classes == ("SNIa", "SNII", "TDE", "AGN")
    assert both.survey.tolist() == [0] * 7 + [1] * 5
    names = [both.classes[k] for k in both.model_input.labels]
    theirs = [CLASSES["ztf"][k] for k in ZTF.labels]
    assert names == theirs + [CLASSES["lsst"][k] for k in LSST.labels]
    for i in range(5):
        expected = LSST.padded(np.array([i]))
        found = both.model_input.padded(np.array([7 + i]))
        np.testing.assert_array_equal(found, expected)
        assert both.model_input.metadata[7 + i] == LSST.metadata[i]
        assert both.model_input.object_id[7 + i] == LSST.object_id[i]


def test_one_survey_alone_is_not_copied(tmp_path):
    folder = save(ZTF, tmp_path / "ztf")
    rules = {"window": (-30, 70), "min_points": 5}
    one, dropped = read_surveys([folder], {"ztf": CLASSES["ztf"]}, "all", rules)
    assert isinstance(one.model_input.points, np.memmap)
    np.testing.assert_array_equal(one.model_input.labels, ZTF.labels)
    assert dropped.empty
    assert list(dropped) == ["dataset", "object_id", "reason"]


def test_what_detections_alone_leave_out_is_listed_by_survey(tmp_path):
    folders = []
    for name, given, faint in (("ztf", ZTF, 2), ("lsst", LSST, 4)):
        points = given.points.copy()
        points[:, 2] = 100
        points[given.offsets[faint] : given.offsets[faint + 1], 2] = 0
        folders.append(save(replace(given, points=points), tmp_path / name))
    rules = {"window": (-30, 70), "min_points": 1}
    both, dropped = read_surveys(folders, CLASSES, "detections", rules)
    assert np.bincount(both.survey).tolist() == [6, 4]
    why = "fewer than 1 detections in the window"
    expected = [["ztf", "object 2", why], ["lsst", "object 4", why]]
    assert dropped.to_numpy().tolist() == expected
