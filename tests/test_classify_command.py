"""The command: files of light curves in, a table of probabilities out."""

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from exported_toys import N, light_curves

from transients import command
from transients.classifier import Classifier


def test_csv_and_parquet_give_the_same(classify, exports):
    expected, _ = Classifier(exports.model("transfer")).classify(light_curves())
    for suffix in (".csv", ".csv.gz", ".parquet"):
        status, table, said = classify(light_curves(), suffix=suffix)
        assert (status, said) == (0, "")
        pd.testing.assert_frame_equal(
            pd.read_csv(table).astype(expected.dtypes), expected
        )
    status, table, _ = classify(light_curves(), output="p.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(table), expected)


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


def test_a_table_does_not_take_the_place_of_what_is_read(classify, tmp_path):
    light_curves(2).to_csv(tmp_path / "p.csv", index=False)
    before = (tmp_path / "p.csv").read_bytes()
    status, table, said = classify(tmp_path / "p.csv")
    assert (status, table.read_bytes()) == (3, before)
    assert "p.csv: is read, too: name another file" in said


def test_the_two_tables_are_two_files(classify, tmp_path):
    status, table, said = classify(
        light_curves(2), "--left-out", tmp_path / "p.csv", output="p.csv"
    )
    assert (status, table.exists()) == (3, False)
    assert "--left-out" in said
    assert "p.csv: is --output, too: name another file" in said


@pytest.mark.parametrize("factor", [1e-4, 1e4])
def test_fluxes_on_another_scale_are_refused(classify, factor):
    frame = light_curves(20)
    frame[["flux", "flux_err"]] *= factor
    status, _, said = classify(frame)
    assert status == 3
    assert "20 light curves on another scale than the model's" in said
    assert "is the zero point 27.5?" in said


def test_one_light_curve_of_other_fluxes_is_told(classify):
    frame = light_curves(20)
    frame.loc[frame["object_id"] == "SN 3", "flux"] *= 100
    status, table, said = classify(frame)
    assert (status, len(pd.read_csv(table))) == (0, 20)
    (line,) = said.splitlines()
    assert line.startswith("SN 3: classified all the same: largest flux ")


def test_a_trigger_that_the_model_does_not_take_is_told(classify):
    status, _, said = classify(light_curves(1).assign(trigger_mjd=58003.0))
    assert status == 0
    assert said == "SN 0: trigger_mjd not used: the model takes first_detection\n"


def test_a_table_without_light_curves_is_told(classify):
    status, table, said = classify(light_curves(1)[:0])
    assert (status, said) == (0, "there was no light curve\n")
    assert pd.read_csv(table).empty


def test_a_folder_that_is_no_model_is_named_with_what_makes_one(tmp_path, capsys):
    words = ["classify", "x.csv", "--output", "p.csv", "--model", str(tmp_path)]
    assert command.main(words) == 3
    assert f"{tmp_path}: has no model.json: give" in capsys.readouterr().err


def test_a_reader_that_has_enough_ends_the_command_quietly(exports, tmp_path):
    from command_line import ROOT

    light_curves().to_csv(tmp_path / "new.csv", index=False)
    program = [ROOT / "bin" / "transient-transfer", "classify", tmp_path / "new.csv"]
    ours, theirs = os.pipe()
    os.close(ours)
    with os.fdopen(theirs, "wb") as closed:
        process = subprocess.run(
            [*program, "--model", exports.model("transfer"), "--output", "-"],
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (process.returncode, process.stderr) == (141, "")


def test_wrong_usage_ends_with_2(classify):
    with pytest.raises(SystemExit) as error:
        classify(light_curves(1), output="p.txt")
    assert error.value.code == 2


def test_plots_have_names_that_every_file_system_takes(classify, tmp_path):
    frame = light_curves(2).replace({"SN 0": "../SN/0", "SN 1": "é" * 150})
    status, _, _ = classify(frame, "--plots", tmp_path / "plots")
    assert status == 0
    drawn = sorted(path.name for path in (tmp_path / "plots").iterdir())
    assert len(drawn) == 2
    assert "..%2FSN%2F0.png" in drawn
    assert max(map(len, drawn)) < 255


def test_a_reader_of_the_workflow_gives_the_same(classify, exports, tmp_path):
    frame = light_curves().drop(columns="mwebv")
    expected, _ = Classifier(exports.model("transfer")).classify(frame)
    names = frame["object_id"].unique()
    pd.DataFrame({"name": names}).to_csv(tmp_path / "labels.csv")
    own = frame.assign(filter="ztf" + frame["passband"]).drop(columns="passband")
    own.to_csv(tmp_path / "observed.csv", index=False)
    columns = ["object_id", "mjd", "flux", "flux_err"]
    options = {
        "files": {"labels": "labels.csv", "light_curves": "observed.csv"},
        "labels": {"object_id": "name"},
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
    status, _, said = classify("--reader=csv", *words, output="observed.csv")
    assert status == 3
    assert "observed.csv: is read, too" in said
    del options["labels"]
    (tmp_path / "own.yaml").write_text(json.dumps(options))
    status, _, said = classify("--reader=csv", *words)
    assert status == 3
    assert "'labels' is a required property" in said


def test_the_command_is_there():
    from command_line import ROOT

    process = subprocess.run(
        [ROOT / "bin" / "transient-transfer", "classify", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--left-out" in process.stdout


def test_the_readme_classifies_as_it_stands_there(exports, tmp_path):
    from command_line import ROOT
    from documentation import README, blocks, commands

    (words,) = [one for one in commands(README) if one[0] == "transient-transfer"]
    model = tmp_path / words[words.index("--model") + 1]
    model.parent.mkdir(parents=True)
    model.symlink_to(exports.model("transfer"))
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


@pytest.mark.parametrize("path", [None, "", ":", ":given", "given::", "::given::"])
def test_nothing_is_imported_from_where_the_user_stands(tmp_path, path):
    from command_line import ROOT

    here, given = tmp_path / "here", tmp_path / "given"
    for folder, name in ((here, "pandas.py"), (given, "sitecustomize.py")):
        folder.mkdir()
        (folder / name).write_text("open(__file__ + ' ran', 'w')")
    env = {name: os.environ[name] for name in os.environ if name != "PYTHONPATH"}
    if path is not None:
        env["PYTHONPATH"] = path.replace("given", str(given))
    command = [ROOT / "bin" / "transient-transfer", "classify", "--help"]
    subprocess.run(command, cwd=here, env=env, capture_output=True, check=True)
    assert [one.name for one in here.iterdir()] == ["pandas.py"]
    expected = "given" in (path or "")  # what the user has asked for still counts
    assert (given / "sitecustomize.py ran").exists() == expected
