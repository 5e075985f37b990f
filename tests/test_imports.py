"""Every job pays for its start: none imports a heavy library it can do without."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from transients import fingerprint

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "workflow" / "scripts"
SCHEMA = yaml.safe_load((ROOT / "config" / "schema.yaml").read_text())
READERS = SCHEMA["$defs"]["dataset"]["properties"]["reader"]["enum"]
ENGINES = {"jax", "keras", "tensorflow", "torch"}
HEAVY = ENGINES | {"astropy", "matplotlib", "requests", "scipy", "sklearn"}
HEAVY |= {"snakemake"}

NEEDED = {
    "scipy": [
        *["check_claims", "compare_ablations", "compare_claims", "find_misclassified"],
        *["compare_label_efficiency", "compare_strategies", "extract_features"],
    ],
    "scipy sklearn": ["compare_with_sky", "diagnose", "score_target"],
    "matplotlib": [
        *["draw_ablation", "draw_datasheet", "draw_figure", "draw_misclassified"],
        *["draw_diagnostic", "draw_learning", "draw_learning_of_sources"],
        "draw_since_trigger",
        "draw_embeddings",
        *["draw_realism", "draw_schematic", "draw_strategies"],
    ],
    "requests": ["fetch"],
    "requests astropy matplotlib": ["fetch_alerce"],  # ALeRCE's client takes them all
    "astropy": ["write_snana", "readers.snana", "readers.ztf_forced_photometry"],
    "astropy scipy": ["readers.simulate"],
}
"""Heavy libraries, and the scripts and readers that need them to begin with."""

TRAIN = {"describe_network", "export_model", "fine_tune", "import_weights", "pretrain"}
TRAIN |= {"score_since_trigger", "embed_objects"}
"""Scripts that train a network or build one: fine_tune's workers, not itself."""


def imports(path):
    """Return a script's imports, those in the body of its job, too, as source."""
    nodes = ast.walk(ast.parse(path.read_text()))
    found = [
        ast.unparse(x) for x in nodes if isinstance(x, ast.Import | ast.ImportFrom)
    ]
    return [line for line in found if "snakemake.script" not in line]  # for mypy only


JOBS = {path.stem: imports(path) for path in sorted(SCRIPTS.glob("*.py"))}
JOBS |= {f"readers.{name}": [f"import transients.readers.{name}"] for name in READERS}
REST = set(JOBS).difference(TRAIN - {"fine_tune"}, *NEEDED.values())


def imported_by(lines):
    """Return the top-level modules of a new process that has run these lines."""
    process = subprocess.run(
        [
            sys.executable,
            "-c",
            "\n".join([*lines, "import sys", "print(*sys.modules)"]),
        ],
        env={"PYTHONPATH": str(SCRIPTS)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(process.stdout.split())


@pytest.mark.parametrize(
    ("needed", "jobs"), [("", sorted(REST)), *NEEDED.items()], ids=["", *NEEDED]
)
def test_jobs_begin_with_the_libraries_that_they_need(needed, jobs):
    """All of them in one process: if together they import nothing else, each does."""
    lines = [line for job in jobs for line in JOBS[job]]
    assert imported_by(lines) & HEAVY <= set(needed.split())


def test_only_what_trains_can_come_upon_a_training_library():
    """However late: in a function, or in a module that a function imports."""
    assert {job for job in JOBS if reach(job) & ENGINES} == TRAIN


@pytest.mark.parametrize("job", sorted(TRAIN - {"fine_tune"}))
def test_the_backend_is_chosen_before_anything_imports_keras(job):
    """Keras takes TensorFlow at its first import, and it may not be installed."""
    before, chosen, _ = (SCRIPTS / f"{job}.py").read_text().partition("choose_backend(")
    lines = re.findall(r"^ +(from transients.*)$", before, re.MULTILINE)
    assert chosen
    assert not imported_by(lines) & ENGINES


def parsed(module):
    return ast.parse(fingerprint._file(module).read_text())


def reach(job):
    """Return the libraries named in any import of what a job's imports lead to."""
    lines = "\n".join(JOBS[job])
    start = re.findall(r"(?:from|import) transients\.([\w.]+)", lines)
    reached = set().union(*map(fingerprint._reached_from, start))
    trees = [ast.parse(lines), *map(parsed, reached)]
    text = "\n".join(ast.unparse(tree) for tree in trees)
    return set(re.findall(r"^\s*(?:from|import) (\w+)", text, re.MULTILINE))


def test_reading_the_rules_imports_no_tables():
    """On a cluster each job reads them anew before it starts its script."""
    files = [ROOT / "Snakefile", *(ROOT / "workflow" / "rules").glob("*.smk")]
    rules = "\n".join(path.read_text() for path in files)
    modules = re.findall(r"^from (transients[\w.]*) import", rules, re.MULTILINE)
    assert "transients.sizes" in modules
    imported = imported_by(f"import {module}" for module in modules)
    assert not imported & (HEAVY | {"numpy", "pandas", "pyarrow"})
