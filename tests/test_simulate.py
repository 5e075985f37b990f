"""Laws of the embedded simulator at its front door."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from transients.readers import Dataset, read
from transients.simulate import (
    CLASSES,
    SURVEYS,
    classes_of,
    simulate_class,
    simulate_portions,
    simulator,
)
from transients.simulate.surveys import BY_NAME

EVERY_CLASS = [(survey, name) for survey in SURVEYS for name in classes_of(survey)]


def first_trigger(points: pd.DataFrame, separation: float) -> float:
    """Independent of the simulator's own: a loop over one object's detections."""
    times = points.mjd[points.detected].to_numpy()
    return next(t for t in times if t >= times[0] + separation)


@pytest.mark.parametrize(("survey", "name"), EVERY_CLASS)
def test_every_class_obeys_the_laws_of_its_survey(survey: str, name: str) -> None:
    result = simulate_class(survey, name, 25, seed=3)
    objects, points = result.objects, result.light_curves
    assert len(objects) == 25
    assert objects.object_id.is_unique
    assert not objects.object_id.str.contains(r"[\s/]").any()
    assert set(objects["class"]) == {name}
    assert not objects.isna().any(axis=None)
    assert not points.isna().any(axis=None)
    assert objects.dec.between(*BY_NAME[survey].declinations).all()
    assert objects.mwebv.between(0, 0.5).all()
    assert (points.flux_err > 0).all()
    assert set(points.passband.unique()) <= set(BY_NAME[survey].passbands.names)
    assert list(points.object_id.unique()) == list(objects.object_id)
    ratio = points.flux.astype(float) / points.flux_err.astype(float)
    ratio = ratio.abs() if name == "AGN" else ratio
    # Alerts, all of them detections, are judged by truer errors than they report.
    detected = ratio > 0 if survey == "bts" else ratio > 5
    assert (points.detected == detected).all()
    for _, one in points.groupby("object_id"):
        assert one.mjd.is_monotonic_increasing
        since = one.mjd - first_trigger(one, 0.0 if survey == "bts" else 0.02)
        assert since.between(-30, 70).sum() >= 8


def test_bts_keeps_detections_and_simulations_keep_all() -> None:
    assert simulate_class("bts", "SN II", 20, 1).light_curves.detected.all()
    assert not simulate_class("ztf", "SNII", 20, 1).light_curves.detected.all()


@pytest.mark.parametrize(
    ("survey", "name", "many"),
    [("ztf", "SNIb", 450), ("lsst", "AGN", 30), ("bts", "SN Ib/c", 60)],
)
def test_fewer_objects_are_the_first_of_more(survey: str, name: str, many: int) -> None:
    more, fewer = (simulate_class(survey, name, n, seed=5) for n in (many, 9))
    pd.testing.assert_frame_equal(more.objects.head(9), fewer.objects)
    common = more.light_curves.object_id.isin(fewer.objects.object_id)
    pd.testing.assert_frame_equal(
        more.light_curves[common].reset_index(drop=True), fewer.light_curves
    )


@pytest.mark.parametrize(
    ("survey", "name", "n", "size", "sizes"),
    [
        ("ztf", "SNIb", 450, 100, [100, 100, 100, 100, 50]),
        ("ztf", "SNIa", 12, 1, [1] * 12),
        ("lsst", "AGN", 30, 15, [15, 15]),
        ("bts", "SN Ib/c", 60, 25, [25, 25, 10]),
        ("bts", "TDE", 3, 10, [3]),
        ("bts", "TDE", 0, 10, [0]),
    ],
)
def test_portions_are_the_whole(
    survey: str, name: str, n: int, size: int, sizes: list[int]
) -> None:
    whole = simulate_class(survey, name, n, seed=5)
    portions = list(simulate_portions(survey, name, n, 5, size))
    assert [len(portion.objects) for portion in portions] == sizes
    for portion in portions:
        points = portion.light_curves
        assert list(points.object_id.unique()) == list(portion.objects.object_id)
    for table in ("objects", "light_curves"):
        joined = pd.concat([getattr(p, table) for p in portions], ignore_index=True)
        pd.testing.assert_frame_equal(joined, getattr(whole, table), check_exact=True)


def test_the_reader_holds_ten_thousand_objects_at_most() -> None:
    counts = {"SNIa": 10_020, "TDE": 3}
    dataset = Dataset("toy", tuple(counts), ("g", "r"), {}, Path())
    options = {"survey": "ztf", "seed": 1, "counts": counts}
    objects = [portion.objects for portion in read("simulate", options, dataset)]
    assert [len(portion) for portion in objects] == [10_000, 20, 3]
    assert [set(portion["class"]) for portion in objects] == [
        *({"SNIa"}, {"SNIa"}, {"TDE"})
    ]


def test_seeds_and_surveys_differ() -> None:
    one, two = (simulate_class("ztf", "SNIc", 5, seed) for seed in (1, 2))
    other = simulate_class("lsst", "SNIc", 5, 1)
    assert not np.intersect1d(one.objects.redshift, two.objects.redshift).size
    assert not np.intersect1d(one.objects.redshift, other.objects.redshift).size


def test_no_objects_are_legal_and_typed() -> None:
    none, some = (simulate_class("bts", "TDE", n, 0) for n in (0, 2))
    assert len(none.objects) == len(none.light_curves) == 0
    pd.testing.assert_series_equal(none.light_curves.dtypes, some.light_curves.dtypes)
    assert list(none.objects.columns) == list(some.objects.columns)


def test_an_object_may_lack_a_passband() -> None:
    points = simulate_class("lsst", "SNIa", 200, 4).light_curves
    bands = points.groupby("object_id").passband.nunique()
    assert bands.min() < 6


def test_classes_are_those_of_table_1() -> None:
    assert classes_of("ztf") == classes_of("lsst") == CLASSES
    assert classes_of("lsst_spectroscopic") == CLASSES
    assert len(CLASSES) == 12
    assert classes_of("bts") == ("SN Ia", "SN II", "SN Ib/c", "SLSN-I", "TDE")


@pytest.mark.parametrize(
    ("survey", "name", "n", "seed", "complaint"),
    [
        ("des", "SNIa", 1, 0, "no survey 'des'"),
        ("ztf", "SN Ia", 1, 0, "ztf has no class 'SN Ia'"),
        ("bts", "SNIax", 1, 0, "bts has no class 'SNIax'"),
        ("ztf", "SNIa", -1, 0, "n_objects"),
        ("ztf", "SNIa", 1, -1, "seed"),
    ],
)
def test_nonsense_is_refused(
    survey: str, name: str, n: int, seed: int, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        simulate_class(survey, name, n, seed)


@pytest.mark.parametrize("name", ["AGN", "SNIa"])
def test_hopeless_acceptance_ends_with_an_error(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = replace(BY_NAME["ztf"], agn_limit=0.0, peak_limit=0.0)
    monkeypatch.setattr(simulator, "BY_NAME", {"ztf": blind})
    monkeypatch.setattr(simulator, "PATIENCE", 800)
    with pytest.raises(RuntimeError, match=f"ztf accepts none of 800 {name}"):
        simulate_class("ztf", name, 3, 0)
