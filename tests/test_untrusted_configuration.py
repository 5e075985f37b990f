"""Configuration files and folders from strangers: no code of theirs is run."""

from __future__ import annotations

import pytest
import yaml
from command_line import said, snakemake
from configurations import DEFAULT, check_all
from snakemake.common.configfile import load_configfile
from snakemake_interface_common.exceptions import WorkflowError
from toy_csv import BTS_CLASSES, bts_options, write_folder

from transients.errors import ConfigurationError

EVIL = {
    "apply": '!!python/object/apply:os.mkdir ["marker"]',
    "new": '!!python/object/new:os.mkdir ["marker"]',
    "module": "!!python/module:antigravity",
    "function": "!!python/name:os.mkdir",
    "object": "!!python/object:pathlib.Path {}",
}


@pytest.mark.parametrize("tag", EVIL)
def test_objects_of_python_in_a_configuration_file_are_not_made(
    tmp_path, monkeypatch, tag
):
    """By Snakemake, which reads the file, nor by us; a function's name is its name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evil.yaml").write_text(f"targets: {EVIL[tag]}\n")
    if tag == "function":
        with pytest.raises(ConfigurationError, match="targets"):
            check_all(DEFAULT | load_configfile(tmp_path / "evil.yaml"))
    else:
        with pytest.raises(WorkflowError, match="not valid JSON or YAML"):
            load_configfile(tmp_path / "evil.yaml")
    with pytest.raises(yaml.YAMLError):
        yaml.safe_load(EVIL[tag])
    assert not (tmp_path / "marker").exists()


def test_a_run_with_objects_of_python_in_its_options_ends_at_once(tmp_path):
    (tmp_path / "evil.yaml").write_text(f"targets: {EVIL['apply']}\n")
    run = snakemake(tmp_path, "--dry-run", "--configfile", tmp_path / "evil.yaml")
    assert run.returncode == 1
    assert "not valid JSON or YAML" in said(run)
    assert "Traceback" not in said(run)
    assert not (tmp_path / "marker").exists()


FOLDER = "$(touch marker) `touch marker`; touch marker & 'a' \"b\" -rf %s"
"""Of the data and of the results: no shell and no format may see more than letters."""


def test_folders_of_any_name_reach_no_shell(tmp_path):
    place = tmp_path / "run"
    data = place / FOLDER
    data.mkdir(parents=True)
    write_folder(data)
    files = {"labels": "labels.csv", "light_curves": "light curves"}
    dataset = {
        **{"title": "toy", "real": True, "passbands": "ztf", "reader": "csv"},
        **{"classes": list(BTS_CLASSES), "trigger": "two_detections"},
        "csv": {"files": files, **bts_options()},
    }
    overlay = {"data_dir": FOLDER, "datasets": {"toy": dataset}}
    (place / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    options = ["--cores", 1, "--configfile", place / "overlay.yaml"]
    run = snakemake(place, "results/data/toy/objects.parquet", *options)
    assert run.returncode == 0, said(run)
    assert (place / "results/data/toy/objects.parquet").exists()
    assert list(tmp_path.rglob("marker")) == []
