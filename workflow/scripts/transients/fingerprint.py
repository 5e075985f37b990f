"""Hashes of code: a workflow re-runs what a real edit touches, and only that."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = "transients"
ROOT = Path(__file__).parent


@cache
def fingerprint(module: str) -> str:
    """Return a hash of a module of this package and of all modules that it imports.

    Comments, docstrings and layout do not count. module is given without the
    package's name, as in "readers.csv". Raises FileNotFoundError for an unknown one.
    """
    return _hash(_read(name).code for name in sorted(_reached_from(module)))


@cache
def fingerprint_of_script(name: str) -> str:
    """Return a hash of a script beside this package, without what it imports.

    Comments, docstrings and layout do not count. name is that of the file, as in
    "ingest.py". Raises FileNotFoundError for an unknown one.
    """
    return _hash([_code(_parsed(ROOT.parent / name))])


class _Module(NamedTuple):
    """A module's code without comments and docstrings, and what it imports of ours."""

    code: bytes
    imports: list[str]


def _hash(codes: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for code in codes:
        digest.update(code)
    return digest.hexdigest()[:16]


def _reached_from(module: str) -> set[str]:
    reached: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _read(name).imports
    return reached


@cache
def _read(module: str) -> _Module:
    path = _file(module)
    if path is None:
        raise FileNotFoundError(f"no module {module!r} in package {PACKAGE!r}")
    tree = _parsed(path)
    return _Module(imports=_imports(module, tree), code=_code(tree))


def _imports(module: str, tree: ast.Module) -> list[str]:
    """Names of this package's modules that a module imports, and its own packages'."""
    names = [parent for parent, dot, _ in [module.rpartition(".")] if dot]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            inner = [a.name.partition(".") for a in node.names]
            names += [name for package, _, name in inner if package == PACKAGE]
        elif isinstance(node, ast.ImportFrom):
            source = _source(node, module)
            if source is not None:
                parts = [source, *(f"{source}.{a.name}" for a in node.names)]
                names += [part.strip(".") for part in parts]
    return [name for name in names if name and _file(name)]


def _source(node: ast.ImportFrom, module: str) -> str | None:
    """Module that an import takes from, without the package's name; None if foreign."""
    given = node.module or ""
    if node.level == 0:
        package, _, inner = given.partition(".")
        return inner if package == PACKAGE else None
    path = _file(module)
    is_package = path is not None and path.name == "__init__.py"
    above = module.split(".")
    above = above[: len(above) - node.level + is_package]
    return ".".join([*above, *([given] if given else [])])


def _file(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _code(tree: ast.Module) -> bytes:
    return ast.dump(_WithoutDocstrings().visit(tree)).encode()


class _WithoutDocstrings(ast.NodeTransformer):
    """Take out every string that stands alone: docstrings, of attributes too."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        text = isinstance(node.value, ast.Constant) and isinstance(
            node.value.value, str
        )
        return None if text else node
