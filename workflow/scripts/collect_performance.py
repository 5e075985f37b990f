"""Join the scores of all units into the table of performance."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.aggregation import performance_table, summarise
from transients.jobs import job, whole_outputs
from transients.performance_page import performance_page
from transients.wording import line_of_caps

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    scores = pd.concat([pd.read_parquet(path) for path in snakemake.input])
    options = snakemake.params
    performance = performance_table(scores, options.max_test, options.common_classes)
    summary = summarise(performance, options.centre_and_spread)
    page = performance_page(summary, options.centre_and_spread)
    with whole_outputs(*snakemake.output) as (parquet, csv, markdown):
        performance.to_parquet(parquet, index=False)
        performance.to_csv(csv, index=False)
        markdown.write_text(f"{line_of_caps(options.max_test)}{page}")
