"""Every Snakemake command of the README plans its jobs as it stands there."""

import re
import shlex

import pytest
from command_line import ROOT, said, snakemake
from toy_bts import write_toy_bts

BLOCKS = re.findall(
    r"^```\w*\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S
)
LINES = [
    shlex.split(line, comments=True) for block in BLOCKS for line in block.split("\n")
]
PLANS = [[*(word for word in line if word != "-n"), "-n"] for line in LINES]
COMMANDS = {shlex.join(plan): plan for plan in PLANS if plan[0] == "snakemake"}
UNPLANNED = {"snakemake --unlock -n"}  # plans nothing


def test_the_readme_has_commands():
    assert len(COMMANDS) > len(UNPLANNED) + 3


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - UNPLANNED))
def test_command_of_the_readme_plans_its_jobs(tmp_path, command):
    data = tmp_path / "DIR"
    write_toy_bts(data)
    words = [
        word.replace("data_dir=DIR", f"data_dir={data}") for word in COMMANDS[command]
    ]
    process = snakemake(tmp_path, *words[1:])
    assert process.returncode == 0, said(process)
    assert "Job stats:" in said(process)
