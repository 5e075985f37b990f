"""What a run says at its start and at its end."""

import copy
import re

import pandas as pd
from configurations import DEFAULT

from transients.messages import about_to_run, has_run

SIZES = {"bts": [50], "lsst_sims": [400]}


def written(tmp_path, rows):
    columns = ["target", "strategy", "n_train", "class", "auroc"]
    (tmp_path / "tables").mkdir()
    table = pd.DataFrame(rows, columns=columns)
    table.to_parquet(tmp_path / "tables" / "performance.parquet")
    return tmp_path


def test_the_start_tells_simulated_from_real_and_counts_units():
    config = copy.deepcopy(DEFAULT)
    first, second, time = about_to_run(
        config, {"bts": [0, 50, 100], "lsst_sims": [400]}
    )
    assert first.startswith("bts: simulated light curves, BTS-like simulation (emb")
    assert "in a complete run 13 units at 0, 50, 100 labels, 11 strategies" in first
    assert "5 units at 400 labels" in second
    said = "a complete run, from its beginning: about [0-9]+ minutes of one .* core"
    assert re.fullmatch(said, time)
    config["datasets"]["bts"]["real"] = True
    assert ": real light curves, " in about_to_run(config, SIZES)[0]


def test_the_end_gives_means_at_the_largest_size_that_the_strategies_share(tmp_path):
    rows = [
        *[
            ("bts", "transfer", 50, "macro", 0.5),
            ("bts", "transfer", 100, "macro", 0.8),
        ],
        *[("bts", "transfer", 100, "macro", 0.9), ("bts", "transfer", 100, "TDE", 0.1)],
        *[("bts", "scratch", 100, "macro", None), ("bts", "scratch", 50, "macro", 0.4)],
        *[
            ("bts", "scratch", 100, "macro", 0.6),
            ("bts", "features", 400, "macro", 1.0),
        ],
        *[("bts", "best", 100, "macro", 0.95), ("bts", "best", 400, "macro", 0.97)],
    ]
    *_, line = has_run(written(tmp_path, rows), ["bts", "lsst_sims"])
    assert line == (
        "bts, 100 labels, macro AUROC: transfer 0.850, scratch 0.600, best 0.950"
    )


def test_without_a_table_the_end_says_where_things_are_and_no_more(tmp_path):
    assert has_run(tmp_path, ["bts"]) == []
    written(tmp_path, [])
    (tmp_path / "figures").mkdir()
    where = [f"{one} are in {tmp_path}/{one}" for one in ("figures", "tables")]
    (tmp_path / "tables" / "performance.parquet").write_bytes(b"")
    assert has_run(tmp_path, ["bts"]) == where


def test_the_end_says_where_exported_models_are(tmp_path):
    (tmp_path / "models").mkdir()
    assert has_run(tmp_path, ["bts"]) == [f"exported models are in {tmp_path}/models"]


def test_light_curves_that_are_yet_to_be_read_are_said_not_to_be_counted():
    config = copy.deepcopy(DEFAULT)
    config["datasets"]["bts"]["reader"] = "csv"
    assert about_to_run(config, SIZES)[-1].endswith("read and classify bts")
