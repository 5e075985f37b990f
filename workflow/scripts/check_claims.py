"""Check the paper's claims against the results."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.aggregation import to_markdown
from transients.claims import claims_table, read_claims
from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    table = claims_table(
        pd.read_parquet(snakemake.input.performance),
        pd.read_parquet(snakemake.input.training),
        read_claims(snakemake.input.claims),
        snakemake.params.real,
    )
    data = [f"{name}: {title}" for name, title in snakemake.params.titles.items()]
    with whole_outputs(*snakemake.output) as (csv, markdown):
        table.to_csv(csv, index=False)
        markdown.write_text(f"Data: {'; '.join(data)}.\n\n{to_markdown(table)}\n")
