"""The commands and programs that the pages for users show."""

import re
import shlex
from pathlib import Path

from command_line import ROOT

README = ROOT / "README.md"


def blocks(page: Path, language: str = "") -> list[str]:
    """The fenced blocks of a page that are marked with a language."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", page.read_text(), re.M | re.S)
    return [block for marked, block in fenced if marked == language]


def commands(page: Path) -> list[list[str]]:
    """The words of each line of its blocks of commands."""
    lines = [line for block in blocks(page) for line in block.splitlines()]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def commands_in_tables(page: Path) -> list[str]:
    """The commands in the last column of its tables; "..." begins as another does."""
    found = re.findall(r"\| `((?:snakemake|\.\.\.) [^`]+)` \|$", page.read_text(), re.M)
    return [line.replace("...", "snakemake all --cores 2", 1) for line in found]


def commands_in_text(page: Path) -> list[str]:
    """The commands within its sentences that ask Snakemake for a file by its name."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
    found = [" ".join(line.split()) for line in re.findall(r"`([^`]+)`", text)]
    asked_for = [line for line in found if line.startswith("snakemake results/")]
    return [line for line in asked_for if not re.search(r"[{]|[.]{3}", line)]
