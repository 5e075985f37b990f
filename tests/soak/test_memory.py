"""Memory of preprocessing 100,000 objects, as each job records it: below 1 GB."""

import json

import pyarrow.parquet as pq
import pytest
from command_line import TINY, said, snakemake

EACH = 8334
CLASSES = (
    *("SNIa", "SNIa-91bg", "SNIax", "SNIb", "SNIc", "SNIc-BL"),
    *("SNII", "SNIIn", "SNIIb", "TDE", "SLSN-I", "AGN"),
)
MANY = {"reader": "simulate", "simulate": {"counts": dict.fromkeys(CLASSES, EACH)}}
LIMIT = 1e9 / 2**20  # [MiB]


def peaks(run):
    """Peak memory [MiB] of each job of a run, Snakemake's own included."""
    records = [json.loads(path.read_text()) for path in run.glob("logs/**/*.json")]
    return {f"{job['rule']} {job['unit']}": job["mem_max_mb"] for job in records}


def make(folder, datasets, targets, *options):
    """Make these files from these data sets."""
    overlay = folder / "many.yaml"
    overlay.write_text(json.dumps({"datasets": datasets}))  # JSON is YAML
    process = snakemake(
        *(folder, "--configfile", TINY, overlay, "--cores", 1, *options),
        *("--", *targets),
    )
    assert process.returncode == 0, said(process)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    """A run that preprocesses a simulated survey, from ingest to its data sheet."""
    folder = tmp_path_factory.mktemp("simulated")
    data = "results/data/ztf_sims"
    made = [f"{data}/features_all.parquet", "results/datasheets/ztf_sims.pdf"]
    make(folder, {"ztf_sims": MANY}, made)
    return folder


def test_simulations(simulated):
    used = peaks(simulated)
    rules = {name.split()[0] for name in used}
    assert rules == {
        *("ingest", "encode", "extract_features", "describe_dataset"),
        "draw_datasheet",
    }
    assert max(used.values()) < LIMIT, used
    objects = simulated / "results/data/ztf_sims/objects.parquet"
    assert pq.read_metadata(objects).num_rows == 12 * EACH


def test_one_large_class(tmp_path):
    """As many SNIa as the paper has, of which the reader holds a part at a time."""
    counts = {**dict.fromkeys(CLASSES, 1), "SNIa": 97_800}
    many = {"reader": "simulate", "simulate": {"counts": counts}}
    make(tmp_path, {"ztf_sims": many}, ["results/data/ztf_sims/objects.parquet"])
    assert max(peaks(tmp_path).values()) < LIMIT, peaks(tmp_path)


def test_tables_of_the_users_own(simulated, tmp_path):
    data = simulated / "results/data/ztf_sims"
    files = {name: f"{name}.parquet" for name in ("objects", "light_curves")}
    own = {"ztf_sims": {"reader": "parquet", "parquet": {"files": files}}}
    made = ["results/data/ztf_sims/model_input/points.npy"]
    make(tmp_path, own, made, "--config", f"data_dir={data}")
    used = peaks(tmp_path)
    assert {name.split()[0] for name in used} == {"ingest", "encode"}
    assert max(used.values()) < LIMIT, used
    objects = tmp_path / "results/data/ztf_sims/objects.parquet"
    assert pq.read_metadata(objects).num_rows == 12 * EACH
