"""results/README.md lists what a run leaves, each file and no other."""

import re

import pytest
from command_line import ROOT, TINY, said, snakemake
from documentation import blocks

PAGE = ROOT / "results" / "README.md"
OUTPUTS = re.compile(r"^    output: (.*)$", re.M)
LINE = re.compile(r"(\S+)((?: \.\w+)*)(?:  |$)")


def listed(block):
    """The paths of a block of the page, each a pattern with words in braces."""
    paths = []
    for line in block.splitlines():
        if found := LINE.match(line):
            path, others = found.groups()
            stem = path.rsplit(".", 1)[0]
            paths += [path, *(stem + suffix for suffix in others.split())]
    return paths


def pattern(path):
    """A regular expression of a listed path; {a|b} is a or b, {word} any one name."""
    parts = re.split(r"\{(.*?)\}", path)
    for i, part in enumerate(parts):
        if i % 2:
            parts[i] = f"(?:{part})" if "|" in part else "[^/]+"
        else:
            parts[i] = re.escape(part)
    rest = ".*" if path.endswith("/") else ""
    return re.compile("".join(parts) + rest)


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """All outputs of a complete run of the tiny configuration, below results/."""
    folder = tmp_path_factory.mktemp("planned")
    process = snakemake(folder, "--cores", 2, "-n", "--configfile", TINY)
    assert process.returncode == 0, said(process)
    outputs = {x for line in OUTPUTS.findall(said(process)) for x in line.split(", ")}
    assert len(outputs) > 100
    assert all(x.startswith("results/") for x in outputs)
    return {x.removeprefix("results/") for x in outputs}


def complete_and_other():
    complete, other = (listed(block) for block in blocks(PAGE)[:2])
    return complete, other


def test_everything_that_a_complete_run_makes_is_listed(planned):
    complete, _ = complete_and_other()
    patterns = [pattern(path) for path in complete]
    assert not [x for x in planned if not any(p.fullmatch(x) for p in patterns)]


def test_everything_that_is_listed_is_made(planned):
    complete, _ = complete_and_other()
    made = {path: any(map(pattern(path).fullmatch, planned)) for path in complete}
    assert not [path for path, found in made.items() if not found]


def test_what_is_made_on_request_alone_is_not_in_a_complete_run(planned):
    _, other = complete_and_other()
    assert "report.html" in other
    made = {path: any(map(pattern(path).fullmatch, planned)) for path in other}
    assert not [path for path, found in made.items() if found]


def test_a_listed_path_stands_for_all_its_suffixes_and_names():
    block = "a/b_{x}.pdf .png    two files\n      and what they are\nc/{d|e}/  f\n"
    assert listed(block) == ["a/b_{x}.pdf", "a/b_{x}.png", "c/{d|e}/"]
    assert pattern("a/b_{x}.png").fullmatch("a/b_1.png")
    assert not pattern("a/b_{x}.png").fullmatch("a/b_1/2.png")
    assert pattern("c/{d|e}/").fullmatch("c/e/anything")
    assert not pattern("c/{d|e}/").fullmatch("c/f/anything")
