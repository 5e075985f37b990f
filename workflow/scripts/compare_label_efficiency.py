"""Find how many labels each strategy needs for the AUROC of each other one."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.aggregation import to_markdown
from transients.few_tested import footnote
from transients.intervals import ENOUGH_RUNS
from transients.jobs import job, whole_outputs
from transients.label_efficiency import label_efficiency_table, side_by_side

if TYPE_CHECKING:
    from snakemake.script import snakemake

NOTE = (
    "Labels with which the strategy of a column has the AUROC of the row [95 %"
    " bootstrap interval; 0: fewer than its smallest size, inf: more than its largest];"
    f" intervals of fewer than {ENOUGH_RUNS} runs are too narrow.\n\n"
)

with job(snakemake):
    table = label_efficiency_table(pd.read_parquet(snakemake.input.performance))
    page = to_markdown(side_by_side(table)) + "\n" + footnote(table["few_tested"])
    with whole_outputs(*snakemake.output) as (csv, markdown):
        table.to_csv(csv, index=False)
        markdown.write_text(NOTE + page)
