"""Compare strategies with themselves without one ingredient."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.ablation import ablation_table
from transients.aggregation import to_markdown
from transients.few_tested import footnote
from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

NOTE = (
    "AUROC without an ingredient minus AUROC with it, mean over runs on the same labels"
    " and test objects, with a 95 % interval.\n\n"
)

with job(snakemake):
    paired = pd.read_csv(snakemake.input.paired)
    table = ablation_table(paired, snakemake.params.ablations)
    page = to_markdown(table) + "\n" + footnote(table["few_tested"])
    with whole_outputs(*snakemake.output) as (csv, markdown):
        table.to_csv(csv, index=False)
        markdown.write_text(NOTE + page)
