"""List what was dropped, cut or filled in, and count it by reason."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.aggregation import count_dropped, to_markdown
from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake.log[0]):
    dropped = pd.concat(
        [pd.read_csv(path, dtype=str) for path in snakemake.input], ignore_index=True
    )
    with whole_outputs(*snakemake.output) as (csv, markdown):
        dropped.to_csv(csv, index=False)
        markdown.write_text(to_markdown(count_dropped(dropped)) + "\n")
