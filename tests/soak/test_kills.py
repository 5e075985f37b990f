"""The workflow killed in each of its stages again and again, and none the worse for it.

The environment variables KILLS_A_STAGE and KILLS_SEED say how often, and when.
"""

import os

from command_line import TINY
from killed_run import SEED, KilledRun, began

WORDS = ("--configfile", TINY, "--cores", 2, "all")
STAGES = {
    "ingest": ["ingest"],
    "encode": ["encode"],
    "features": ["extract_features", "measure_coverage", "score_target"],
    "describe": ["describe_dataset", "describe_network", "count_classes"],
    "pretrain": ["pretrain"],
    "fine_tune": [
        *["classify_bts", "classify_lsst_sims"],
        *["fine_tune_bts", "fine_tune_lsst_sims"],
    ],
    "aggregate": [
        *["collect_performance", "compare_strategies", "compare_label_efficiency"],
        *["compare_training_time", "check_claims", "compare_claims"],
        *["diagnose", "find_misclassified", "list_dropped", "score_since_trigger"],
    ],
    "draw": [
        *["draw_datasheet", "draw_figure", "draw_misclassified"],
        *[
            "draw_schematic",
            "draw_strategies",
            "draw_diagnostic",
            "draw_learning",
            "draw_since_trigger",
        ],
    ],
}
LONGEST = {"pretrain": 6.0, "fine_tune": 10.0}
SHORT = 1.2
"""The longest delay after the start of a job of each stage, and of any other [s]."""

KILLS = int(os.environ.get("KILLS_A_STAGE", "3"))


def test_kills_in_every_stage_leave_no_trace(tmp_path):
    """A kill counts where a job of the stage that was waited for was still at work.

    The next one of a stage that was missed comes sooner: its jobs end, and are few.
    """
    run = KilledRun(tmp_path, *WORDS)
    left, missed = dict.fromkeys(STAGES, KILLS), dict.fromkeys(STAGES, 0)
    meant = []

    def moment(folder):
        for stage, rules in STAGES.items():
            if left[stage] and began(folder, *rules):
                meant.append(stage)
                longest = LONGEST.get(stage, SHORT) / 2 ** missed[stage]
                return run.draw.uniform(0, longest)
        return None

    while any(left.values()):
        working = run.kill(moment)
        print(f"seed {SEED}, kill {len(meant)} in {meant[-1]}: at work {working}")
        counts = bool({*working} & {*STAGES[meant[-1]]})
        left[meant[-1]] -= counts
        missed[meant[-1]] += not counts
    run.complete()
