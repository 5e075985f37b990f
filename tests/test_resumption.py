"""A workflow killed at random moments goes on as if nothing had happened."""

from command_line import TINY
from killed_run import SEED, KilledRun, began, finished_units

SMALL = TINY.with_name("small.yaml")
WANTED = ["results/tables/performance.parquet", "results/figures/fig1_left.pdf"]
WORDS = ("--configfile", TINY, SMALL, "--cores", 2, *WANTED)

HALF = "one of two units"
MOMENTS = {
    "ingest": lambda folder: began(folder, "ingest"),
    "encode": lambda folder: began(folder, "encode"),
    "fine_tune": lambda folder: began(folder, "fine_tune_bts"),
    HALF: finished_units,
    "collect": lambda folder: began(folder, "collect_performance"),
}


def test_three_kills_leave_no_trace(tmp_path):
    run = KilledRun(tmp_path, *WORDS)
    drawn = {HALF, *run.draw.sample([name for name in MOMENTS if name != HALF], k=2)}
    for name in (name for name in MOMENTS if name in drawn):
        delay = run.draw.uniform(0, 0.5)
        working = run.kill(after(delay, MOMENTS[name]))
        print(f"seed {SEED}, {delay:.2f} s after {name}: at work {working}")
    assert run.units
    run.complete()


def after(delay, condition):
    """The moment this many seconds after a condition has come true."""
    return lambda folder: delay if condition(folder) else None
