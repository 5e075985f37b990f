"""The workflow killed in each of its stages again and again, and none the worse for it.

The environment variables KILLS_A_STAGE and KILLS_SEED say how often, and when.
"""

import os

from command_line import TINY
from kill_stages import STAGES
from killed_run import SEED, KilledRun, began
from toy_bts import write_toy_bts

REAL = TINY.with_name("real.yaml")
WORDS = ("--configfile", TINY, "--cores", 2, "all")
LONGEST = {"pretrain": 6.0, "fine_tune": 10.0, "finish": 0.5}
SHORT = 1.2
"""The longest delay after the start of a job of each stage, and of any other [s]."""

KILLS = int(os.environ.get("KILLS_A_STAGE", "3"))


def test_kills_in_every_stage_leave_no_trace(tmp_path):
    run = KilledRun(tmp_path, *WORDS)
    kill_in(STAGES, run)
    run.complete()


def test_kills_beside_the_sky_leave_no_trace(tmp_path):
    """Of what only real light curves have: simulated ones are held against them."""
    write_toy_bts(tmp_path / "DIR")
    overlays = (TINY.parents[2] / "config" / "bts_real.yaml", TINY, REAL)
    words = ("all", "--cores", 2, "--configfile", *overlays)
    run = KilledRun(tmp_path, *words, "--config", f"data_dir={tmp_path / 'DIR'}")
    kill_in({"realism": ["compare_with_sky", "collect_realism", "draw_realism"]}, run)
    run.complete()


def kill_in(stages, run):
    """Kill a run in each stage, in jobs that it waits for.

    A kill counts where a job of the stage that was waited for was still at work. The
    next one of a stage that was missed comes sooner: its jobs end, and are few. A run
    that has ended runs once more what is still to be killed in.
    """
    left, missed = dict.fromkeys(stages, KILLS), dict.fromkeys(stages, 0)
    drawn, forced = [], []

    def moment(folder):
        for stage, rules in stages.items():
            if left[stage] and began(folder, *rules):
                drawn.append(stage)
                longest = LONGEST.get(stage, SHORT) / 2 ** missed[stage]
                return run.draw.uniform(0, longest)
        return None

    while any(left.values()):
        drawn.clear()
        working = run.kill(moment, forced=forced)
        print(f"seed {SEED}, kill in {drawn}: at work {working}, left {left}")
        for stage in drawn:
            counts = bool({*(working or ())} & {*stages[stage]})
            left[stage] -= counts
            missed[stage] += not counts
        wanted = [rule for name in stages if left[name] for rule in stages[name]]
        forced = wanted if working is None else []
