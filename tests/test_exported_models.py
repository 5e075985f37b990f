"""An exported model gives new light curves the probabilities that its unit gave."""

import json
import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from exported_toys import STRATEGIES, as_arrow, light_curves
from unit_toys import NAMES, TRANSFER

from transients.classifier import Classifier
from transients.errors import DataError
from transients.fine_tuning import run_unit
from transients.model_schema import FORMAT
from transients.new_light_curves import portions


@pytest.fixture(scope="module")
def predictions(exports):
    return run_unit(exports.unit_with_scores, STRATEGIES)["predictions"]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_probabilities_are_those_of_the_workflow(exports, predictions, strategy):
    expected = predictions[predictions["strategy"] == strategy].set_index("object_id")
    given, left_out = Classifier(exports.model(strategy)).classify(light_curves())
    assert given.columns.tolist() == ["object_id", *(f"p_{name}" for name in NAMES)]
    given = given.set_index("object_id").loc[expected.index].to_numpy()
    wanted = expected[[f"p({name})" for name in NAMES]].to_numpy()
    np.testing.assert_allclose(given, wanted, atol=2e-6)
    assert np.ptp(given, axis=0).min() > 1e-4
    assert left_out.empty


def test_auroc_on_the_card_is_that_of_the_unit(exports):
    scores = run_unit(exports.unit, {"transfer": TRANSFER})["scores"]
    described = json.loads((exports.model("transfer") / "model.json").read_text())
    told = {row["class"]: row["auroc"] for row in described["test"]["auroc"]}
    assert told == pytest.approx(scores.set_index("class")["auroc"].to_dict())
    card = (exports.model("transfer") / "README.md").read_text()
    assert "SIMULATED" in card
    tested = scores.set_index("class").loc["SN Ia"]
    assert f"| SN Ia | {tested['n_test_class']} | {tested['auroc']:.3f} |" in card


def test_only_tensors_are_stored(exports):
    names = {path.name for path in exports.model("members").iterdir()}
    assert names == {"model.json", "README.md", "members_0.keras", "members_1.keras"}
    suffixes = {path.suffix for path in exports.model("best").iterdir()}
    assert suffixes == {".json", ".md", ".keras", ".parquet"}


def test_portions_change_nothing(exports):
    classifier = Classifier(exports.model("transfer"))
    expected, _ = classifier.classify(light_curves())
    batches = as_arrow(light_curves()).to_batches(max_chunksize=13)
    pieces = [pa.Table.from_batches([batch]) for batch in batches]
    parts = [
        classifier.classify_tables(portion)[0]
        for portion in portions(pieces, ("g", "r"), "toys", held_rows=50)
    ]
    assert len(parts) > 5
    given = pd.concat(parts, ignore_index=True)
    pd.testing.assert_frame_equal(given, expected, atol=2e-6)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"has no model\.json: give the folder"):
        Classifier(tmp_path)


def test_a_network_of_other_parts_is_refused(exports, tmp_path):
    shutil.copytree(exports.model("transfer"), tmp_path / "model")
    (tmp_path / "model" / "transfer_0.keras").write_bytes(b"\x80\x04.")
    with pytest.raises(DataError, match="not a network of this workflow"):
        Classifier(tmp_path / "model")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("scores_of", ["best"], "informed refers to 'best'"),
        ("kind", "pickle", r"strategies\.2\.kind: 'pickle' is not one of"),
        ("files", [], "informed is made of nothing"),
        ("kind", "blend", "informed is made of nothing"),
        ("files", ["../informed.parquet"], "is not a file of this folder"),
        ("code", "import os", r"strategies\.2: .*'code' was unexpected"),
    ],
)
def test_a_description_of_other_strategies_is_refused(
    exports, tmp_path, key, value, message
):
    shutil.copytree(exports.model("informed"), tmp_path / "model")
    path = tmp_path / "model" / "model.json"
    described = json.loads(path.read_text())
    assert described["format"] == FORMAT
    described["strategies"][-1][key] = value
    path.write_text(json.dumps(described))
    with pytest.raises(DataError, match=message):
        Classifier(tmp_path / "model")


def test_a_table_that_has_a_column_twice_is_refused(exports):
    twice = light_curves(2).rename(columns={"mwebv": "flux"})
    with pytest.raises(DataError, match=r"light_curves: .*flux"):
        Classifier(exports.model("features")).classify(twice)
