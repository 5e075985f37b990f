"""What changes a module's fingerprint, and what does not."""

import re
import textwrap
from pathlib import Path

import pytest

from transients import fingerprint as subject
from transients.fingerprint import fingerprint, fingerprint_of_script

ROOT = Path(__file__).parent.parent

PACKAGE = {
    "__init__.py": '"""A package."""\n',
    "top.py": '"""Top."""\nfrom transients.middle import f\n\nx = f(1)\n',
    "middle.py": """
        from transients import constants
        from .parts.left import g

        def f(a):
            return a + constants.ONE + g(a)
        """,
    "constants.py": 'ONE = 1\n"""What it means."""\n',
    "parts/__init__.py": "from . import deep\n\ndef helper():\n    return 1\n",
    "parts/deep.py": "d = 1\n",
    "parts/left.py": "from .right import h\n\ndef g(a):\n    return h(a)\n",
    "parts/right.py": "from ..leaf import k as h\n",
    "leaf.py": "import json\nfrom numpy import pi\n\nk = abs\n",
    "alone.py": "import transients.leaf as leaf\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A folder of modules; returns what rewrites one and gives top's fingerprint."""
    monkeypatch.setattr(subject, "ROOT", tmp_path)

    def change(name=None, text="", module="top"):
        if name is not None:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(textwrap.dedent(text))
        fingerprint.cache_clear()
        subject._read.cache_clear()
        return fingerprint(module)

    for name, text in PACKAGE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(textwrap.dedent(text))
    yield change
    fingerprint.cache_clear()
    subject._read.cache_clear()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("top.py", "# New.\nfrom transients.middle import f\nx = f( 1 )  # called\n"),
        ("constants.py", '"""New."""\n\nONE = 1\n"""Means something else."""\n'),
        (
            "parts/__init__.py",
            'from . import deep\n\ndef helper():\n    """Help."""\n    return 1\n',
        ),
        ("alone.py", "anything = 'else'\n"),
        ("unused.py", "new = 1\n"),
    ],
)
def test_comments_docstrings_layout_and_foreign_modules_do_not_count(
    package, name, text
):
    before = package()
    assert package(name, text) == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("top.py", "from transients.middle import f\n\nx = f(2)\n"),
        ("middle.py", PACKAGE["middle.py"].replace("+", "-")),
        ("constants.py", "ONE = 2\n"),  # from transients import constants
        ("parts/left.py", "from .right import h\n\ndef g(a):\n    return a\n"),
        ("parts/right.py", "h = abs\n"),  # from .right import
        ("leaf.py", "k = str\n"),  # from ..leaf import
        ("parts/__init__.py", "def helper():\n    return 2\n"),  # runs on import
        ("parts/deep.py", "d = 2\n"),  # from . import deep
    ],
)
def test_code_counts_wherever_it_is_imported_from(package, name, text):
    before = package()
    assert package(name, text) != before
    assert package(name, PACKAGE[name]) == before


def test_plain_imports_are_followed(package):
    before = package(module="alone")
    assert package("leaf.py", "k = str\n", module="alone") != before


def test_asking_twice_or_in_another_order_gives_the_same(package):
    """Also where a second string stands behind the docstring."""
    package("top.py", '"""Top."""\n"""More."""\nfrom transients.leaf import k\n')
    alone = {name: package(module=name) for name in ("top", "leaf")}
    fingerprint.cache_clear()
    assert {name: fingerprint(name) for name in ("leaf", "top")} == alone
    fingerprint.cache_clear()
    assert fingerprint("top") == alone["top"]


def test_an_unknown_module_is_an_error():
    with pytest.raises(FileNotFoundError, match=r"no module 'readers\.xml'"):
        fingerprint("readers.xml")


def test_fingerprints_are_short_and_differ():
    values = {fingerprint(name) for name in ("encoding", "model", "readers.csv")}
    assert len(values) == 3
    assert all(re.fullmatch("[0-9a-f]{16}", value) for value in values)


def test_a_script_counts_without_comments_and_imports(tmp_path, monkeypatch):
    monkeypatch.setattr(subject, "ROOT", tmp_path / "transients")
    texts = {
        "one.py": "from transients.jobs import job\n\nx = 1\n",
        "same.py": '"""New."""\nfrom transients.jobs import job\n\nx = 1  # why\n',
        "other.py": "from transients.jobs import job\n\nx = 2\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    one, same, other = map(fingerprint_of_script.__wrapped__, texts)
    assert one == same != other
    with pytest.raises(FileNotFoundError, match=r"none\.py"):
        fingerprint_of_script("none.py")


UNCOUNTED = {"fetch.py", "fetch_alerce.py"}
"""What is public does not depend on the code that fetches it."""


def rules_with_scripts():
    """What each rule names as its code, and its script."""
    for path in sorted((ROOT / "workflow" / "rules").glob("*.smk")):
        for rule in re.split(r"^ *rule\b", path.read_text(), flags=re.M)[1:]:
            if script := re.search(r'"\.\./scripts/(\w+\.py)"', rule):
                named = re.search(r"\bcode_of\(([^)]*)\)", rule)
                code = re.findall(r'"([\w.]+)"', named[1]) if named else []
                yield pytest.param(code, script[1], id=f"{path.stem}-{script[1]}")


def test_every_script_is_of_a_rule():
    scripts = {path.name for path in (ROOT / "workflow" / "scripts").glob("*.py")}
    assert {param.values[1] for param in rules_with_scripts()} == scripts


@pytest.mark.parametrize(("code", "script"), list(rules_with_scripts()))
def test_a_rule_re_runs_when_its_script_changes(code, script):
    """Nothing else tells: Snakemake's own trigger, code, is switched off."""
    assert code[:1] == ([] if script in UNCOUNTED else [script])


def rules_with_modules():
    """The modules that each rule names in full as its code, and its script."""
    for param in rules_with_scripts():
        code, script = param.values
        if code[1:]:
            yield pytest.param(code[1:], script, id=param.id)


@pytest.mark.parametrize(("modules", "script"), list(rules_with_modules()))
def test_a_rule_re_runs_when_a_module_of_its_script_changes(modules, script):
    """All but what does not touch results: how a job runs and where."""
    text = (ROOT / "workflow" / "scripts" / script).read_text()
    imported = set(re.findall(r"^ *from transients\.([\w.]+) import", text, re.M))
    seen = set().union(*map(subject._reached_from, modules))
    missed = imported - {"jobs", "accelerators"} - seen
    assert not missed, f"the fingerprint of {modules} does not see {missed}"
