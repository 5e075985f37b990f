"""Public data through the workflow: fetched, read by several jobs, described."""

import pandas as pd
import pytest
import yaml
from command_line import TINY, said, snakemake
from loopback import Reply, Server

MODELS = ["SNIa-91bg", "SNIax", "TDE"]
DATA = "results/data/lsst_sims"


def run(folder, *arguments):
    """Make something with the tiny configuration; return what was said."""
    process = snakemake(folder, "--cores", 2, *arguments)
    assert process.returncode == 0, said(process)
    return said(process)


def serve(server, folder):
    """Serve the files of some models below /sims/, with index pages."""
    pages = {"/sims/": [f"{model}/" for model in MODELS]}
    for model in MODELS:
        files = sorted((folder / f"lsst_sims_{model}").iterdir())
        pages[f"/sims/{model}/"] = [file.name for file in files]
        for file in files:
            server.serve(f"/sims/{model}/{file.name}", Reply(file.read_bytes()))
    for path, names in pages.items():
        page = "".join(f'<a href="{name}">{name}</a>' for name in names)
        server.serve(path, Reply(page.encode(), headers={"Content-Type": "text/html"}))


def overlay(folder, server):
    """Write a configuration that reads the simulation as a stranger's public data."""
    download = {"from": "index", "folder": "sims", "files": ["*/*.FITS.gz"]}
    bands = {band: band for band in "ugrizy"}
    snana = {"files": {"folder": "sims"}, "class_map": "classes", "passbands": bands}
    config = {
        "data_dir": str(folder / "my data"),
        "downloads": {"sims": {**download, "url": f"{server.url}/sims/"}},
        "datasets": {
            "lsst_sims": {
                **{"classes": MODELS, "trigger": "survey", "reader": "snana"},
                **{"download": "sims", "snana": {**snana, "parts": 2}},
            }
        },
        "experiments": {"lsst_sims": {"pairs": []}},
    }
    path = folder / "public.yaml"
    path.write_text(yaml.safe_dump(config))
    return path


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    """A simulated survey in SNANA's format, put on a server and read from there."""
    folder = tmp_path_factory.mktemp("public")
    run(folder, "--configfile", TINY, "--", "results/snana/lsst_sims")
    simulated = pd.read_parquet(folder / DATA / "light_curves.parquet")
    with Server() as server:
        serve(server, folder / "results/snana/lsst_sims")
        given = ["--configfile", TINY, overlay(folder, server), "--"]
        given += [f"{DATA}/class_counts.csv", "results/datasheets/lsst_sims.png"]
        run(folder, *given)
        asked = len(server.requests)
        again = run(folder, *given)
        assert len(server.requests) == asked
    return folder, simulated, again


def test_what_was_written_fetched_and_read_is_what_was_simulated(public):
    folder, simulated, _ = public
    read = pd.read_parquet(folder / DATA / "light_curves.parquet")
    wanted = simulated[simulated["object_id"].isin(read["object_id"])]
    assert read["object_id"].nunique() == 12 * len(MODELS)
    both = [
        table.sort_values(["object_id", "mjd", "passband"], ignore_index=True)
        for table in (read, wanted)
    ]
    pd.testing.assert_frame_equal(*both)


def test_a_second_run_asks_for_nothing(public):
    assert "Nothing to be done" in public[2]


def test_what_was_fetched_is_recorded_beside_the_data(public):
    folder = public[0]
    record = (folder / "my data" / "sims.sha256").read_text().splitlines()
    table = pd.read_csv(folder / "results/downloads/sims.csv")
    assert len(record) == len(table) == 2 * len(MODELS)
    assert set(table["state"]) == {"fetched"}
    assert set(table["sha256"] + "  " + table["path"]) == set(record)


def test_every_object_enters_by_the_trigger_of_the_survey(public):
    counts = pd.read_csv(public[0] / DATA / "class_counts.csv")
    assert counts["n"].tolist() == [12] * len(MODELS)


def test_the_data_sheet_says_what_the_data_are(public):
    sheet = pd.read_csv(public[0] / "results/datasheets/lsst_sims.csv")
    assert list(sheet) == ["class", "quantity", "p05", "p50", "p95"]
    assert {"all", *MODELS} <= set(sheet["class"])


def test_a_fetched_file_that_changed_stops_the_run(public):
    """And is not read again either, when what was read from it is gone."""
    folder = public[0]
    changed = min((folder / "my data/sims/TDE").iterdir())
    objects = folder / DATA / "objects.parquet"
    content, table = changed.read_bytes(), objects.read_bytes()
    changed.write_bytes(content[:-1])
    given = ["--cores", 2, "--configfile", TINY, folder / "public.yaml", "--"]
    process = snakemake(folder, *given, f"{DATA}/class_counts.csv")
    assert process.returncode != 0
    assert f"{changed}: has changed since {DATA}/objects.parquet was" in said(process)
    objects.unlink()
    process = snakemake(folder, *given, f"{DATA}/objects.parquet")
    changed.write_bytes(content)
    objects.write_bytes(table)
    assert process.returncode != 0
    assert f"{changed}: has changed after it was fetched" in said(process)
