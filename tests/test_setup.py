"""`make setup` harms nothing in its way; `make clean` removes what runs made."""

import shutil
import subprocess
import sys

import pytest
from command_line import ROOT


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_a_linked_environment_is_not_emptied(tmp_path):
    """Two checkouts may share one; `venv --clear` would empty it for both."""
    checkout, shared = tmp_path / "checkout", tmp_path / "shared"
    (checkout / "envs").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", checkout)
    (checkout / "envs" / "requirements.txt").write_text("")
    shared.mkdir()
    (shared / "pyvenv.cfg").write_text("theirs")
    (checkout / ".venv").symlink_to(shared)
    process = subprocess.run(
        ["make", "setup", f"PYTHON={sys.executable}"],
        cwd=checkout,
        capture_output=True,
        text=True,
    )
    assert process.returncode != 0
    assert ".venv is a symbolic link" in process.stdout
    assert (shared / "pyvenv.cfg").read_text() == "theirs"


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_a_clean_up_leaves_what_a_clone_has(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    made = ["results/models/bts/best/README.md", "results/a.csv", "logs/a.log"]
    for name in ["results/README.md", *made]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    subprocess.run(["make", "clean"], cwd=tmp_path, capture_output=True, check=True)
    left = {path.name for path in tmp_path.rglob("*")}
    assert left == {"Makefile", "results", "README.md"}
