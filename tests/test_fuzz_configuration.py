"""Changed configurations: refused in words, or the jobs of a run can be planned."""

import numpy as np
import pytest
import yaml
from configurations import check_all
from mutations import CORPUS, COUNT, kept, kept_if_it_fails, time_limit
from odd_configurations import changed, every_reader, random_changes
from planning import failures, workflow_with

from transients.errors import ConfigurationError

FOLDER = CORPUS / "configuration"
BASE = every_reader()
KEPT = [yaml.safe_load(data) for data in kept(FOLDER)]
CHECKED, PLANNED = COUNT // 2, COUNT // 50
"""Changed configurations to check, and accepted ones to plan: both are slow."""


def is_accepted(changes):
    with time_limit():
        try:
            check_all(changed(BASE, changes))
        except ConfigurationError:
            return False
        return True


def drawn(seed):
    return random_changes(BASE, np.random.default_rng(seed))


@pytest.mark.fuzz
def test_a_changed_configuration_is_accepted_or_refused_in_words():
    check_all(BASE)
    for changes in KEPT:
        is_accepted(changes)
    accepted = 0
    for seed in range(CHECKED):
        changes = drawn(seed)
        with kept_if_it_fails(FOLDER, yaml.safe_dump(changes).encode()):
            accepted += is_accepted(changes)
    assert 0.05 * CHECKED < accepted < 0.5 * CHECKED


@pytest.mark.fuzz
def test_an_accepted_configuration_can_be_planned(tmp_path):
    """Of the seeds behind those of the other test, with what each job would cost."""
    several = (drawn(seed) for seed in range(CHECKED, 100 * COUNT))
    accepted = [changes for changes in KEPT if is_accepted(changes)]
    while len(accepted) < PLANNED:
        changes = next(several)
        if is_accepted(changes):
            accepted.append(changes)
    folders = {
        workflow_with(changed(BASE, changes), tmp_path / str(number)): changes
        for number, changes in enumerate(accepted)
    }
    said = failures([tmp_path / "none", *folders])
    assert "none" in said.pop(tmp_path / "none")  # which has no workflow
    for folder in said:
        (FOLDER / f"{folder.name}.yaml").write_text(yaml.safe_dump(folders[folder]))
    assert not said
