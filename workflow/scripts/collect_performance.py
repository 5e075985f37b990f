"""Join the scores of all units into the table of performance."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.aggregation import performance_table, summarise, to_markdown
from transients.jobs import job, whole_outputs
from transients.wording import line_of_caps

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    scores = pd.concat([pd.read_parquet(path) for path in snakemake.input])
    max_test = snakemake.params.max_test
    performance = performance_table(scores, max_test)
    summary = summarise(performance, snakemake.params.centre_and_spread)
    with whole_outputs(*snakemake.output) as (parquet, csv, markdown):
        performance.to_parquet(parquet, index=False)
        performance.to_csv(csv, index=False)
        markdown.write_text(f"{line_of_caps(max_test)}{to_markdown(summary)}\n")
