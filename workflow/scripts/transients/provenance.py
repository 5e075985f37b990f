"""Where results come from: packages, data, and the rules that made the files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from transients.code_version import code_version
from transients.hashes import sha256_of
from transients.job_records import versions
from transients.tables import read_provenance


def packages_of(records: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the versions of Python and packages that the recorded jobs ran with.

    More than one means that they changed between the jobs.
    """
    versions: dict[str, set[str]] = {}
    for record in records:
        for name, version in record.get("packages", {}).items():
            versions.setdefault(name, set()).add(version)
    return {name: sorted(found) for name, found in versions.items()}


def data_of(objects: Sequence[str]) -> dict[str, Any]:
    """Return what each data set was read from, out of its objects.parquet."""
    return {Path(path).parent.name: read_provenance(path) for path in objects}


def origin_of_files(
    made_by: Mapping[str, Mapping[str, Any]], results: Path
) -> dict[str, Any]:
    """Return the SHA-256, rule and code of files, by their paths in the results."""
    return {
        Path(path).relative_to(results).as_posix(): {
            "sha256": sha256_of(Path(path)),
            **origin,
        }
        for path, origin in made_by.items()
    }


def origin_of_model(
    configuration: Mapping[str, Any], objects: str, model_input: Sequence[str]
) -> dict[str, Any]:
    """Return what an exported model was made of: configuration, code, packages, data.

    objects is the data set's objects.parquet, model_input the files of its arrays.
    """
    text = json.dumps(configuration, sort_keys=True, default=str)
    return {
        "configuration_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "code": code_version(Path(__file__).parents[3]),
        "packages": versions(),
        "data": data_of([objects]),
        "model_input_sha256": {
            Path(path).name: sha256_of(Path(path)) for path in model_input
        },
    }
