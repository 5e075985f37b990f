"""The profile that users are given, in a hurry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from command_line import ROOT

# A cluster of one machine needs none of the shipped profile's caution.
QUICK = {
    "seconds-between-status-checks": 2,
    "slurm-init-seconds-before-status-checks": 2,
    "max-jobs-per-timespan": "10/1s",
    "latency-wait": 15,
}


def write_profile(folder: Path, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the shipped profile, quicker, with entries of its sections changed."""
    profile = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text()) | QUICK
    for section, entries in changes.items():
        profile[section] = {**profile.get(section, {}), **entries}
    folder.mkdir()
    (folder / "config.yaml").write_text(yaml.safe_dump(profile))
