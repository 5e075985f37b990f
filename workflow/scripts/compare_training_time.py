"""Join the training times of all units and compare the strategies."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.aggregation import to_markdown, training_time_table, with_cap
from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    training = pd.concat(
        [pd.read_parquet(path) for path in snakemake.input], ignore_index=True
    )
    table = training_time_table(training)
    with whole_outputs(*snakemake.output) as (parquet, csv, markdown):
        # wall_seconds include the test
        with_cap(training, snakemake.params.max_test).to_parquet(parquet, index=False)
        table.to_csv(csv, index=False)
        markdown.write_text(to_markdown(table) + "\n")
