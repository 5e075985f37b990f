"""Check the paper's claims against the results."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.aggregation import to_markdown
from transients.claims import claims_table, read_claims
from transients.few_tested import footnote, marks
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
    few = table["few_tested"]
    told = table.assign(verdict=table["verdict"] + marks(few)).drop(
        columns="few_tested"
    )
    page = f"Data: {'; '.join(data)}.\n\n{to_markdown(told)}\n{footnote(few)}"
    with whole_outputs(*snakemake.output) as (csv, markdown):
        table.to_csv(csv, index=False)
        markdown.write_text(page)
