"""The workflow killed in each of its stages again and again, and none the worse for it.

The environment variables KILLS_A_STAGE and KILLS_SEED say how often, and when.
"""

import os

from command_line import TINY
from kill_stages import STAGES
from killed_run import SEED, KilledRun, began

WORDS = ("--configfile", TINY, "--cores", 2, "all")
LONGEST = {"pretrain": 6.0, "fine_tune": 10.0, "finish": 0.5}
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
