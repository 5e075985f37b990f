"""Light curves on standard input: CSV, JSON lines, alerts of ZTF."""

import io
import json
import os

import numpy as np
import pandas as pd
import pytest
from exported_toys import light_curves

from transients.classifier import Classifier
from transients.errors import DataError
from transients.standard_input import read_stream


def alert(name, observations):
    """An alert packet of ZTF with its history, the last observation being the new."""
    told = [
        {
            "jd": row.mjd + 2400000.5,
            "fid": {"g": 1, "r": 2}[row.passband],
            "magpsf": 27.5 - 2.5 * np.log10(row.flux),
            "sigmapsf": 2.5 / np.log(10) * row.flux_err / row.flux,
            "isdiffpos": "t",
        }
        for row in observations.itertuples()
    ]
    limit = {"jd": told[0]["jd"] - 3, "fid": 1, "magpsf": None, "isdiffpos": None}
    return {
        "objectId": name,
        "prv_candidates": [limit, *told[:-1]],
        "candidate": told[-1],
    }


def streams():
    frame = light_curves().drop(columns="mwebv")
    rows = frame.to_dict("records")
    by_object = frame.groupby("object_id", sort=False)
    alerts = [alert(str(name), some) for name, some in by_object]
    return {
        "CSV": frame.to_csv(index=False),
        "JSON lines": "".join(json.dumps(row) + "\n" for row in rows),
        "alerts": "".join(json.dumps(one) + "\n" for one in alerts),
    }


@pytest.mark.parametrize("kind", ["CSV", "JSON lines", "alerts"])
def test_standard_input_gives_the_same(classify, exports, monkeypatch, kind):
    expected, _ = Classifier(exports.model("transfer")).classify(
        light_curves().drop(columns="mwebv")
    )
    text = io.TextIOWrapper(io.BytesIO(streams()[kind].encode()))
    monkeypatch.setattr("sys.stdin", text)
    status, table, _ = classify("-")
    assert status == 0
    given = pd.read_csv(table).astype(expected.dtypes)
    pd.testing.assert_frame_equal(given, expected, atol=1e-4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"object_id": "SN 1"}\n', "lines 1 to 1: cannot be read: KeyError"),
        ("{not JSON\n", "lines 1 to 1: cannot be read: JSONDecodeError"),
        ("mjd,flux\n1,2\n", "no column 'object_id'"),
        ("", "the first line is empty"),
    ],
)
def test_a_stream_that_cannot_be_read_is_refused(classify, monkeypatch, text, message):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    status, _, said = classify("-")
    assert status == 3
    assert message in said


def read(*lines):
    """The portions of a stream of these lines: text, or what becomes JSON."""
    text = [one if isinstance(one, str) else json.dumps(one) for one in lines]
    stream = io.BytesIO("".join(f"{line}\n" for line in text).encode())
    return list(read_stream(stream, ("g", "r")))


ROW = {"object_id": "a", "mjd": 59000.0, "passband": "g", "flux": 60.0, "flux_err": 10}
OF_ALERT = {"jd": 2459000.5, "fid": 1, "magpsf": 18.0, "sigmapsf": 0.1}
CANDIDATE = {**OF_ALERT, "isdiffpos": "t"}
HEADER = "object_id,mjd,passband,flux,flux_err"


def packet(name="ZTF1", **changed):
    return {"objectId": name, "candidate": {**CANDIDATE, **changed}}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([ROW, "[" * 100_000], "lines 1 to 2: .*nested too deeply"),
        ([ROW, '{"a":' * 100_000], "lines 1 to 2: .*nested too deeply"),
        ([ROW, [1, 2]], r"a line is no object \{...\}"),
        ([{**ROW, "flux": 10**400}], "lines 1 to 1: .*too large"),
        ([{**ROW, "flux": True}], "flux is true or false, not a number"),
        ([{**ROW, "detected": "yes"}], "tried to convert to boolean"),
        ([{**ROW, "detected": 2}], "tried to convert to boolean"),
        ([{**ROW, "object_id": None}], "'object_id' is missing in some rows"),
        ([{**ROW, "object_id": 5}], "lines 1 to 1: cannot be read"),
        ([{**ROW, "object_id": ""}], "no object_id"),
        ([json.dumps(ROW)[:-1] + ', "flux": 1}'], "has the key 'flux' more than once"),
        ([packet(magpsf=10**400)], "lines 1 to 1: .*too large"),
        ([packet(jd=10**400)], "lines 1 to 1: .*too large"),
        ([packet(magpsf=-1e9)], r"object 'ZTF1', MJD 59000.0: flux .* is inf"),
        ([packet(isdiffpos=None)], "KeyError: 'none'"),
        ([packet(None), packet(None)], "objectId is None, not text"),
        ([packet(17)], "objectId is 17, not text"),
        ([packet("")], "no object_id"),
        ([f"{HEADER},flux", "a,1,g,60,10,70"], "has the column 'flux' more than once"),
        ([f"{HEADER},flux_err ", "a,1,g,60,10,2"], "'flux_err' more than once"),
    ],
)
def test_lines_that_say_something_else_are_refused(lines, message):
    with pytest.raises(DataError, match=f"standard input: .*{message}"):
        read(*lines)


@pytest.mark.parametrize("at", [0, 700, 1999])
def test_a_row_without_a_name_is_refused_wherever_it_stands(at):
    names = [f"SN {i // 100}" for i in range(2000)]
    rows = [{**ROW, "object_id": name, "mjd": i} for i, name in enumerate(names)]
    rows[at]["object_id"] = None
    with pytest.raises(DataError, match="'object_id' is missing in some rows"):
        read(*rows)


def test_names_of_columns_may_be_quoted():
    header = ",".join(f'"{name}"' for name in HEADER.split(","))
    (portion,) = read(header, '"SN, 1",59000,g,60,10')
    assert portion.objects["object_id"].tolist() == ["SN, 1"]


def test_a_detection_may_be_one_or_zero():
    told = [1, 0, 1.0, None, True]
    rows = [{**ROW, "mjd": i, "detected": word} for i, word in enumerate(told)]
    (portion,) = read(*rows)
    given = portion.light_curves["detected"].tolist()
    assert given == [True, False, True, True, True]


def test_an_unknown_detection_goes_by_its_signal_to_noise_row_by_row():
    told = [(60, None), (60, False), (40, None), (40, True), (60, "-"), (40, "-")]
    rows = []
    for i, (flux, detected) in enumerate(told):
        row = {**ROW, "mjd": ROW["mjd"] + i, "flux": flux, "detected": detected}
        rows.append({name: row[name] for name in row if row[name] != "-"})
    (portion,) = read(*rows)
    detected = portion.light_curves["detected"].tolist()
    assert detected == [True, False, False, True, True, False]


def test_alerts_are_answered_as_they_come_and_objects_may_come_again():
    """Whatever the stream's buffer holds; nobody waits for the end of a night."""
    ours, theirs = os.pipe()
    with os.fdopen(ours, "rb") as stream, os.fdopen(theirs, "wb", 0) as broker:

        def send(*packets):
            broker.write("".join(json.dumps(one) + "\n" for one in packets).encode())

        send(packet("ZTF1"))
        answers = read_stream(stream, ("g", "r"))
        assert names(next(answers)) == ["ZTF1"]
        half = json.dumps(packet("ZTF4")).encode()
        send(packet("ZTF2"), packet("ZTF1"), packet("ZTF2"), packet("ZTF3"))
        broker.write(half[:20])
        assert names(next(answers)) == ["ZTF2", "ZTF1"]
        assert names(next(answers)) == ["ZTF2", "ZTF3"]
        broker.write(half[20:])
        broker.close()
        assert [names(one) for one in answers] == [["ZTF4"]]


def names(portion):
    return portion.objects["object_id"].tolist()


def test_a_line_that_is_no_alert_is_refused_with_its_number():
    with pytest.raises(DataError, match=r"lines 2 to 2: .*no alert packet"):
        read(packet("ZTF1"), ROW)


def test_a_packet_may_have_passbands_that_the_model_does_not_use():
    """ZTF's i is in packets of some fields; it is left out, and that is noted."""
    earlier = [{**CANDIDATE, "fid": 3, "jd": 2459000.5 - day} for day in (1, 2)]
    both = {**packet("ZTF1"), "prv_candidates": earlier}
    (first, second) = read(both, packet("ZTF1", fid=3))
    assert first.light_curves["passband"].tolist() == ["g"]
    assert first.dropped["reason"].tolist() == [
        "2 observations in passbands not in use removed"
    ]
    assert second.objects.empty
    assert "no measurement in the light curve" in second.dropped["reason"].tolist()


def test_negative_differences_have_negative_fluxes():
    signs = {"t": 1, "1": 1, "true": 1, "f": -1, "0": -1, -1: -1, False: -1}
    packets = [packet(f"ZTF{i}", isdiffpos=sign) for i, sign in enumerate(signs)]
    fluxes = [portion.light_curves["flux"].to_numpy() for portion in read(*packets)]
    fluxes = np.concatenate(fluxes)
    assert np.sign(fluxes).tolist() == list(signs.values())
