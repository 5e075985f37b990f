"""The same configuration gives the same bits, on one core or two, in any order."""

from command_line import TINY, said, snakemake
from same_results import differences


def test_one_core_or_two_and_another_order_of_jobs(tmp_path):
    """And whether the units of a job run one by one or side by side."""
    one, two = tmp_path / "one core", tmp_path / "two cores"
    turned = ("--prioritize", "results/figures/fig4.pdf", "--scheduler", "greedy")
    turned += ("--set-resources", "fine_tune_bts:cpus_per_task=2")
    for folder, words in ((one, ("--cores", 1)), (two, ("--cores", 2, *turned))):
        process = snakemake(folder, "all", "--configfile", TINY, *words)
        assert process.returncode == 0, said(process)
    assert differences(one / "results", two / "results") == []
