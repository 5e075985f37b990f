"""Count the objects of each class that enter the experiment (Table 1)."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.aggregation import class_counts_table, to_markdown
from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    counts = pd.concat([pd.read_csv(path) for path in snakemake.input])
    table = class_counts_table(counts)
    with whole_outputs(*snakemake.output) as (csv, markdown):
        table.to_csv(csv, index=False)
        markdown.write_text(to_markdown(table) + "\n")
