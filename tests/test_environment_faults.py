"""What goes wrong around a run: its disk, its folder, its environment, other runs."""

import os
import signal
import subprocess

import h5py
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from as_root import needs_root
from command_line import TINY, command, environment, said, snakemake
from matplotlib import image
from same_results import differences
from small_disks import small_disk

from transients.disks import claim
from transients.errors import StorageError
from transients.finished import keeping
from transients.jobs import whole_outputs

OBJECTS = "results/data/bts/objects.parquet"
MANY = "datasets: {bts: {simulate: {counts: {SN Ia: 1500}}}}"
LARGE = np.random.default_rng(0).random((400, 1000))  # 3.2 MB
NOBODY = 65534


@pytest.fixture
def disk(tmp_path):
    """A disk too small for what is written to it."""
    with small_disk(tmp_path / "disk", "400k") as disk:
        yield disk


def write_hdf5(path):
    with h5py.File(path, "w") as file:
        file["large"] = LARGE


WRITERS = {
    "parquet": lambda path: pd.DataFrame(LARGE).to_parquet(path),
    "csv": lambda path: pd.DataFrame(LARGE).to_csv(path),
    "npy": lambda path: np.save(path, LARGE),
    "hdf5": write_hdf5,
    "png": lambda path: image.imsave(path, LARGE, format="png"),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_whatever_is_written_to_a_full_disk_is_told_and_leaves_nothing(disk, write):
    told = pytest.raises(StorageError, match=f"{disk.folder}: the disk is full")
    with told, whole_outputs(disk.folder / "a", disk.folder / "b") as (first, second):
        first.write_text("whole")
        write(second)
    assert list(disk.folder.iterdir()) == []
    with told, keeping(disk.folder, "a key") as draft:
        write(draft / "a")
    assert list(disk.folder.iterdir()) == []


def run_on(disk, caches, *arguments):
    """Run with results, logs and Snakemake's records on a disk, caches elsewhere."""
    return subprocess.run(
        command(disk.folder, *arguments),
        env=environment(caches),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_run_on_a_full_disk_says_so_and_finishes_when_there_is_room(disk, tmp_path):
    overlay = tmp_path / "many.yaml"
    overlay.write_text(MANY)
    arguments = ("--configfile", TINY, overlay, "--cores", 1, "--", OBJECTS)
    process = run_on(disk, tmp_path, *arguments)
    assert process.returncode != 0
    assert "error: results/data/bts: the disk is full: make room" in said(process)
    assert "Traceback" not in said(process)
    assert disk.files() == ["results/.in_use"]
    disk.change("size=64m")
    process = run_on(disk, tmp_path, *arguments)
    assert process.returncode == 0, said(process)
    assert pq.read_metadata(disk.folder / OBJECTS).num_rows == 1570
    assert not list(disk.folder.rglob(".unfinished-*"))


def test_a_full_disk_is_told_before_the_first_job(disk, tmp_path):
    with pytest.raises(OSError, match="No space left"):
        (disk.folder / "filler").write_bytes(bytes(2 << 20))
    process = snakemake(tmp_path, "--cores", 1, *results_in(disk.folder))
    assert process.returncode != 0
    assert f"{disk.folder}: the disk is full: make room" in said(process)
    assert disk.files() == ["filler"]


def results_in(folder):
    """Arguments to make one file of results in a folder."""
    pathvars = f"pathvars={{results: {folder}}}"
    options = ("--configfile", TINY, "--config", pathvars)
    return *options, "--", f"{folder}/data/bts/objects.parquet"


def test_a_read_only_results_folder_is_named_with_the_way_out(disk, tmp_path):
    disk.change("ro")
    process = snakemake(tmp_path, "--cores", 1, *results_in(disk.folder))
    assert process.returncode != 0
    assert f"{disk.folder}: nothing can be written there" in said(process)
    assert "--config 'pathvars={results: DIR}'" in said(process)
    assert "Traceback" not in said(process)


def test_a_read_only_working_folder_is_named_with_the_way_out(disk, tmp_path):
    disk.change("ro")
    process = run_on(disk, tmp_path, "-n")
    assert process.returncode != 0
    assert f"{disk.folder}: nothing can be written there" in said(process)
    assert "--directory DIR" in said(process)
    assert "Traceback" not in said(process)


def test_a_disk_that_becomes_read_only_is_told(disk):
    disk.change("ro")
    told = (
        f"{disk.folder}.*: read-only file system: make it accessible, or name another"
    )
    with (
        pytest.raises(StorageError, match=told),
        whole_outputs(disk.folder / "deeper" / "a"),
    ):
        pass


@needs_root("become somebody else")
def test_a_folder_of_somebody_else_is_told(tmp_path):
    os.seteuid(NOBODY)
    try:
        with (
            pytest.raises(StorageError, match=f"{tmp_path}.*: permission denied"),
            whole_outputs(tmp_path / "a"),
        ):
            pass
    finally:
        os.seteuid(0)


@needs_root("take the network away")
def test_a_run_needs_no_ascii_no_home_no_locale_and_no_network(tmp_path):
    """All at once: tests/soak/test_strange_places.py has them one by one."""
    folder = tmp_path / "Ergebnisse für Ōta"
    folder.mkdir()
    link = tmp_path / "a link"
    link.symlink_to(folder)
    results = "données brutes"
    process = subprocess.run(
        [
            *("env", "-u", "HOME", "-u", "XDG_CACHE_HOME", "-u", "PYTHONUTF8"),
            *("-u", "LANG", "-u", "LC_CTYPE", "LC_ALL=C", "unshare", "--net"),
            *command(link, "--configfile", TINY, "--cores", 1),
            *("--config", f"pathvars={{results: {results}}}", "--"),
            f"{results}/datasheets/bts.pdf",
            f"{results}/sources/ztf_sims/seed0/summary.json",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, said(process)
    assert (folder / results / "datasheets/bts.pdf").read_bytes().startswith(b"%PDF")
    assert (folder / results / "sources/ztf_sims/seed0/classifier.keras").exists()


def test_a_second_run_is_refused_and_the_first_finishes_unharmed(tmp_path):
    """In the same folder by Snakemake, in another one by the claim on the results."""
    folders = [tmp_path / name for name in ("one", "another", "undisturbed")]
    results = [tmp_path / "results", tmp_path / "undisturbed results"]
    arguments = ("--cores", 1, *results_in(results[0]))
    with subprocess.Popen(
        command(folders[0], *arguments),
        env=environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as first:
        assert any("rule ingest" in line for line in first.stderr)
        first.send_signal(signal.SIGSTOP)
        try:
            in_the_same, elsewhere = (snakemake(f, *arguments) for f in folders[:2])
        finally:
            first.send_signal(signal.SIGCONT)
        first.communicate()
    assert in_the_same.returncode != 0
    assert "Directory cannot be locked" in said(in_the_same)
    assert elsewhere.returncode != 0
    assert f"{results[0]}: another run writes its results there" in said(elsewhere)
    assert first.returncode == 0
    process = snakemake(folders[2], "--cores", 1, *results_in(results[1]))
    assert process.returncode == 0, said(process)
    assert differences(*results) == []


def test_a_claim_ends_when_it_is_let_go(tmp_path):
    with claim(tmp_path), pytest.raises(StorageError, match="another run writes"):
        claim(tmp_path)
    claim(tmp_path).close()
