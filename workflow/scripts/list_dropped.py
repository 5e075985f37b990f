"""List what was dropped, cut or filled in, and count it by reason."""

from typing import TYPE_CHECKING

from transients.aggregation import count_dropped, to_markdown
from transients.jobs import job, whole_outputs
from transients.tables import read_dropped

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    dropped = read_dropped(*snakemake.input)
    with whole_outputs(*snakemake.output) as (csv, markdown):
        dropped.to_csv(csv, index=False)
        markdown.write_text(to_markdown(count_dropped(dropped)) + "\n")
