"""The complete workflow, run once on a tiny configuration, and what it made."""

import json
import re
import shutil
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from command_line import ROOT, TINY, said, snakemake

from transients.blending import FLOOR
from transients.hashes import sha256_of

FIGURES = ["fig1_left", "fig1_right", "fig2", "fig3", "fig4", "fig5"]
UNIT = "results/units/bts/n20/seed1"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("a run")  # a space in the path, as users have
    process = snakemake(folder, "--configfile", TINY, "--cores", 2, "all")
    assert process.returncode == 0, said(process)
    return folder


@pytest.fixture(scope="module")
def performance(run):
    return pd.read_parquet(run / "results/tables/performance.parquet")


def test_every_figure_is_made_in_vector_and_pixels(run):
    for name in FIGURES:
        pdf = (run / f"results/figures/{name}.pdf").read_bytes()
        assert pdf.startswith(b"%PDF")
        assert b"/Type0" in pdf or b"/TrueType" in pdf, f"{name}: text is not a font"
        png = (run / f"results/figures/{name}.png").read_bytes()
        assert png.startswith(b"\x89PNG")


def test_performance_has_every_unit_strategy_and_class(performance):
    assert list(performance) == [
        *["target", "strategy", "n_train", "seed", "class", "auroc"],
        *["n_train_class", "n_test_class", "n_test", "max_test", "few_tested"],
    ]
    units = performance.groupby("target")[["n_train", "seed"]].apply(
        lambda rows: set(rows.itertuples(index=False, name=None))
    )
    assert units["bts"] == {(0, 0), (20, 0), (20, 1), (40, 0), (40, 1)}
    assert units["lsst_sims"] == {(0, 0), (20, 0), (20, 1)}
    bts = performance.query("target == 'bts'")
    ran = bts.groupby("n_train")["strategy"].agg(set)
    unlabelled = {"zero_shot", "zero_shot_mix", "zero_shot_trees", "best"}
    everywhere = {"transfer", "scratch", "features", "features_and_scores"}
    assert ran[0] == unlabelled
    assert ran[40] == unlabelled | everywhere
    assert ran[20] == ran[40] | {"scratch_fair", "full", "warm_head"}
    assert {"macro", "macro_common", "macro_common_only"} < set(bts["class"])
    lsst = performance.query("target == 'lsst_sims'")
    assert {"macro", "SNIb|SNIc", "AGN"} < set(lsst["class"])
    assert lsst["auroc"].between(0, 1).all()


def test_everything_but_the_labels_is_tested(performance):
    macro = performance.query("target == 'bts' and `class` == 'macro'")
    assert (macro["n_test"] == 130 - macro["n_train"]).all()
    assert (macro["n_train_class"] == macro["n_train"]).all()
    lsst = performance.query("target == 'lsst_sims' and `class` == 'macro'")
    assert (lsst["n_test"] == 60).all()


def test_the_cap_on_a_test_set_is_stated_where_it_counts(run, performance):
    """In tiny.yaml lsst_sims is tested on at most 60, bts on all that is left."""
    cap = performance.groupby("target")["max_test"]
    assert (cap.min()["lsst_sims"], cap.max()["lsst_sims"]) == (60, 60)
    assert cap.count()["bts"] == 0
    tables = run / "results/tables"
    trained = pd.read_parquet(tables / "training.parquet")
    assert set(trained["max_test"].dropna()) == {60}
    told = "tested on at most 60 light curves, drawn at random"
    written = (tables / "performance.md").read_text()
    assert written.startswith(f"lsst_sims: {told}.\n\n")
    claims = pd.read_csv(tables / "claims.csv", dtype={"name": str})
    capped = claims[claims["claim"].str.contains(told)]
    assert set(capped["name"]) == {"2", "6", "7", "8a", "8b"}
    assert told in (tables / "claims.md").read_text()


def test_what_needs_no_labels_trained_nothing(run):
    training = pd.read_parquet(run / "results/tables/training.parquet")
    epochs = training.groupby("strategy")["epochs_run"].agg(["min", "max"])
    unlabelled = {"zero_shot", "zero_shot_mix", "zero_shot_trees"}
    on_features = {"features", "features_and_scores", "best"}
    assert set(epochs.query("max == 0").index) == unlabelled | on_features
    assert set(epochs.query("min > 0").index) == (
        {"transfer", "scratch", "scratch_fair", "full", "last_layers", "warm_head"}
    )


def test_a_blend_is_made_of_the_written_predictions_of_others(run):
    """At the weights of config.yaml, a network and a forest that know no label."""
    predictions = pd.read_parquet(
        run / "results/units/bts/n0/seed0/predictions.parquet"
    )
    columns = [name for name in predictions if name.startswith("p(")]
    by_strategy = {
        name: table[columns].to_numpy(dtype=float)
        for name, table in predictions.groupby("strategy")
    }
    product = (by_strategy["zero_shot_mix"] + FLOOR) * (
        by_strategy["zero_shot_trees"] + FLOOR
    )
    expected = product**0.5 / (product**0.5).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(by_strategy["best"], expected, atol=1e-5)


def test_scores_follow_from_the_written_predictions(run, performance):
    predictions = pd.read_parquet(run / UNIT / "predictions.parquet")
    one = predictions.query("strategy == 'transfer'")
    positive = one.loc[one["class"] == "SN II", "p(SN II)"].to_numpy()
    negative = one.loc[one["class"] != "SN II", "p(SN II)"].to_numpy()
    wins = positive[:, None] > negative
    ties = positive[:, None] == negative
    expected = (wins + ties / 2).mean()
    score = performance.query(
        "target == 'bts' and strategy == 'transfer' and n_train == 20 and seed == 1"
        " and `class` == 'SN II'"
    )["auroc"]
    assert score.item() == pytest.approx(expected)


def test_training_knows_its_cost_with_and_without_cached_embeddings(run):
    table = pd.read_csv(run / "results/tables/training_time.csv")
    assert list(table) == [
        *["target", "n_train", "strategy", "device", "epochs_best", "epochs_run"],
        *["seconds", "seconds_per_epoch", "ratio_to_scratch", "ratio_sd"],
    ]
    cached = table[table["strategy"].str.endswith("(cached embeddings)")]
    assert set(zip(cached["target"], cached["strategy"], strict=True)) == {
        ("bts", "transfer (cached embeddings)"),
        ("lsst_sims", "last_layers (cached embeddings)"),
    }
    scratch = table.query("strategy == 'scratch'")
    assert (scratch["ratio_to_scratch"] == 1).all()


def test_every_unit_says_where_it_ran(run):
    training = pd.read_parquet(run / "results/tables/training.parquet")
    assert training["host"].nunique() == training["device"].nunique() == 1
    assert not training[["host", "device"]].isna().any(axis=None)
    assert (training["wall_seconds"] > training["seconds"]).all()
    source = json.loads(
        (run / "results/sources/ztf_sims/seed0/summary.json").read_text()
    )
    assert source["ran_on"]["host"] == training["host"].iloc[0]


def test_resources_have_a_row_for_every_job(run):
    """All but those of rules without a script, the comparison, and what follows it."""
    table = pd.read_csv(run / "results/tables/resources.csv")
    assert list(table) == [
        *["rule", "unit", "jobid", "host", "gpu", "mem_req_mb", "mem_max_mb"],
        *["time_req_s", "wall_s", "queue_s"],
    ]
    logs = run.glob("logs/**/*.log")
    others = ("seed", "compare_resources", "record_provenance", "write_pages")
    jobs = [log for log in logs if not log.stem.startswith(others)]
    sources = list(run.glob("logs/pretrain/*/seed*.log"))
    assert len(table) == len(jobs) + len(sources)
    assert set(table.query("rule == 'fine_tune_bts'")["unit"]) == {"bts n20", "bts n40"}
    assert set(table.query("rule == 'classify_bts'")["unit"]) == {"bts n0"}
    assert (table["mem_req_mb"] > 0).all()
    assert table["mem_max_mb"].between(10, 20_000).all()
    assert table["jobid"].isna().all()
    assert "fine_tune_bts" in (run / "results/tables/resources.md").read_text()


def test_table_1_counts_what_enters(run):
    table = pd.read_csv(run / "results/tables/class_counts.csv").set_index("class")
    assert table.loc["SNIa", "ztf_sims"] == 12
    assert table.loc["SN Ia", "bts"] == 60
    assert pd.isna(table.loc["SN Ia", "lsst_sims"])


def test_every_claim_is_judged(run):
    claims = pd.read_csv(run / "results/tables/claims.csv")
    assert list(claims) == [
        *["name", "claim", "section", "data", "baseline"],
        *["paper_value", "measured", "lo", "hi", "verdict", "few_tested"],
    ]
    verdicts = {"holds", "fails", "undecided at this scale", "not run"}
    assert set(claims["verdict"]) <= verdicts
    numbers = set(claims["name"].str.rstrip("abcd"))
    assert numbers == {str(n) for n in range(1, 13)}
    by_data = pd.read_csv(run / "results/tables/claims_by_data.csv")
    assert list(by_data["name"]) == list(claims["name"].unique())
    assert set(by_data["real data"]) == {"not run"}
    assert set(by_data["simulated data"]) != {"not run"}


def test_strategies_are_compared_pair_by_pair_and_by_their_labels(run):
    tables = run / "results/tables"
    paired = pd.read_csv(tables / "paired.csv")
    row = paired.query(
        "target == 'bts' and n_train == 40 and `class` == 'macro_common'"
        " and strategy == 'transfer' and other == 'scratch'"
    ).squeeze()
    assert row["n_runs"] == 2
    assert row["lo"] <= row["difference"] <= row["hi"]
    labels = pd.read_csv(tables / "label_efficiency.csv")
    assert set(labels["other"]) >= {"scratch", "scratch_fair"}
    assert set(labels["class"]) == {"macro", "macro_common"}


def test_every_table_is_there_as_markdown_too(run):
    for table in (run / "results/tables").glob("*.csv"):
        assert "|---" in table.with_suffix(".md").read_text() or (
            "|:--" in table.with_suffix(".md").read_text()
        ), table.name


def test_captions_name_columns_that_their_tables_have(run):
    named = {}
    for page in (run / "results" / "pages").glob("*.html"):
        text = page.read_text()
        (caption,) = re.findall(r"<p>(.*?)</p>", text, re.DOTALL)
        words = set(re.findall(r"(?<![\w/])[a-z]+_[a-z_]+\b(?!\.\w)", caption))
        columns = set(re.findall(r'<th [^>]*><button type="button">(.*?)<', text))
        named[page.stem] = words - {"compare_with"}  # a key of the configuration
        assert named[page.stem] <= columns, page.stem
    assert len(set().union(*named.values())) > 10


def test_calibration_follows_from_the_written_predictions(run):
    """Of every strategy of the largest size, over both seeds."""
    table = pd.read_csv(run / "results/tables/calibration_bts_n40.csv")
    units = (run / "results/units/bts/n40").glob("seed*/predictions.parquet")
    predictions = pd.concat(map(pd.read_parquet, units))
    columns = [name for name in predictions if name.startswith("p(")]
    right = predictions[columns].idxmax(axis=1) == "p(" + predictions["class"] + ")"
    keys = [predictions["strategy"], predictions["seed"]]
    expected = right.groupby(keys).mean().groupby("strategy").mean()
    found = table.set_index("strategy")["accuracy"]
    pd.testing.assert_series_equal(
        found.sort_index(), expected.sort_index(), check_names=False, rtol=1e-5
    )


def test_networks_and_runs_are_looked_at_closely(run):
    """At the largest size; learning where most networks are trained."""
    names = [
        "learning_sources",
        "learning_bts_n20_seed0",
        "learning_lsst_sims_n20_seed0",
    ]
    names += [f"{view}_bts_n40" for view in ("confusion", "roc", "reliability")]
    names += [f"{view}_lsst_sims_n20" for view in ("confusion", "roc", "reliability")]
    for name in names:
        assert (run / f"results/figures/{name}.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("size", ["bts_n40", "lsst_sims_n20"])
def test_the_last_day_since_trigger_is_the_written_result(run, size):
    """Of the same networks, which were not trained again: to the last bit."""
    data = run / f"results/figures/data/since_trigger_{size}.parquet"
    table = pd.read_parquet(data)
    assert sorted(set(table["days"])) == [-10, 0, 5, 10, 20, 40, 70]
    assert (run / f"results/figures/since_trigger_{size}.pdf").is_file()
    target, n_train = size.rsplit("_n", 1)
    units = (run / f"results/units/{target}/n{n_train}").glob("seed*/scores.parquet")
    keys = ["strategy", "seed", "class"]
    written = pd.concat(map(pd.read_parquet, units)).set_index(keys)["auroc"]
    last = table[table["days"] == 70].set_index(keys)["auroc"]
    assert {"transfer", "scratch"} <= set(table["strategy"])
    pd.testing.assert_series_equal(last, written.loc[last.index], check_exact=True)


def test_a_size_without_units_is_told(run):
    wanted = "results/figures/roc_bts_n33.pdf"
    process = snakemake(run, "--configfile", TINY, "-n", "--", wanted)
    assert process.returncode
    assert "bts has no units with 33 labels" in said(process)
    assert "are 0, 20, 40" in said(process)


def test_dropped_lists_data_set_object_and_reason(run):
    dropped = pd.read_csv(run / "results/tables/dropped.csv")
    assert list(dropped) == ["dataset", "object_id", "reason"]


def test_parquet_tells_units_and_provenance(run):
    schema = pq.read_schema(run / "results/data/bts/light_curves.parquet")
    assert b"FLUXCAL" in schema.field("flux").metadata[b"description"]
    provenance = json.loads(schema.metadata[b"provenance"])
    assert provenance["reader"] == "simulate"
    assert provenance["seed"] == 2


def test_every_result_can_be_traced(run):
    told = json.loads((run / "results/provenance.json").read_text())
    assert told["configuration"]["experiments"]["bts"]["n_train"] == [0, 20, 40]
    assert len(told["code"]["sha256"]) == 64
    assert told["packages"]["numpy"] == [version("numpy")]
    assert told["data"]["bts"]["seed"] == 2
    made = [*run.glob("results/figures/*.p*"), *run.glob("results/tables/*.csv")]
    assert made
    for path in made:
        origin = told["files"][str(path.relative_to(run / "results"))]
        assert origin["sha256"] == sha256_of(path)
        assert origin["code"], origin["rule"]
    rules = {name: origin["rule"] for name, origin in told["files"].items()}
    assert rules["tables/claims.csv"] == "check_claims"


def test_log_has_one_line_per_epoch(run):
    log = (run / "logs/fine_tune/bts/n20/seed0.log").read_text()
    assert len(re.findall(r"epoch \d+/3: loss", log)) >= 2 * 3


def test_second_run_has_nothing_to_do(run):
    process = snakemake(run, "--configfile", TINY, "--cores", 2, "-n", "all")
    assert "Nothing to be done" in said(process)


def test_restyling_retrains_nothing(run):
    process = snakemake(
        *(run, "--configfile", TINY, "--cores", 2, "-n", "all", "--config"),
        "figures={centre_and_spread: median_mad}",
    )
    assert "draw_figure" in said(process)
    assert "rule fine_tune_" not in said(process)


def test_retitling_reads_and_trains_nothing_again(run):
    overlay = run / "title.yaml"
    overlay.write_text("datasets: {bts: {title: another title}}\n")
    process = snakemake(run, "--configfile", TINY, overlay, "--cores", 2, "-n", "all")
    assert "draw_figure" in said(process)
    assert not re.search(r"rule (ingest|encode|pretrain|fine_tune)", said(process))


def test_report_shows_the_figures(run):
    report = run / "report.zip"
    process = snakemake(run, "--configfile", TINY, "--report", report)
    assert process.returncode == 0, said(process)
    assert report.stat().st_size > 10_000


def test_unit_made_again_gives_the_same_predictions(run):
    before = pd.read_parquet(run / UNIT / "predictions.parquet")
    shutil.rmtree(run / UNIT)
    shutil.rmtree(run / "results/finished/bts/n20/seed1")
    target = f"{UNIT}/predictions.parquet"
    process = snakemake(run, "--configfile", TINY, "--cores", 2, target)
    assert process.returncode == 0, said(process)
    pd.testing.assert_frame_equal(pd.read_parquet(run / target), before)
    told = (run / "logs/fine_tune/bts/n20/job.log").read_text()
    assert "1 of 2 units were finished before" in told


def test_more_labels_than_objects_is_refused_with_a_reason(run):
    target = "results/units/bts/n400/seed0/scores.parquet"
    process = snakemake(run, "--configfile", TINY, "--cores", 2, target)
    assert process.returncode != 0
    assert "400 labelled light curves of target 'bts' are asked for" in said(process)
    assert "Traceback" not in said(process)
    assert not (run / target).exists()


def test_nothing_unfinished_is_left_behind(run):
    assert not list(Path(run).rglob(".unfinished-*"))
    assert (ROOT / "slurm").resolve() == ROOT / "profiles" / "slurm"
