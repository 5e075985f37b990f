"""The README's commands for other light curves, run as they stand, on toy data."""

import pytest
from command_line import TINY, said, snakemake
from documentation import README, commands
from toy_bts import write_toy_bts
from toy_plasticc import write_toy_plasticc

REAL = TINY.with_name("real.yaml")
DATA = {"bts_real": write_toy_bts, "plasticc": write_toy_plasticc}
LOCAL = [
    words
    for words in commands(README)
    if words[0] == "snakemake" and "data_dir=DIR" in words and "--cores" in words
]


def test_every_one_has_data():
    named = [name for words in LOCAL for name in DATA if f"config/{name}.yaml" in words]
    assert named == list(DATA)
    assert len(LOCAL) == len(DATA)


@pytest.mark.parametrize(("name", "words"), [*zip(DATA, LOCAL, strict=False)])
def test_a_command_for_other_light_curves(tmp_path, name, words):
    DATA[name](tmp_path / "DIR")
    words = [word.replace("DIR", str(tmp_path / "DIR")) for word in words[1:]]
    small = words.index(f"config/{name}.yaml") + 1
    process = snakemake(tmp_path, *words[:small], TINY, REAL, *words[small:])
    assert process.returncode == 0, said(process)
    assert "figures are in " in said(process)
    figures = tmp_path / "results" / name / "figures"
    assert list(figures.glob("fig1_*.pdf"))
    assert list(figures.glob("realism_*.pdf"))
