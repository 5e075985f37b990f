"""An exported model gives new light curves the probabilities that its unit gave."""

import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from unit_toys import CLASSES, FAIR, FOREST, NAMES, TRANSFER

from transients import command, network_training
from transients.classifier import Classifier
from transients.encode_tables import encode_tables
from transients.encoding import Encoding, load
from transients.errors import DataError
from transients.exported_model import FORMAT
from transients.features import extract
from transients.fine_tuning import run_unit
from transients.forest_scores import train_forest
from transients.model_export import export_model, has_detections_only
from transients.new_light_curves import portions
from transients.sampling import draw_sample
from transients.strategies import BlendStrategy, NetworkStrategy, TreeStrategy
from transients.tables import TablesWriter, Vocabulary
from transients.units import Target, Unit

N = 60
BANDS = {"g": 0.48, "r": 0.62}
ENCODING = Encoding(BANDS, NAMES, min_points=3, trigger="first_detection")
STRATEGIES = {
    "transfer": TRANSFER,
    "scratch_fair": FAIR,
    "zero_shot_mix": NetworkStrategy(None, ["ztf"], head="merged", class_mix=True),
    "members": NetworkStrategy(TRANSFER.recipe, ["ztf"], members=2),
    "features": TreeStrategy(FOREST),
    "zero_shot_trees": TreeStrategy(None, forest="sims", class_mix=True),
    "informed": TreeStrategy(FOREST, scores_of=["zero_shot_mix", "zero_shot_trees"]),
    "best": BlendStrategy({"zero_shot_mix": 1, "informed": 2}),
}
BUILT_ON = {
    "informed": ["zero_shot_mix", "zero_shot_trees"],
    "best": ["zero_shot_mix", "zero_shot_trees", "informed"],
}
ABOUT = {
    "target": "bts",
    "strategy": "transfer",
    "compute": {"backend": "tensorflow", "precision": "float32"},
    "training": {"title": "toys", "real": False, "n_train": 20, "seed": 1},
}


def light_curves(n=N, points=8, seed=0):
    """Observations of n objects, in the columns that the command reads."""
    rng = np.random.default_rng(seed)
    size = n * points
    return pd.DataFrame(
        {
            "object_id": np.repeat([f"SN {i}" for i in range(n)], points),
            "mjd": 58000.0 + np.tile(np.arange(points), n) * 3.0,
            "passband": rng.choice(["g", "r"], size),
            "flux": rng.uniform(500, 5000, size).round(1),
            "flux_err": 50.0,
            "mwebv": np.repeat(rng.uniform(0, 0.2, n).round(3), points),
        }
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The two tables of a toy data set, and its model input."""
    folder = tmp_path_factory.mktemp("data")
    paths = folder / "objects.parquet", folder / "light_curves.parquet"
    with TablesWriter(*paths, Vocabulary("toys", NAMES, BANDS), {}) as writer:
        for portion in portions([as_arrow(light_curves())], tuple(BANDS), "toys"):
            labels = [NAMES[i % 3] for i in range(N)]
            writer.write(with_classes(portion, labels))
    encode_tables(*paths, ENCODING, folder)
    return folder


def as_arrow(frame):
    return pa.Table.from_pandas(frame, preserve_index=False)


def with_classes(portion, labels):
    return type(portion)(
        portion.objects.assign(**{"class": labels}), portion.light_curves
    )


@pytest.fixture(scope="module")
def toy_unit(data, source):
    from toys import TINY

    given = load(data)
    sample = draw_sample(N, 20, ("bts", 1), validation_fraction=0.2)
    target = Target("bts", CLASSES, given, extract(given, ENCODING), NAMES[:2])
    return Unit(target, 20, 1, sample, TINY, {"ztf": source})


@pytest.fixture(scope="module")
def forests(toy_unit):
    """A forest that knows other light curves alone, of the same classes."""
    features = toy_unit.target.features
    simulated = features.sample(frac=1, random_state=1).assign(**{"class": "SN Ia"})
    simulated.loc[simulated.index % 3 == 1, "class"] = "SN II"
    simulated.loc[simulated.index % 7 == 2, "class"] = "TDE"
    return {"sims": train_forest("sims", [simulated], features, CLASSES, FOREST)}


@pytest.fixture(scope="module")
def models(tmp_path_factory, toy_unit, data, forests):
    """The folder of an exported model, by strategy."""
    folder = tmp_path_factory.mktemp("models")
    only = has_detections_only(data / "light_curves.parquet")
    for name in STRATEGIES:
        ours = {one: STRATEGIES[one] for one in [*BUILT_ON.get(name, []), name]}
        about = {**ABOUT, "strategy": name, "detections_only": only}
        with pytest.MonkeyPatch.context() as fresh:
            fresh.setattr(network_training, "_NETWORKS", {})
            given = toy_unit, ours, ENCODING, about, folder / name
            export_model(*given, forests if "zero_shot_trees" in ours else None)
    return folder


@pytest.fixture(scope="module")
def predictions(toy_unit, forests):
    features = toy_unit.target.features
    scores = {name: forest.predict(features) for name, forest in forests.items()}
    unit = replace(toy_unit, forest_scores=scores)
    return run_unit(unit, STRATEGIES)["predictions"]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_probabilities_are_those_of_the_workflow(models, predictions, strategy):
    expected = predictions[predictions["strategy"] == strategy].set_index("object_id")
    given, left_out = Classifier(models / strategy).classify(light_curves())
    assert given.columns.tolist() == ["object_id", *(f"p_{name}" for name in NAMES)]
    given = given.set_index("object_id").loc[expected.index].to_numpy()
    wanted = expected[[f"p({name})" for name in NAMES]].to_numpy()
    np.testing.assert_allclose(given, wanted, atol=2e-6)
    assert np.ptp(given, axis=0).min() > 1e-4
    assert left_out.empty


def test_auroc_on_the_card_is_that_of_the_unit(models, toy_unit):
    scores = run_unit(toy_unit, {"transfer": TRANSFER})["scores"]
    described = json.loads((models / "transfer" / "model.json").read_text())
    told = {row["class"]: row["auroc"] for row in described["test"]["auroc"]}
    assert told == pytest.approx(scores.set_index("class")["auroc"].to_dict())
    card = (models / "transfer" / "README.md").read_text()
    assert "SIMULATED" in card
    tested = scores.set_index("class").loc["SN Ia"]
    assert f"| SN Ia | {tested['n_test_class']} | {tested['auroc']:.3f} |" in card


def test_only_tensors_are_stored(models):
    names = {path.name for path in (models / "members").iterdir()}
    assert names == {"model.json", "README.md", "members_0.keras", "members_1.keras"}
    suffixes = {path.suffix for path in (models / "best").iterdir()}
    assert suffixes == {".json", ".md", ".keras", ".parquet"}


@pytest.fixture
def classify(models, tmp_path, capsys):
    """Run the command; return its status, its table and what it said."""

    def run(source, *options, suffix=".csv", output="p.csv"):
        if isinstance(source, pd.DataFrame):
            path = tmp_path / f"new light curves{suffix}"
            write = source.to_parquet if suffix == ".parquet" else source.to_csv
            write(path, index=False)
            source = path
        words = ["classify", source, *options, "--model", models / "transfer"]
        status = command.main([*map(str, words), "--output", str(tmp_path / output)])
        return status, tmp_path / output, capsys.readouterr().err

    return run


def test_csv_and_parquet_give_the_same(classify, models):
    expected, _ = Classifier(models / "transfer").classify(light_curves())
    for suffix in (".csv", ".csv.gz", ".parquet"):
        status, table, said = classify(light_curves(), suffix=suffix)
        assert (status, said) == (0, "")
        pd.testing.assert_frame_equal(
            pd.read_csv(table).astype(expected.dtypes), expected
        )
    status, table, _ = classify(light_curves(), output="p.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(table), expected)


def test_portions_change_nothing(models):
    classifier = Classifier(models / "transfer")
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


def test_nothing_is_left_out_in_silence(classify, tmp_path):
    frame = light_curves(4)
    frame = frame.drop(index=range(2, 8))  # of the first object two points are left
    frame.loc[frame["object_id"] == "SN 1", "flux"] = 1.0
    frame.loc[frame["object_id"] == "SN 2", "mwebv"] = np.nan
    status, table, said = classify(frame)
    assert status == 0
    assert pd.read_csv(table)["object_id"].tolist() == ["SN 2", "SN 3"]
    assert "SN 0: fewer than 3 points in the window" in said
    assert "SN 1: no detection" in said
    assert "SN 2: mwebv missing" in said
    _, _, said = classify(frame, "--left-out", tmp_path / "left_out.csv")
    listed = pd.read_csv(tmp_path / "left_out.csv")
    assert said == ""
    assert set(listed["object_id"]) == {"SN 0", "SN 1", "SN 2"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.assign(passband="i"), "unknown passband 'i': not in model"),
        (lambda f: f.rename(columns={"flux": "Flux"}), "no column 'flux' (did you"),
        (lambda f: f.assign(flux_err=0.0), "flux_err (column 'flux_err') is 0"),
        (lambda f: f.assign(mjd=2458000.5), "mjd (column 'mjd') is 2458000.5"),
        (lambda f: f.assign(flux="bright"), "'bright', not a number"),
    ],
)
def test_what_does_not_fit_is_refused(classify, change, message):
    status, table, said = classify(change(light_curves(3)))
    assert status == 3
    assert not table.exists()
    assert said.startswith("error: ")
    assert message in said


def test_an_object_in_two_files_is_refused(classify, tmp_path):
    light_curves(2).to_csv(tmp_path / "again.csv", index=False)
    status, _, said = classify(light_curves(2), tmp_path / "again.csv")
    assert status == 3
    assert "object 'SN 0' is in two of the files" in said


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(DataError, match="not the description of an exported model"):
        Classifier(tmp_path)


def test_a_network_of_other_parts_is_refused(models, tmp_path):
    shutil.copytree(models / "transfer", tmp_path / "model")
    (tmp_path / "model" / "transfer_0.keras").write_bytes(b"\x80\x04.")
    with pytest.raises(DataError, match="not a network of this workflow"):
        Classifier(tmp_path / "model")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("scores_of", ["best"], "informed refers to 'best'"),
        ("kind", "pickle", "informed is of no kind that is known"),
        ("files", [], "informed is made of nothing"),
        ("kind", "blend", "informed is made of nothing"),
        ("files", ["../informed.parquet"], "is not a file of this folder"),
        ("code", "import os", "unexpected keyword"),
    ],
)
def test_a_description_of_other_strategies_is_refused(
    models, tmp_path, key, value, message
):
    shutil.copytree(models / "informed", tmp_path / "model")
    path = tmp_path / "model" / "model.json"
    described = json.loads(path.read_text())
    assert described["format"] == FORMAT
    described["strategies"][-1][key] = value
    path.write_text(json.dumps(described))
    with pytest.raises(DataError, match=message):
        Classifier(tmp_path / "model")


def test_wrong_usage_ends_with_2(classify):
    with pytest.raises(SystemExit) as error:
        classify(light_curves(1), output="p.txt")
    assert error.value.code == 2


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
def test_standard_input_gives_the_same(classify, models, monkeypatch, kind):
    expected, _ = Classifier(models / "transfer").classify(
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


def test_plots_have_names_that_every_file_system_takes(classify, tmp_path):
    frame = light_curves(2).replace({"SN 0": "../SN/0", "SN 1": "é" * 150})
    status, _, _ = classify(frame, "--plots", tmp_path / "plots")
    assert status == 0
    drawn = sorted(path.name for path in (tmp_path / "plots").iterdir())
    assert len(drawn) == 2
    assert "..%2FSN%2F0.png" in drawn
    assert max(map(len, drawn)) < 255


def test_a_reader_of_the_workflow_gives_the_same(classify, models, tmp_path):
    frame = light_curves().drop(columns="mwebv")
    expected, _ = Classifier(models / "transfer").classify(frame)
    names = frame["object_id"].unique()
    pd.DataFrame({"name": names, "type": "SN Ia"}).to_csv(tmp_path / "labels.csv")
    own = frame.assign(filter="ztf" + frame["passband"]).drop(columns="passband")
    own.to_csv(tmp_path / "observed.csv", index=False)
    columns = ["object_id", "mjd", "flux", "flux_err"]
    options = {
        "classes": ["SN Ia"],
        "files": {"labels": "labels.csv", "light_curves": "observed.csv"},
        "class_map": "bts",
        "labels": {"object_id": "name", "class": "type"},
        "light_curves": {**{n: n for n in columns}, "passband": "filter"},
        "passbands": {"ztfg": "g", "ztfr": "r"},
        "zero_point": 27.5,
    }
    (tmp_path / "own.yaml").write_text(json.dumps(options))
    words = "--options", tmp_path / "own.yaml"
    status, table, said = classify("--reader=csv", *words)
    assert status == 0, said
    given = pd.read_csv(table).astype(expected.dtypes)
    pd.testing.assert_frame_equal(given, expected, atol=2e-6)
    del options["labels"]
    (tmp_path / "own.yaml").write_text(json.dumps(options))
    status, _, said = classify("--reader=csv", *words)
    assert status == 3
    assert "needs the option 'labels'" in said


def test_the_command_is_there():
    from command_line import ROOT

    process = subprocess.run(
        [ROOT / "bin" / "transient-transfer", "classify", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--left-out" in process.stdout


def test_the_readme_classifies_as_it_stands_there(models, tmp_path):
    from command_line import ROOT
    from documentation import README, blocks, commands

    (words,) = [one for one in commands(README) if one[0] == "transient-transfer"]
    model = tmp_path / words[words.index("--model") + 1]
    model.parent.mkdir(parents=True)
    model.symlink_to(models / "transfer")
    light_curves().to_csv(tmp_path / "new.csv", index=False)
    subprocess.run([ROOT / "bin" / words[0], *words[1:]], cwd=tmp_path, check=True)
    written = pd.read_csv(tmp_path / "probabilities.csv")

    (program,) = blocks(README, "python")
    before = "import pandas as pd; light_curves = pd.read_csv('new.csv')\n"
    after = "probabilities.to_csv('same.csv', index=False); assert left_out.empty\n"
    subprocess.run(
        [sys.executable, "-c", before + program + after],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "workflow" / "scripts")},
        check=True,
    )
    given = pd.read_csv(tmp_path / "same.csv")
    pd.testing.assert_frame_equal(given, written, atol=2e-6)
    assert len(written) == N
