"""One Slurm for all tests of a session, started when the first test asks for it."""

import os
from collections.abc import Iterator

import pytest
from cluster import Cluster, obstacle


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The running cluster, or a skip; with REQUIRE_SLURM=1 a failure instead."""
    if reason := obstacle():
        if os.environ.get("REQUIRE_SLURM") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    cluster = Cluster(tmp_path_factory.mktemp("slurm"))
    cluster.up()
    yield cluster
    cluster.down()
