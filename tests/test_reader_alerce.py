"""The alerce reader: what it delivers, what it lists and what it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import COUNT, check_reader, mutated
from toy_alerce import OPTIONS, answer, detection, store, toy_dataset, zipped

from transients.errors import ConfigurationError, DataError
from transients.photometry import flux_from_magnitude
from transients.readers import Dataset, alerce
from transients.tables import SurveyTables, Vocabulary, validate

Answer = dict[str, Any]


@pytest.fixture
def toy(tmp_path: Path) -> Dataset:
    """A data set of two objects with two detections each."""
    data = toy_dataset(tmp_path, ["ZTFb", "ZTFa"])
    folder = data.files["light_curves"]
    folder.mkdir()
    store(folder, "ZTFb", answer())
    store(folder, "ZTFa", answer(n_limits=0))
    return data


def put(data: Dataset, *detections: Answer, **rest: Any) -> Path:
    """Replace the light curve of ZTFb."""
    return store(data.files["light_curves"], "ZTFb", answer(*detections, **rest))


def read_all(data: Dataset, **changes: Any) -> SurveyTables:
    """Read and validate all portions, and join them."""
    portions = list(alerce.read({**OPTIONS, **changes}, data))
    for portion in portions:
        validate(portion, Vocabulary(data.name, data.classes, data.passbands))
    return SurveyTables(
        *(
            pd.concat([getattr(p, name) for p in portions], ignore_index=True)
            for name in ("objects", "light_curves", "dropped")
        )
    )


def reasons(tables: SurveyTables, name: str = "ZTFb") -> list[str]:
    return tables.dropped.set_index("object_id")["reason"].loc[[name]].tolist()


def test_magnitudes_of_the_difference_image_become_flux(toy: Dataset) -> None:
    tables = read_all(toy)
    points = tables.light_curves
    assert list(tables.objects["object_id"]) == ["ZTFb", "ZTFa"]
    assert list(points["mjd"]) == [58001.5, 58002.5] * 2
    assert list(points["passband"]) == ["g", "r"] * 2
    # 10 ** (0.4 * (27.5 - 20)) = 1000; error 1000 * 0.1 * ln(10) / 2.5 = 92.103404
    assert points["flux"].to_numpy() == pytest.approx([1e4, 1e3] * 2)
    assert points["flux_err"].to_numpy()[1] == pytest.approx(92.103404)
    assert points["detected"].all()
    assert alerce.count(OPTIONS, toy) == 2


def test_upper_limits_and_negative_detections_are_listed(toy: Dataset) -> None:
    """isdiffpos is 1 or -1 in the API, t or f in alerts."""
    forms = [1, -1, "t", "f", 0]
    rows = [
        detection(58000.0 + i, 1, 20.0, isdiffpos=form) for i, form in enumerate(forms)
    ]
    put(toy, *rows, n_limits=3)
    tables = read_all(toy)
    mjd = tables.light_curves.query("object_id == 'ZTFb'")["mjd"]
    assert list(mjd) == [58000.0, 58002.0]
    assert reasons(tables) == [
        "3 upper limits removed",
        "3 negative detections removed",
    ]
    assert reasons(tables, "ZTFnova") == ["class 'nova' is not used"]
    assert set(tables.dropped["object_id"]) == {"ZTFb", "ZTFnova"}


def test_what_else_is_left_out_is_listed(toy: Dataset) -> None:
    """No magnitude, the i band, and an alert that came twice."""
    put(
        toy,
        detection(58001.0, 1, 20.0),
        detection(58001.00005, 1, 20.0),
        detection(58002.0, 3, 20.0),
        detection(58003.0, 2, 20.0, magpsf=None, sigmapsf=None),
        n_limits=0,
    )
    tables = read_all(toy)
    assert len(tables.light_curves) == 1 + 2
    assert reasons(tables) == [
        "1 observations in passbands not in use removed",
        "1 observations without a measurement removed",
        "1 near-duplicate observations removed",
    ]


def test_light_curves_without_a_detection_are_listed(toy: Dataset) -> None:
    put(toy, detection(58001.0, 1, 20.0, isdiffpos=-1), n_limits=0)
    store(toy.files["light_curves"], "ZTFa", {"detections": [], "non_detections": []})
    tables = read_all(toy)
    none = "no positive detection in the light curve"
    assert len(tables.objects) == len(tables.light_curves) == 0
    assert reasons(tables) == ["1 negative detections removed", none]
    assert reasons(tables, "ZTFa") == [none]


def test_portions_change_nothing(toy: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = read_all(toy)
    monkeypatch.setattr(alerce, "PORTION", 1)
    for ours, theirs in zip(
        vars(read_all(toy)).values(), vars(expected).values(), strict=True
    ):
        pd.testing.assert_frame_equal(ours, theirs)


def test_objects_asked_for_in_vain_are_listed(toy: Dataset) -> None:
    folder = toy.files["light_curves"]
    (folder / "ZTFb.json.gz").unlink()
    (folder / "missing.csv").write_text(
        "object_id,status,message\nZTFb,unknown to ALeRCE,HTTP 404\nother,failed,\n"
    )
    tables = read_all(toy)
    assert list(tables.objects["object_id"]) == ["ZTFa"]
    assert reasons(tables) == ["unknown to ALeRCE: HTTP 404"]


def test_objects_never_asked_for_are_refused(toy: Dataset) -> None:
    (toy.files["light_curves"] / "ZTFb.json.gz").unlink()
    with pytest.raises(
        DataError, match=r"1 objects in use .*'ZTFb'.*rule fetch_alerce"
    ):
        read_all(toy)


@pytest.mark.parametrize("name", ["../ZTFb", ".ZTFb", "ZTF b", "Z" * 101, "ZTF%2e"])
def test_unsafe_names_are_refused(tmp_path: Path, name: str) -> None:
    data = toy_dataset(tmp_path, [name])
    data.files["light_curves"].mkdir()
    with pytest.raises(
        DataError, match=f"object '{re.escape(name[:100])}': not a name"
    ):
        read_all(data)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"magpsf": 99.0}, "detection 2: magnitude (column 'magpsf') is 99, not poss"),
        ({"sigmapsf": -0.1}, "detection 2: magnitude_err (column 'sigmapsf') is -0.1"),
        ({"sigmapsf": None}, "detection 2: magnitude_err (column 'sigmapsf') is miss"),
        ({"magpsf": np.nan}, "detection 2: magnitude (column 'magpsf') is missing"),
        ({"mjd": np.inf}, "detection 2: mjd (column 'mjd') is inf"),
        ({"fid": 4}, "detection 2: unknown passband '4'"),
        ({"magpsf": "19.1"}, "detection 2: magpsf is '19.1', not a number"),
        ({"magpsf": True}, "detection 2: magpsf is 'True', not a number"),
        ({"mjd": 10**400}, "mjd: int too large"),
        ({"isdiffpos": None}, "detection 2: isdiffpos is 'none'"),
        ({"oid": "ZTFz"}, "the data are of 'ZTFz'"),
    ],
)
def test_impossible_values_are_refused(
    toy: Dataset, change: Answer, words: str
) -> None:
    """The first detection is negative: numbers count all that stand in the file."""
    first = detection(58000.0, 1, 20.0, isdiffpos=-1)
    path = put(toy, first, {**detection(58001.0, 1, 20.0), **change})
    with pytest.raises(DataError) as caught:
        read_all(toy)
    assert str(path) in str(caught.value)
    assert "'ZTFb'" in str(caught.value)
    assert words in str(caught.value)


def incomplete() -> Answer:
    row = detection(58001.0, 1, 20.0)
    del row["sigmapsf"]
    return row


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cannot be read"),
        (zipped(json.dumps(answer()).encode())[:-20], "cannot be read"),
        (zipped(json.dumps(answer()).encode()[:-20]), "cannot be read"),
        (json.dumps(answer()).encode(), "cannot be read"),
        (zipped(b'{"detections": "\xe9"}'), "cannot be read"),
        (zipped(b"[" * 100_000), "cannot be read"),
        (zipped(b"<html>502 Bad Gateway</html>"), "cannot be read"),
        (zipped(b'{"message": "sorry"}'), "not a light curve of ALeRCE"),
        (zipped(b"[]"), "not a light curve of ALeRCE"),
        (zipped(json.dumps(answer(incomplete())).encode()), "not all of mjd"),
    ],
)
def test_broken_files_are_refused(toy: Dataset, content: bytes, words: str) -> None:
    path = toy.files["light_curves"] / "ZTFb.json.gz"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_all(toy)
    assert f"{path}: object 'ZTFb'" in str(caught.value)
    assert words in str(caught.value)
    assert "delete the file and run with `--forcerun fetch_alerce`" in str(caught.value)


def test_unknown_passbands_of_ours_name_the_key(toy: Dataset) -> None:
    with pytest.raises(ConfigurationError, match=r"toy\.alerce\.passbands\.1: 'u'"):
        read_all(toy, passbands={"1": "u"})


epochs = st.tuples(
    st.integers(0, 10**8).map(lambda i: 58000 + i / 1000),
    st.sampled_from([1, 2]),
    st.floats(10, 23),
    st.floats(1e-3, 0.5),
)


@pytest.mark.fuzz
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(epochs, min_size=1, max_size=30, unique_by=lambda e: e[0]))
def test_round_trip(toy: Dataset, curve: list[tuple[float, int, float, float]]) -> None:
    """What goes in comes out in order of time; epochs are more than 1e-4 d apart."""
    put(toy, *(detection(t, fid, m, sigmapsf=e) for t, fid, m, e in curve))
    points = read_all(toy).light_curves.query("object_id == 'ZTFb'")
    mjd, fid, magnitude, error = map(np.array, zip(*sorted(curve), strict=True))
    flux, flux_err = flux_from_magnitude(magnitude, error)
    assert list(points["mjd"]) == list(mjd)
    assert list(points["passband"]) == list(np.array([" ", "g", "r"])[fid])
    assert points["flux"].to_numpy() == pytest.approx(flux, rel=1e-6)
    assert points["flux_err"].to_numpy() == pytest.approx(flux_err, rel=1e-6)


def mutants(content: bytes) -> Iterator[bytes]:
    """Changes of the file, and of the text within."""
    for seed in range(COUNT // 4):
        yield mutated(zipped(content), seed)
    for seed in range(COUNT):
        yield zipped(mutated(content, seed))


@pytest.mark.fuzz
def test_mutated_files(toy: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """One value a line, so that single values are changed; the labels stay."""
    labels = alerce.labels(OPTIONS, toy)
    monkeypatch.setattr(alerce, "labels", lambda *_: labels)
    path = toy.files["light_curves"] / "ZTFb.json.gz"
    content = json.dumps(answer(), indent=0).encode()
    path.write_bytes(zipped(content))
    refused = check_reader("alerce", OPTIONS, toy, path, mutants(content))
    assert 0.3 * COUNT < refused < 1.25 * COUNT
