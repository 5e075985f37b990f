"""The cluster behaves as a site's does in all that the workflow relies on."""

import pytest
from cluster import Cluster
from processes import ClusterError, wait_until

HOARD = "python3 -c 'import time; hoard = bytearray(300_000_000); time.sleep(60)'"


def refusal(cluster: Cluster, *options: str) -> str:
    with pytest.raises(ClusterError) as error:
        cluster.submit("true", *options)
    return str(error.value)


def test_accounting_knows_a_finished_job(cluster: Cluster) -> None:
    job = cluster.submit("exit 3", "--account=lab", "--mem=100", "--comment=why not")
    row = cluster.wait(job, "FAILED")
    assert (row["Account"], row["ExitCode"]) == ("lab", "3:0")
    assert "mem=100M" in row["AllocTRES"]
    assert row["NodeList"] in ("cpu1", "cpu2")
    assert row["Comment"] == "why not"


def test_jobs_on_one_node_get_gpus_of_their_own(cluster: Cluster) -> None:
    options = ("--partition=gpu", "--nodelist=gpu1", "--gpus=1")
    # Long enough for both to hold their GPU at the same time.
    script = "echo $CUDA_VISIBLE_DEVICES; sleep 60"
    jobs = [cluster.submit(script, *options) for _ in range(2)]
    for job in jobs:
        row = cluster.wait(job, "RUNNING")
        assert "gres/gpu=1" in row["AllocTRES"].split(",")
        assert row["NodeList"] == "gpu1"
    wait_until(lambda: all(map(cluster.output, jobs)), lambda: "no output")
    assert sorted(cluster.output(job).strip() for job in jobs) == ["0", "1"]
    cluster.run("scancel", *jobs)
    assert cluster.wait(jobs[0], "CANCELLED")["State"] == "CANCELLED by 0"


def test_a_third_job_waits_for_a_gpu(healthy: Cluster) -> None:
    options = ("--partition=gpu", "--nodelist=gpu2", "--gpus=1")
    first, _, third = (healthy.submit("sleep 60", *options) for _ in range(3))
    healthy.wait(first, "RUNNING")
    assert healthy.wait(third, "PENDING")["NodeList"] == "None assigned"
    healthy.run("scancel", first)
    healthy.wait(third, "RUNNING")


def test_what_no_node_or_account_offers_is_refused(cluster: Cluster) -> None:
    assert "not available" in refusal(cluster, "--partition=cpu", "--gpus=1")
    assert "Memory specification" in refusal(cluster, "--mem=64G")
    assert "Invalid account" in refusal(cluster, "--account=nobody")
    assert "time limit" in refusal(cluster, "--time=2-00:00:00").lower()


def test_a_job_over_its_memory_is_killed(cluster: Cluster) -> None:
    job = cluster.submit(HOARD, "--mem=100")
    row = cluster.wait(job, "FAILED", "OUT_OF_MEMORY", "CANCELLED")
    # Not OUT_OF_MEMORY, which only the kernel's control groups bring about.
    assert (row["State"], row["ExitCode"]) == ("FAILED", "0:9")
    assert "exceeded memory limit" in cluster.output(job)


def test_a_job_over_its_time_is_killed(cluster: Cluster) -> None:
    job = cluster.submit("sleep 60", "--time=1")
    cluster.wait(job, "RUNNING")
    cluster.exhaust_time(job)
    # The controller compares times every 30 s.
    row = cluster.wait(job, "TIMEOUT", "FAILED", "CANCELLED", patience=60)
    assert (row["State"], row["ExitCode"]) == ("TIMEOUT", "0:0")
    assert "DUE TO TIME LIMIT" in cluster.output(job)


def test_a_job_whose_node_fails_runs_again_on_the_other(healthy: Cluster) -> None:
    job = healthy.submit("echo restarts: $SLURM_RESTART_COUNT; sleep 60")
    lost = healthy.wait(job, "RUNNING")["NodeList"]
    healthy.lose(lost)

    def attempts() -> list[dict[str, str]]:
        return healthy.sacct("--duplicates", "--allocations", f"--jobs={job}")

    wait_until(
        lambda: [row["State"] for row in attempts()] == ["NODE_FAIL", "RUNNING"],
        lambda: f"job {job} did not start again: {attempts()}",
    )
    assert {lost, attempts()[-1]["NodeList"]} == {"cpu1", "cpu2"}
    wait_until(lambda: "restarts: 1" in healthy.output(job), lambda: "no output")


def test_a_job_that_may_not_run_again_fails_with_its_node(healthy: Cluster) -> None:
    job = healthy.submit("sleep 60", "--no-requeue")
    healthy.lose(healthy.wait(job, "RUNNING")["NodeList"])
    row = healthy.wait(job, "NODE_FAIL", "FAILED", "CANCELLED", "PENDING")
    assert (row["State"], row["ExitCode"]) == ("NODE_FAIL", "0:0")
