"""Join the parts of a data set that several jobs have read."""

from pathlib import Path
from typing import TYPE_CHECKING

from transients.jobs import job, whole_outputs
from transients.tables import join, read_dropped

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    given = snakemake.input
    with whole_outputs(*snakemake.output) as (objects, light_curves, dropped):
        pairs = zip(
            map(Path, given.objects), map(Path, given.light_curves), strict=True
        )
        join(list(pairs), objects, light_curves)
        read_dropped(*given.dropped).to_csv(dropped, index=False)
