"""The default configuration, changed and checked."""

from pathlib import Path

import pytest
import yaml

from transients.configuration_check import check
from transients.errors import ConfigurationError

CONFIG = Path(__file__).parent.parent / "config"
DEFAULT = yaml.safe_load((CONFIG / "config.yaml").read_text())

MISSING = object()


def change(config, key, value):
    """Set a dotted key of a configuration, or take it out."""
    *path, last = key.split(".")
    for name in path:
        config = config[name]
    if value is MISSING:
        del config[last]
    else:
        config[last] = value


def check_all(config):
    """Check a configuration as a run does."""
    check(config, CONFIG / "taxonomy.csv")


def complaint(config):
    """Return what is said of a configuration that must be refused."""
    with pytest.raises(ConfigurationError) as refusal:
        check_all(config)
    title, *problems = str(refusal.value).splitlines()
    assert title == "the configuration is wrong:"
    return "\n".join(problems)


def switched_off(target, *kept):
    """Return what is laid over a target's strategies so that only these run."""
    others = set(DEFAULT["experiments"][target]["strategies"]).difference(kept)
    return {name: {"n_train": []} for name in sorted(others)}
