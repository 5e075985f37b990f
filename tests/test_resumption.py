"""A workflow killed at random moments goes on as if nothing had happened."""

from command_line import TINY
from killed_run import SEED, KilledRun, began, finished_units

SMALL = TINY.with_name("small.yaml")
WANTED = ["results/tables/performance.parquet", "results/figures/fig1_left.pdf"]
WORDS = ("--configfile", TINY, SMALL, "--cores", 2, *WANTED)

HALF = "one of two units"
ALONE = "a unit, Snakemake alone"
JOB = "logs/fine_tune/bts/n20/job.log"
UNIT = "logs/fine_tune/bts/n20/seed0.log"
MOMENTS = {
    "ingest": lambda folder: began(folder, "ingest"),
    "encode": lambda folder: began(folder, "encode"),
    ALONE: lambda folder: (folder / UNIT).exists(),
    "fine_tune": lambda folder: began(folder, "fine_tune_bts"),
    HALF: finished_units,
    "collect": lambda folder: began(folder, "collect_performance"),
}


def test_four_kills_leave_no_trace(tmp_path):
    """One of them is of Snakemake alone: its job at work ends by itself."""
    run = KilledRun(tmp_path, *WORDS)
    always = {HALF, ALONE}
    drawn = always | {*run.draw.sample([n for n in MOMENTS if n not in always], k=2)}
    for name in (name for name in MOMENTS if name in drawn):
        delay = run.draw.uniform(0, 0.5)
        working = run.kill(after(delay, MOMENTS[name]), alone=name == ALONE)
        assert working is not None, f"the run ended within {delay:.2f} s of {name}"
        print(f"seed {SEED}, {delay:.2f} s after {name}: at work {working}")
        if name == ALONE:
            assert (run.folder / JOB).read_text().endswith("ERROR stopped\n")
    assert run.units
    run.complete()


def after(delay, condition):
    """The moment this many seconds after a condition has come true."""
    return lambda folder: delay if condition(folder) else None
