"""The pins of every environment agree, and none carries an address."""

import re
from pathlib import Path

import pytest
import yaml

ENVS = Path(__file__).parent.parent / "envs"


def pins(text: str) -> dict[str, str]:
    """Package and version of every pin in a lock."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", text, re.M))


@pytest.fixture
def lock():
    return pins((ENVS / "requirements.txt").read_text())


def wanted(name: str) -> list[str]:
    """Packages that a requirements file names, without bounds."""
    lines = (ENVS / name).read_text().splitlines()
    words = [line.split("#")[0].strip() for line in lines]
    return [re.split(r"[<\[ ]", word)[0] for word in words if word and word[0] != "-"]


def test_lock_holds_everything_wanted(lock):
    assert set(wanted("requirements.in")) <= set(lock)


def test_every_pin_is_hashed(lock):
    for name in ("requirements.txt", "gpu.txt"):
        entries = re.split(r"\n(?=[a-z])", (ENVS / name).read_text().strip())
        assert len(entries) >= len(lock)
        assert all("--hash=sha256:" in entry for entry in entries)


def test_gpu_lock_adds_cuda_and_changes_nothing(lock):
    gpu = pins((ENVS / "gpu.txt").read_text())
    added = set(gpu) - set(lock)
    assert {name: gpu[name] for name in lock} == lock
    assert "nvidia-cudnn-cu12" in added
    assert all(name.startswith("nvidia-") for name in added)


@pytest.mark.parametrize("name", ["workflow.yaml", "gpu.yaml"])
def test_conda_pins_are_the_locks(lock, name):
    (packages,) = (
        entry["pip"]
        for entry in yaml.safe_load((ENVS / name).read_text())["dependencies"]
        if isinstance(entry, dict)
    )
    pinned = dict(re.sub(r"\[.*?\]", "", package).split("==") for package in packages)
    assert pinned == {package: lock[package] for package in pinned}
    assert {"tensorflow", "keras", "numpy", "snakemake", "astropy"} <= set(pinned)


def test_no_lock_names_an_address():
    for path in ENVS.iterdir():
        assert "://" not in path.read_text(), path.name
        assert not re.search(r"--(extra-)?index", path.read_text()), path.name
