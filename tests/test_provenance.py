"""Where results come from: the code and its commit, packages, data, rules."""

import json
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from transients.code_version import code_version
from transients.hashes import sha256_of
from transients.provenance import data_of, origin_of_files, packages_of


@pytest.fixture
def code(tmp_path):
    """A workflow's folder in which no commit is yet."""
    folder = tmp_path / "my code"
    for name in (
        "Snakefile",
        "workflow/rules/a.smk",
        "config/config.yaml",
        "README.md",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def git(folder, *arguments):
    author = ("-c", "user.name=n", "-c", "user.email=e@example.org")
    return subprocess.run(
        ["git", *author, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def commit(folder):
    git(folder, "add", ".")
    git(folder, "commit", "-m", "A commit")
    return git(folder, "rev-parse", "HEAD")


def test_code_is_known_by_its_commit_and_by_what_it_is(code):
    git(code, "init")
    first = commit(code)
    before = code_version(code)
    assert (before["commit"], before["differs"]) == (first, False)
    (code / "workflow/rules/a.smk").write_text("# a comment\n")
    edited = code_version(code)
    assert (edited["commit"], edited["differs"]) == (first, True)
    assert edited["sha256"] != before["sha256"]
    second = commit(code)
    assert code_version(code) == {**edited, "commit": second, "differs": False}


def test_code_that_is_new_to_git_differs_too(code):
    git(code, "init")
    commit(code)
    (code / "workflow" / "new.py").touch()
    assert code_version(code)["differs"]


def test_what_decides_no_result_is_no_other_code(code):
    git(code, "init")
    commit(code)
    before = code_version(code)
    (code / "README.md").write_text("Other words.")
    (code / "workflow/__pycache__").mkdir()
    (code / "workflow/__pycache__/a.pyc").touch()
    (code / ".gitignore").write_text("__pycache__/\n")
    assert code_version(code) == before
    commit(code)
    assert code_version(code) == before


def test_code_without_a_repository_is_known_by_what_it_is(code):
    version = code_version(code)
    assert (version["commit"], version["differs"]) == (None, None)
    assert len(version["sha256"]) == 64


def test_code_is_the_same_in_every_place(code, tmp_path):
    before = code_version(code)
    assert code_version(code.rename(tmp_path / "moved")) == before


def test_packages_that_changed_between_jobs_are_told_with_all_versions():
    records = [
        {"packages": {"numpy": "2.2", "python": "3.12.1"}},
        {"packages": {"numpy": "2.1", "python": "3.12.1"}},
        {},
    ]
    assert packages_of(records) == {"numpy": ["2.1", "2.2"], "python": ["3.12.1"]}


def test_data_are_those_that_the_tables_tell_of(tmp_path):
    (tmp_path / "bts").mkdir()
    told = {"reader": "csv", "source_files": {"a.csv": "0123"}}
    schema = pa.schema([("x", pa.int8())], {"provenance": json.dumps(told)})
    pq.write_table(schema.empty_table(), tmp_path / "bts" / "objects.parquet")
    assert data_of([str(tmp_path / "bts" / "objects.parquet")]) == {"bts": told}


def test_every_file_has_its_hash_and_its_rule(tmp_path):
    path = tmp_path / "results" / "tables" / "claims.csv"
    path.parent.mkdir(parents=True)
    path.write_text("name\n")
    made_by = {str(path): {"rule": "check_claims", "code": ["0a"]}}
    assert origin_of_files(made_by, tmp_path / "results") == {
        "tables/claims.csv": {
            "sha256": sha256_of(path),
            "rule": "check_claims",
            "code": ["0a"],
        }
    }
