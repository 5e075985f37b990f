"""Sizes that run only where there are enough labelled objects."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from toy_bts import write_toy_bts

from transients.errors import TransientsError
from transients.sizes import sizes, waits_for_download

CONFIG = Path(__file__).parent.parent / "config"


@pytest.fixture
def config(tmp_path):
    """The real configuration on a toy folder with 28 objects of the five classes."""
    write_toy_bts(tmp_path / "data")
    config = yaml.safe_load((CONFIG / "config.yaml").read_text())
    overlay = yaml.safe_load((CONFIG / "bts_real.yaml").read_text())
    config["datasets"]["bts"] |= overlay["datasets"]["bts"]
    config["data_dir"] = str(tmp_path / "data")
    config["experiments"]["bts"] |= {"n_train": [10], "n_train_if_enough": []}
    return config


def asked(config, *wanted):
    config["experiments"]["bts"]["n_train_if_enough"] = list(wanted)
    return sizes(config, "bts", CONFIG / "taxonomy.csv")


def test_a_fifth_of_the_objects_is_left_to_test(config):
    assert asked(config, 20, 22, 23, 1000) == [10, 20, 22]


def test_fixed_sizes_stay_whatever_there_is(config):
    config["experiments"]["bts"]["n_train"] = [5000]
    assert asked(config, 20) == [5000, 20]


def test_a_size_at_which_nothing_runs_is_left_out(config):
    """Without labels, where what needs none is switched off."""
    config["experiments"]["bts"]["n_train"] = [0, 10]
    assert asked(config) == [0, 10]
    for name in ("zero_shot", "zero_shot_mix", "zero_shot_trees"):
        config["experiments"]["bts"]["strategies"][name]["n_train"] = []
    assert asked(config) == [10]


def test_nothing_is_read_where_nothing_depends_on_it(config):
    config["data_dir"] = "/nowhere"
    assert asked(config) == [10]
    with pytest.raises(TransientsError, match=r"bts_table\.csv"):
        asked(config, 20)


def test_what_is_still_to_be_fetched_is_not_counted(config, tmp_path):
    assert not waits_for_download(config, "bts")
    config["datasets"]["bts"]["download"] = "bts"
    assert asked(config, 20) == [10, 20]
    config["data_dir"] = str(tmp_path / "empty")
    assert asked(config, 20) == [10]
    assert waits_for_download(config, "bts")


def test_planning_imports_nothing_that_reads_tables():
    """Each job of a run imports these anew."""
    planning = (
        "import transients.configuration, transients.fingerprint, transients.sizes"
    )
    found = "import sys; print({'pandas', 'pyarrow', 'astropy'} & set(sys.modules))"
    process = subprocess.run(
        [sys.executable, "-c", f"{planning}; {found}"],
        env={**os.environ, "PYTHONPATH": str(CONFIG.parent / "workflow" / "scripts")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert process.stdout.strip() == "set()"


def test_simulated_objects_are_those_asked_for(config):
    config["datasets"]["bts"]["reader"] = "simulate"
    offered = sum(config["datasets"]["bts"]["simulate"]["counts"].values())
    assert asked(config, int(0.8 * offered), offered) == [10, int(0.8 * offered)]
