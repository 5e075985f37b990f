"""The tutorial of config/README.md, as it stands there: another survey in one file."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from command_line import ROOT, said, snakemake
from documentation import blocks, commands

PAGE = ROOT / "config" / "README.md"
CLASSES = ["SN Ia", "SN II", "SLSN-I"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the workflow with the two files that the tutorial has one save."""
    folder = tmp_path_factory.mktemp("tutorial")
    shutil.copy(ROOT / "Snakefile", folder)
    unwanted = shutil.ignore_patterns("__pycache__")
    for name in ("bin", "config", "envs", "profiles", "workflow"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "atlas").mkdir()
    for language, start, path in (
        ("python", '"""ATLAS-like', "atlas/simulate.py"),
        ("yaml", "pathvars:", "config/atlas.yaml"),
    ):
        (block,) = [one for one in blocks(PAGE, language) if one.startswith(start)]
        (folder / path).write_text(block)
    return folder


@pytest.fixture(scope="module")
def tutorial(folder):
    """That copy after all commands of the tutorial, and what they said."""
    lines = [words for words in commands(PAGE) if "atlas" in " ".join(words)]
    assert len(lines) == 5
    places = [folder / "bin", Path(sys.executable).parent, os.environ["PATH"]]
    path = os.pathsep.join(map(str, places))
    home = {"PATH": path, "XDG_CACHE_HOME": str(folder / "cache")}
    told = []
    for words in lines:
        given = {"cwd": folder, "env": {**os.environ, **home}, "check": False}
        done = subprocess.run(words, capture_output=True, text=True, **given)
        assert done.returncode == 0, said(done)
        told.append(said(done))
    return folder, told


def test_the_dry_run_plans_all(tutorial):
    _, told = tutorial
    assert "Job stats:" in told[1]
    assert "atlas: simulated light curves, " in told[2]
    assert "in a complete run " in told[2]
    assert "atlas, 100 labels, macro AUROC: transfer" in told[2]


def test_there_are_no_colours_where_there_is_no_terminal(tutorial):
    _, told = tutorial
    assert "\x1b" not in "".join(told)


def test_the_new_survey_is_classified_at_every_size(tutorial):
    folder, _ = tutorial
    table = pd.read_csv(folder / "results/atlas/tables/performance.csv")
    assert set(table["target"]) == {"atlas"}
    found = {name: set(rows["n_train"]) for name, rows in table.groupby("strategy")}
    wanted = {name: {30, 100} for name in ("transfer", "scratch", "features")}
    assert found == wanted | {"zero_shot": {0, 30, 100}}
    for name in ("strategies_atlas", "confusion_atlas_n100", "learning_sources"):
        assert (folder / f"results/atlas/figures/{name}.pdf").stat().st_size > 5000


def test_what_the_tutorial_says_of_its_figure_is_so(tutorial):
    folder, _ = tutorial
    table = pd.read_csv(folder / "results/atlas/tables/performance.csv")
    rows = table[table["class"].isin(CLASSES) & (table["n_train"] == 30)]
    mean = rows.groupby("strategy")["auroc"].mean()
    assert mean["features"] > mean["transfer"] > mean["scratch"]


def test_objects_of_a_class_that_is_not_used_are_listed(tutorial):
    folder, _ = tutorial
    dropped = pd.read_csv(folder / "results/atlas/tables/dropped.csv")
    assert len(dropped) == 20
    assert set(dropped["reason"]) == {"class 'CV' is not used"}


def test_new_light_curves_have_probabilities(tutorial):
    folder, _ = tutorial
    table = pd.read_csv(folder / "atlas/probabilities.csv")
    assert table.columns.tolist() == ["object_id", *(f"p_{name}" for name in CLASSES)]
    assert len(table) == 10
    assert table.iloc[:, 1:].sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-5)


def test_a_label_that_is_not_listed_is_told_with_what_to_add(tutorial):
    folder, _ = tutorial
    config = folder / "config" / "atlas.yaml"
    mistaken = folder / "mistaken.yaml"
    mistaken.write_text(config.read_text().replace(", CV: null}", "}"))
    words = ("--configfile", mistaken, "--cores", 1)
    target = "results/atlas/data/atlas/class_counts.csv"
    process = snakemake(folder, target, *words)
    assert process.returncode == 1
    assert "'ATLAS0830' has the label 'CV'" in said(process)
    assert "Add 'CV: CLASS' to it, or 'CV: null'" in said(process)
