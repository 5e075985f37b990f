"""Every command of the README is known, and does what it says as it stands there."""

import re
import shlex
import shutil
import subprocess

import pytest
from command_line import ROOT, said, snakemake
from documentation import README, commands, commands_in_tables, commands_in_text
from toy_bts import write_toy_bts

COMMANDS = {shlex.join(words): words for words in commands(README)}
ELSEWHERE = {
    "make": "tests/soak/test_make; the targets are known: below",
    "transient-transfer": "test_classify_command",
    ".venv/bin/python -m pip": "tests/soak/test_gpu_packages",
    "scancel": "tests/slurm/test_faults",
    "snakemake --unlock": "tests/slurm/test_faults",
    "snakemake --report": "tests/report writes and opens the report",
}
"""What begins so plans no jobs, and the tests that run it."""
# Planned here. What they run is run small by test_workflow, tests/slurm and tests/soak.
PLANNED = [line for line in COMMANDS if not line.startswith(tuple(ELSEWHERE))]
PAGES = [
    README,
    *sorted((ROOT / "config").glob("*.md")),
    ROOT / "results" / "README.md",
]
IN_TEXT = sorted({line for page in PAGES for line in commands_in_text(page)})
OF_CONFIGURATIONS = commands_in_tables(ROOT / "config" / "README.md")
"""What config/README.md says beside each configuration."""
TARGETS = sorted(
    set(re.findall(r"`(?:\w+=\w+ )?make\s([a-z-]+)`", README.read_text()))
    | {words[1] for words in COMMANDS.values() if words[0] == "make" and words[1:]}
)


def test_the_readme_has_commands():
    assert len(PLANNED) > 6
    assert len(IN_TEXT) > 3
    assert {line.split()[0] for line in PLANNED} == {"snakemake"}
    for start in ELSEWHERE:
        assert any(line.startswith(start) for line in COMMANDS), start


@pytest.mark.parametrize("command", [*PLANNED, *IN_TEXT])
def test_command_of_the_readme_plans_its_jobs(tmp_path, command):
    data = tmp_path / "DIR"
    write_toy_bts(data)
    words = shlex.split(command.replace("data_dir=DIR", f"data_dir={data}"))
    words = [word for word in words[1:] if word != "-n"]
    process = snakemake(tmp_path, *words, "-n")
    assert process.returncode == 0, said(process)
    assert "Job stats:" in said(process)


def test_every_configuration_has_a_command():
    names = {path.name for path in (ROOT / "config").glob("*.yaml")}
    said = {
        name for line in OF_CONFIGURATIONS for name in re.findall(r"\w+\.yaml", line)
    }
    assert said == names - {"config.yaml", "claims.yaml", "schema.yaml"}


@pytest.mark.parametrize("command", OF_CONFIGURATIONS)
def test_command_beside_a_configuration_plans_its_jobs(tmp_path, command):
    data = tmp_path / "DIR"
    write_toy_bts(data)
    weights = data / "astromcad" / "Models" / "NoHostClassifier.h5"
    weights.parent.mkdir(parents=True)
    weights.touch()
    words = shlex.split(command.replace("data_dir=DIR", f"data_dir={data}"))
    process = snakemake(tmp_path, *words[1:], "-n")
    assert process.returncode == 0, said(process)
    assert re.search(r"^fine_tune_\w+ ", said(process), re.M)


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_knows_and_explains_the_targets_of_the_readme():
    def make(*words):
        given = {"cwd": ROOT, "capture_output": True, "text": True, "check": True}
        return subprocess.run(["make", *words], **given).stdout

    explained = make("help")
    assert len(TARGETS) > 6
    for target in TARGETS:
        make("--dry-run", target)
        assert re.search(rf"^ *(make )?{target}\b", explained, re.M), target
