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
