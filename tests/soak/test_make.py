"""`make report` as it stands: the embedded default, from nothing to its report."""

import shutil
import subprocess
import sys

from command_line import ROOT, said

UNWANTED = (".git", ".venv", ".*cache", ".snakemake", "logs", "results", "__pycache__")


def test_make_makes_everything_and_the_report(tmp_path):
    """It makes what `make` does, before."""
    folder = tmp_path / "a clone"
    shutil.copytree(
        ROOT, folder, symlinks=True, ignore=shutil.ignore_patterns(*UNWANTED)
    )
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "results").mkdir()
    shutil.copy(ROOT / "results" / "README.md", folder / "results")
    report = folder / "results" / "report.html"
    process = subprocess.run(
        ["make", "report"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, said(process)
    told = said(process)
    for target in ("bts", "lsst_sims"):
        assert f"\n{target}: simulated light curves, " in told
        assert f"\n{target}, " in told.split("figures are in results/figures")[1]
    assert report.stat().st_size > 1_000_000
    for name in ("fig1_left", "fig1_right", "fig2", "fig3", "fig4", "fig5"):
        assert (folder / f"results/figures/{name}.pdf").stat().st_size > 5_000
    assert "| holds " in (folder / "results/tables/claims.md").read_text()
