"""One Slurm for all tests of a session, started when the first test asks for it."""

import os
from collections.abc import Iterator

import pytest
from cluster import NODES, Cluster, obstacle
from processes import wait_until


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


@pytest.fixture
def healthy(cluster: Cluster) -> Iterator[Cluster]:
    """Whatever the test does to the nodes, the next finds them waiting for work."""
    yield cluster
    cluster.run("scancel", "--user=root")
    for node, state in cluster.node_states().items():
        if state.startswith("down"):
            cluster.scontrol("update", f"nodename={node}", "state=resume")
    rest = dict.fromkeys(NODES, "idle")
    wait_until(lambda: cluster.node_states() == rest, lambda: "nodes do not rest")
