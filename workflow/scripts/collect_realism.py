"""Collect the comparisons of simulated with real light curves into one table."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.jobs import job, whole_outputs
from transients.realism_page import side_by_side

if TYPE_CHECKING:
    from snakemake.script import snakemake

NOTE = (
    "Target / simulated: median [16th, 84th percentile], and D, the Kolmogorov-Smirnov"
    " distance. Last rows: AUROC of a classifier that tells them apart, which"
    " is 0.5 where it cannot, and the features that told most.\n\n"
)

with job(snakemake):
    tables = [pd.read_parquet(path) for path in snakemake.input]
    table = pd.concat(tables, ignore_index=True)
    with whole_outputs(*snakemake.output) as (csv, markdown):
        table.to_csv(csv, index=False)
        markdown.write_text(NOTE + side_by_side(table))
