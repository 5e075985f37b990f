"""Snakemake's command line, looking after its Slurm jobs every two seconds.

The plugin looks ten seconds later than the last time whenever no job has finished in
between, whatever the profile says. Jobs themselves start Snakemake without this.
"""

import sys

from snakemake.cli import main
from snakemake_executor_plugin_slurm import Executor

INTERVAL = 2  # [s]

if __name__ == "__main__":
    Executor.next_seconds_between_status_checks = property(
        lambda _: INTERVAL, lambda *_: None
    )
    sys.exit(main())
