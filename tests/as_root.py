"""Tests that only root can run: skipped with a reason, or made to fail instead."""

import os
from typing import NoReturn

import pytest

REQUIRED = os.environ.get("REQUIRE_ROOT") == "1"


def needs_root(what_for: str) -> pytest.MarkDecorator:
    """Mark a test that others skip; with REQUIRE_ROOT=1 they run it, and it fails."""
    reason = f"only root can {what_for}"
    return pytest.mark.skipif(os.geteuid() != 0 and not REQUIRED, reason=reason)


def cannot(reason: str) -> NoReturn:
    """Skip the test that runs; with REQUIRE_ROOT=1 fail it."""
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)
