"""Real ZTF light curves through ingest and encode, where they are at hand."""

import os
from pathlib import Path

import pandas as pd
import pytest
from command_line import ROOT, said, snakemake

from transients.encoding import load

DATA = os.environ.get("TRANSIENT_DATA", "")

pytestmark = pytest.mark.skipif(
    not DATA or not Path(DATA).is_dir(),
    reason="TRANSIENT_DATA does not name a folder with real light curves",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("real")
    process = snakemake(
        *(folder, "--cores", 2, "--configfile", ROOT / "config" / "bts_real.yaml"),
        *("--config", f"data_dir={DATA}/bts", "--"),
        "results/bts_real/data/bts/class_counts.csv",
    )
    assert process.returncode == 0, said(process)
    return folder / "results/bts_real/data/bts"


def test_objects_of_the_five_classes_enter(folder):
    objects = pd.read_parquet(folder / "objects.parquet")
    counts = objects["class"].value_counts().to_dict()
    expected = {"SN Ia": 989, "SN II": 238, "SN Ib/c": 79, "SLSN-I": 12, "TDE": 4}
    assert counts == expected


def test_what_does_not_enter_is_listed(folder):
    entered = pd.read_csv(folder / "class_counts.csv")["n"].sum()
    dropped = pd.read_csv(folder / "dropped_encode.csv")
    gone = dropped["reason"].str.contains("fewer|no trigger").sum()
    assert entered == 1322 - gone
    unused = pd.read_csv(folder / "dropped_ingest.csv")["reason"]
    assert unused.str.contains("is not used").sum() == 31


def test_model_input_starts_at_the_first_detection(folder):
    model_input = load(folder / "model_input")
    first = model_input.points[model_input.offsets[:-1]]
    assert first[:, 1] == pytest.approx(0.3)
    assert set(first[:, 0].round(3)) == {0.472, 0.634} or len(set(first[:, 0])) == 2
    assert model_input.metadata.min() >= 0
