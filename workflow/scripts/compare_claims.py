"""Say what holds of each claim on simulated and real data, of this and other runs."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from transients.aggregation import to_markdown
from transients.claims import read_claims, verdicts_by_data
from transients.few_tested import footnote
from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    tables = {
        str(Path(path).parents[1]): pd.read_csv(
            path, dtype={"name": str}, keep_default_na=False
        )
        for path in snakemake.input.tables
    }
    table = verdicts_by_data(tables, read_claims(snakemake.input.claims))
    marked = pd.concat([one["few_tested"] for one in tables.values()])
    with whole_outputs(*snakemake.output) as (csv, markdown):
        table.to_csv(csv, index=False)
        markdown.write_text(to_markdown(table) + "\n" + footnote(marked))
