"""Compare what each job asked for with what it used."""

from pathlib import Path
from typing import TYPE_CHECKING

from transients.aggregation import to_markdown
from transients.jobs import job, whole_outputs
from transients.resources_table import (
    WITHOUT,
    job_ids,
    read_records,
    resources_table,
    summarise_rules,
)
from transients.slurm_accounting import usage_of

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    records = read_records(Path(snakemake.log[0]).parent, WITHOUT)
    table = resources_table(records, usage_of(job_ids(records)))
    with whole_outputs(*snakemake.output) as (csv, markdown):
        table.to_csv(csv, index=False)
        markdown.write_text(to_markdown(summarise_rules(table)) + "\n")
