"""Light curves on standard input: CSV, JSON lines, alerts of ZTF."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from exported_toys import light_curves

from transients.classifier import Classifier


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
