"""Compare the strategies, pair by pair, on the same labels and test objects."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.aggregation import to_markdown
from transients.few_tested import footnote
from transients.intervals import ENOUGH_RUNS
from transients.jobs import job, whole_outputs
from transients.paired import paired_table, side_by_side

if TYPE_CHECKING:
    from snakemake.script import snakemake

NOTE = (
    "AUROC of strategy minus that of another, mean over runs [95 % interval: bootstrap,"
    f" or Student's with fewer than {ENOUGH_RUNS} runs], and in standard errors (SE)."
    "\n\n"
)

with job(snakemake):
    table = paired_table(pd.read_parquet(snakemake.input.performance))
    page = to_markdown(side_by_side(table)) + "\n" + footnote(table["few_tested"])
    with whole_outputs(*snakemake.output) as (csv, markdown):
        table.to_csv(csv, index=False)
        markdown.write_text(NOTE + page)
