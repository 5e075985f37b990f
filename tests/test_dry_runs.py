"""Every configuration plans its jobs, and a wrong one says what is wrong."""

import re

import pytest
import yaml
from command_line import ROOT, TINY, said, snakemake
from kill_stages import STAGES
from toy_bts import write_toy_bts

CONFIG = ROOT / "config"


def planned(folder, *arguments):
    """Number of jobs by rule that a dry run plans."""
    process = snakemake(folder, "--cores", 2, "-n", *arguments)
    assert process.returncode == 0, said(process)
    table = said(process).split("Job stats:")[1].split("total")[0]
    return {rule: int(n) for rule, n in re.findall(r"^(\w+) +(\d+)$", table, re.M)}


def test_default(tmp_path):
    jobs = planned(tmp_path)
    assert (jobs["fine_tune_bts"], jobs["fine_tune_lsst_sims"]) == (4, 3)
    assert (jobs["classify_bts"], jobs["classify_lsst_sims"]) == (1, 1)
    assert jobs["draw_figure"] == 5


def test_default_has_features_and_forests_where_they_are_used(tmp_path):
    jobs = planned(tmp_path)
    assert (jobs["extract_features"], jobs["score_target"]) == (3, 1)
    jobs = planned(tmp_path, "--config", "targets=[lsst_sims]")
    assert jobs["extract_features"] == 1
    assert "score_target" not in jobs


def in_folder(folder):
    """What tells the workflow to take and keep public data in a folder."""
    return "--config", f"data_dir={folder}"


def test_paper_fetches_what_is_public(tmp_path):
    overlay = CONFIG / "paper.yaml"
    jobs = planned(tmp_path, "--configfile", overlay, *in_folder(tmp_path / "data"))
    assert (jobs["fine_tune_bts"], jobs["fine_tune_lsst_sims"]) == (19, 19)
    assert jobs["pretrain"] == 10
    assert jobs["fetch"] == 2
    assert (jobs["ingest"], jobs["ingest_part"], jobs["join_parts"]) == (2, 40, 1)


def test_simulated_paper(tmp_path):
    jobs = planned(tmp_path, "--configfile", CONFIG / "paper_simulated.yaml")
    assert (jobs["fine_tune_bts"], jobs["fine_tune_lsst_sims"]) == (19, 19)
    assert (jobs["classify_bts"], jobs["classify_lsst_sims"]) == (1, 1)
    assert jobs["pretrain"] == 10
    assert "fetch" not in jobs


def test_the_two_papers_differ_in_their_data_alone():
    plans = [
        yaml.safe_load((CONFIG / name).read_text())
        for name in ("paper.yaml", "paper_simulated.yaml")
    ]
    for plan in plans:
        del plan["pathvars"], plan["datasets"]["bts"], plan["datasets"]["lsst_sims"]
    assert plans[0] == plans[1]


def test_as_coded_on_top_of_paper(tmp_path):
    overlays = [CONFIG / "paper.yaml", CONFIG / "as_coded.yaml"]
    jobs = planned(tmp_path, "--configfile", *overlays, *in_folder(tmp_path))
    assert (jobs["fine_tune_bts"], jobs["fine_tune_lsst_sims"]) == (19, 19)
    assert jobs["pretrain"] == 10


def test_as_coded_alone(tmp_path):
    """Without strategies that need no labels, the size 0 is none of its own."""
    jobs = planned(tmp_path, "--configfile", CONFIG / "as_coded.yaml")
    assert jobs["pretrain"] == 10
    assert not {"classify_bts", "classify_lsst_sims", "score_target"} & set(jobs)


def test_bts_real(tmp_path):
    write_toy_bts(tmp_path / "my data")
    jobs = planned(
        *(tmp_path, "--configfile", CONFIG / "bts_real.yaml"),
        *("--config", f"data_dir={tmp_path / 'my data'}"),
    )
    assert jobs["fine_tune_bts"] == 3  # 28 objects are not enough for 750 and 1000
    assert jobs["classify_bts"] == 1
    assert jobs["draw_figure"] == 3


def on_top_of_bts_real(folder, overlay):
    write_toy_bts(folder / "my data")
    overlays = [CONFIG / "bts_real.yaml", CONFIG / overlay]
    return planned(folder, "--configfile", *overlays, *in_folder(folder / "my data"))


def test_the_authors_weights_take_the_place_of_source_models(tmp_path):
    weights = tmp_path / "my data" / "astromcad" / "Models" / "NoHostClassifier.h5"
    weights.parent.mkdir(parents=True)
    weights.touch()
    jobs = on_top_of_bts_real(tmp_path, "astromcad.yaml")
    assert (jobs["import_weights"], jobs["classify_bts"]) == (1, 1)
    assert not {"fetch", "pretrain"} & set(jobs)


def test_an_ablation_has_a_table_of_its_own(tmp_path):
    jobs = on_top_of_bts_real(tmp_path, "ablation.yaml")
    assert jobs["compare_ablations"] == 1
    assert jobs["pretrain"] % 5 == 0  # a source model of each kind for each split
    assert "draw_figure" not in jobs  # the paper's strategies do not run


def test_plasticc_is_fetched_where_it_is_not_there(tmp_path):
    overlay = CONFIG / "plasticc.yaml"
    jobs = planned(tmp_path, "--configfile", overlay, *in_folder(tmp_path / "data"))
    assert jobs["fetch"] == 1
    assert (
        jobs["fine_tune_lsst_sims"] == 4
    )  # further sizes once the data can be counted


def test_own_files_are_not_fetched(tmp_path):
    for table in ("metadata", "lightcurves"):
        (tmp_path / f"plasticc_train_{table}.csv.gz").touch()
    sizes = "experiments={lsst_sims: {n_train_if_enough: []}}"
    overlay = CONFIG / "plasticc.yaml"
    jobs = planned(tmp_path, "--configfile", overlay, *in_folder(tmp_path), sizes)
    assert "fetch" not in jobs


def test_data_dir_may_be_below_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    write_toy_bts(tmp_path / "my data")
    overlay = CONFIG / "bts_real.yaml"
    planned(tmp_path, "--configfile", overlay, *in_folder("~/my data"))


def test_alerce_is_asked_for_the_objects_of_the_users_table(tmp_path):
    write_toy_bts(tmp_path / "data")
    jobs = planned(
        *(tmp_path, "--configfile", CONFIG / "bts_alerce.yaml"),
        *in_folder(tmp_path / "data"),
    )
    assert (jobs["fetch_alerce"], jobs["ingest"]) == (1, 3)


def test_tiny(tmp_path):
    jobs = planned(tmp_path, "--configfile", TINY)
    assert (jobs["fine_tune_bts"], jobs["fine_tune_lsst_sims"]) == (2, 1)


def test_the_soak_kills_in_every_rule_once(tmp_path):
    """But in `all`, which has no job of its own to kill."""
    jobs = planned(tmp_path, "--configfile", TINY)
    killed = [rule for rules in STAGES.values() for rule in rules]
    assert sorted([*killed, "all"]) == sorted(jobs)


def test_source_models_have_learning_curves_where_one_is_trained(tmp_path):
    small = TINY.with_name("small.yaml")
    assert planned(tmp_path, "--configfile", TINY)["draw_learning_of_sources"] == 1
    alone = planned(tmp_path, "--configfile", TINY, small)
    assert "draw_learning_of_sources" not in alone
    assert alone["draw_learning"] == 1


def test_seeds_of_a_size_share_a_job_and_have_a_folder_each(tmp_path):
    target = "results/units/bts/n40/seed0/scores.parquet"
    process = snakemake(tmp_path, target, "--cores", 2, "-n", "--configfile", TINY)
    assert "results/units/bts/n40/seed1/scores.parquet" in said(process)
    assert "results/units/bts/n20/" not in said(process)


def test_one_figure_asks_for_its_target_alone(tmp_path):
    jobs = planned(tmp_path, "results/figures/fig1_left.pdf")
    assert jobs["ingest"] == 3
    assert jobs["draw_figure"] == 1


@pytest.mark.parametrize("overlay", [[], ["--configfile", CONFIG / "paper.yaml"]])
def test_slurm_profile_resolves(tmp_path, overlay):
    arguments = ["--profile", "slurm", "-n", "all", *overlay, *in_folder(tmp_path)]
    process = snakemake(tmp_path, *arguments)
    assert process.returncode == 0, said(process)
    gpu_jobs = re.findall(r"rule (\w+):(?:\n    .*)+ gpu=1", said(process))
    assert set(gpu_jobs) == {"pretrain", "fine_tune_lsst_sims"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("recipes={fair: {epoch: 5}}", "recipes.fair: unknown 'epoch' (did you mean"),
        ("targets=[btz]", "targets: unknown 'btz' (did you mean 'bts'?)"),
        ("seeds=3", "top level: unknown 'seeds'"),
    ],
)
def test_wrong_key_is_named_before_anything_runs(tmp_path, given, message):
    process = snakemake(tmp_path, "--cores", 2, "-n", "--config", given)
    assert process.returncode != 0
    assert message in said(process)


def test_data_dir_is_asked_for(tmp_path):
    overlay = CONFIG / "bts_real.yaml"
    process = snakemake(tmp_path, "--cores", 2, "-n", "--configfile", overlay)
    assert "--config data_dir=DIR" in said(process)


def test_missing_file_is_named(tmp_path):
    process = snakemake(
        *(tmp_path, "--cores", 2, "-n", "--configfile", CONFIG / "bts_real.yaml"),
        *in_folder(tmp_path / "nowhere"),
        "experiments={bts: {n_train_if_enough: []}}",
    )
    assert process.returncode != 0
    path = tmp_path / "nowhere" / "bts_table.csv"
    assert f"datasets.bts.csv.files.labels: no such file or folder: {path}" in said(
        process
    )


def test_a_model_is_exported_when_it_is_asked_for(tmp_path):
    jobs = planned(tmp_path, "results/models/bts/warm_head")
    assert jobs == {"export_model": 1, "pretrain": 1, "ingest": 2, "encode": 2}


def test_a_blend_is_exported_with_all_that_it_builds_on(tmp_path):
    jobs = planned(tmp_path, "results/models/bts/best")
    assert jobs == {
        **{"export_model": 1, "pretrain": 1, "ingest": 2, "encode": 2},
        "extract_features": 2,
    }


def test_gradient_boosting_is_not_exported(tmp_path):
    overlay = tmp_path / "boosting.yaml"
    overlay.write_text("tree_recipes: {simulated: {learner: gradient_boosting}}")
    words = "results/models/bts/best", "--configfile", overlay
    process = snakemake(tmp_path, "--cores", 2, "-n", *words)
    assert process.returncode != 0
    assert "gradient boosting cannot be exported" in said(process)
    assert "export transfer, scratch" in said(process)


@pytest.mark.parametrize(
    ("model", "config", "message"),
    [
        ("bts/bset", "{}", "there is no such strategy; export transfer, scratch"),
        ("bts/warm_head", "{n_train: 400}", "warm_head of bts runs with 100 labels"),
        ("bts/transfer", "{seed: 6}", "bts has seeds 0 to 5"),
    ],
)
def test_a_model_that_cannot_be_exported_is_refused(tmp_path, model, config, message):
    overlay = tmp_path / "export.yaml"
    overlay.write_text(f"export: {config}")
    words = f"results/models/{model}", "--configfile", overlay
    process = snakemake(tmp_path, "--cores", 2, "-n", *words)
    assert process.returncode != 0
    assert message in said(process)
