"""What is wrong with a data set is said before anything is fetched or read."""

import copy
import re

import pytest
from configurations import DEFAULT, MISSING, change, check_all, complaint
from snakemake.io import WILDCARD_REGEX

BTS = {
    "files": {"labels": "bts/labels.csv", "light_curves": "bts/curves"},
    "class_map": "bts",
    "labels": {"object_id": "ZTFID", "class": "type"},
    "light_curves": {
        **{"mjd": "mjd", "passband": "band"},
        **{"magnitude": "mag", "magnitude_err": "err"},
    },
    "passbands": {"g": "g", "R": "r", "i": None},
}
FLUXES = {"mjd": "mjd", "passband": "band", "flux": "flux", "flux_err": "err"}


@pytest.fixture
def config(tmp_path):
    """The default with the user's own CSV files of BTS."""
    (tmp_path / "bts" / "curves").mkdir(parents=True)
    (tmp_path / "bts" / "labels.csv").touch()
    config = copy.deepcopy(DEFAULT)
    config["data_dir"] = str(tmp_path)
    config["datasets"]["bts"] |= {"reader": "csv", "csv": copy.deepcopy(BTS)}
    return config


def test_own_files_that_are_there_are_right(config):
    check_all(config)


def test_files_without_a_data_folder_say_how_to_name_one(config):
    config["data_dir"] = None
    message = complaint(config)
    assert "data_dir: data set 'bts' is read from files" in message
    assert "--config data_dir=DIR" in message


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("csv.class_map", "btss", "csv.class_map: .* has no scheme 'btss'.*mean 'bts'"),
        ("csv.class_map", {"Ia": "SNIa"}, "csv.class_map: label 'Ia' .*mean 'SN Ia'"),
        ("csv.passbands", {"R": "R"}, "csv.passbands.R: 'R' is not among .*: g, r"),
        ("csv.light_curves", FLUXES, "csv.zero_point: fluxes .*27.5 for FLUXCAL"),
        ("csv.light_curves.flux", "f", "csv.light_curves: .*either magnitude and"),
        ("csv.light_curves.magnitude", MISSING, "csv.light_curves: .*either magnit"),
        ("trigger", "survey", "trigger: survey, but reader 'csv' .*snana, parquet"),
        ("csv.files.labels", "x.csv", "csv.files.labels: no such file .*/x.csv$"),
        ("csv.files.light_curves", "x", "csv.files.light_curves: no such .*/x$"),
    ],
)
def test_what_does_not_fit_is_named(config, key, value, expected):
    change(config, f"datasets.bts.{key}", value)
    (problem,) = complaint(config).splitlines()
    assert re.search(rf"- datasets\.bts\.{expected}", problem)


TAKEN = ["{v2}", "{{v2}}", "{ v2 }", "{v2,[a-z]+}", r"{v2,\d{3}}", "{v,}", "{1.0}"]


@pytest.mark.parametrize("folder", TAKEN)
def test_braces_that_snakemake_takes_for_a_wildcard_are_refused(
    config, tmp_path, folder
):
    """Also where nothing is there, as before a download."""
    assert WILDCARD_REGEX.search(folder)
    config["datasets"]["bts"]["csv"]["files"]["labels"] = f"{folder}/x.csv"
    (problem,) = complaint(config).splitlines()
    assert "- datasets.bts.csv.files.labels: Snakemake would take the braces" in problem
    assert f"{tmp_path}/{folder}/x.csv for a wildcard" in problem
    assert "symbolic link" in problem
    config["datasets"]["bts"]["download"] = "bts"
    assert complaint(config).strip() == problem.strip()


def test_braces_in_the_name_of_the_data_folder_are_told_once(config, tmp_path):
    config["data_dir"] = str(tmp_path.rename(tmp_path.with_name("data {v2}")))
    (problem,) = complaint(config).splitlines()
    assert f"- data_dir: Snakemake would take the braces in {config['data_dir']}" in (
        problem
    )


@pytest.mark.parametrize("name", ["a{b", "a}b", "{}", "{a b}", "{v2,x", "{v,{a b}}"])
def test_other_braces_are_only_letters(config, tmp_path, name):
    assert not WILDCARD_REGEX.search(name)
    (tmp_path / name).touch()
    config["datasets"]["bts"]["csv"]["files"]["labels"] = name
    check_all(config)


def test_a_data_set_that_nobody_uses_may_be_wrong(config):
    config["datasets"]["bts"]["csv"] |= {"class_map": "btss", "passbands": {"R": "R"}}
    config["datasets"]["bts"]["trigger"] = "survey"
    config["data_dir"] = None
    config["targets"] = ["lsst_sims"]
    check_all(config)


@pytest.mark.parametrize("zero_point", ["constant", "column"])
def test_fluxes_have_one_zero_point(config, zero_point):
    options = config["datasets"]["bts"]["csv"]
    options["light_curves"] = dict(FLUXES)
    if zero_point == "constant":
        options["zero_point"] = 27.5
    else:
        options["light_curves"]["zero_point"] = "zp"
    check_all(config)


def test_simulated_light_curves_do_not_pass_for_real_ones():
    config = copy.deepcopy(DEFAULT)
    change(config, "datasets.bts.real", True)
    expected = "datasets.bts.real: True, but reader 'simulate' is for simulated light"
    assert expected in complaint(config)
    change(config, "datasets.bts.real", MISSING)
    assert "'real' is a required property" in complaint(config)


def test_a_survey_may_say_its_own_trigger(config):
    files = {"objects": "bts/labels.csv", "light_curves": "bts/curves"}
    config["datasets"]["bts"] |= {"reader": "parquet", "parquet": {"files": files}}
    config["datasets"]["bts"]["trigger"] = "survey"
    check_all(config)


@pytest.mark.parametrize("folder", ["bts", "./bts/", "."])
def test_files_may_be_where_a_download_puts_them(config, tmp_path, folder):
    config["data_dir"] = str(tmp_path / "empty")
    config["datasets"]["bts"]["download"] = "bts"
    config["downloads"]["bts"]["folder"] = folder
    check_all(config)


@pytest.mark.parametrize("file", ["btss/labels.csv", "bts/../labels.csv"])
def test_files_that_a_download_will_not_bring_name_both_keys(config, file):
    config["datasets"]["bts"]["download"] = "bts"
    config["datasets"]["bts"]["csv"]["files"]["labels"] = file
    (problem,) = complaint(config).splitlines()
    assert "datasets.bts.csv.files.labels: " in problem
    assert "downloads.bts.folder is 'bts'" in problem


def test_own_files_need_not_be_where_the_download_would_put_them(config):
    config["datasets"]["bts"]["download"] = "plasticc"
    config["downloads"]["plasticc"]["folder"] = "elsewhere"
    check_all(config)


WEIGHTS = "sources.astromcad.weights"


@pytest.fixture
def published(config):
    """The configuration with a target that starts from the published weights."""
    config["experiments"]["bts"]["source"] = "astromcad"
    config["sources"]["astromcad"]["weights"]["download"] = "weights"
    config["downloads"]["weights"] = {
        "from": "file",
        "url": "https://example.org/astromcad.zip",
        "folder": "astromcad",
        "unpack": True,
    }
    return config


def test_published_weights_may_be_fetched_or_ones_own(published, tmp_path):
    check_all(published)
    del published["sources"]["astromcad"]["weights"]["download"]
    assert f"{WEIGHTS}.file: no such file" in complaint(published)
    file = tmp_path / published["sources"]["astromcad"]["weights"]["file"]
    file.parent.mkdir(parents=True)
    file.touch()
    check_all(published)
    published["data_dir"] = None
    assert "data_dir: source 'astromcad' is read from a file" in complaint(published)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("file", "weights.h5", f"{WEIGHTS}.file: .*{WEIGHTS}.download will not bring"),
        ("download", "astro", f"{WEIGHTS}.download: unknown 'astro'"),
        ("passbands", "zft", f"{WEIGHTS}.passbands: unknown 'zft'"),
        ("wavelengths", {"R": 0.5}, f"{WEIGHTS}.wavelengths: unknown 'R'"),
        ("window", [0, 100], rf"{WEIGHTS}.window: the weights .*\[0, 100\], but encod"),
        ("flux_scale", 1, f"{WEIGHTS}.flux_scale: the weights were trained with 1"),
        ("recipe", "pretraining", f"{WEIGHTS}: unknown 'recipe'"),
        ("classes", MISSING, f"{WEIGHTS}: 'classes' is a required property"),
    ],
)
def test_published_weights_that_do_not_fit_are_named(published, key, value, expected):
    change(published, f"{WEIGHTS}.{key}", value)
    assert re.search(expected, complaint(published))


def test_a_source_is_either_published_or_trained(published):
    published["sources"]["astromcad"]["recipe"] = "pretraining"
    assert "sources.astromcad: unknown 'recipe'; known are weights" in complaint(
        published
    )
    del published["sources"]["astromcad"]["weights"]
    assert "sources.astromcad: 'datasets' is a required property" in complaint(
        published
    )


def test_light_curves_of_a_broker_need_not_be_there_but_their_table_must(config):
    options = {name: BTS[name] for name in ("class_map", "labels", "passbands")}
    files = {"labels": "bts/labels.csv", "light_curves": "still to come"}
    options["files"] = files
    config["datasets"]["bts"] |= {"real": True, "reader": "alerce", "alerce": options}
    check_all(config)
    files["labels"] = "no.csv"
    assert "datasets.bts.alerce.files.labels: no such file" in complaint(config)
