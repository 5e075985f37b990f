"""Fetch one public data set into data_dir."""

from typing import TYPE_CHECKING

from transients.fetching.downloads import fetch
from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake) as terminal:
    name, params = snakemake.wildcards.download, snakemake.params
    table = fetch(name, params.options, params.data_dir, terminal)
    with whole_outputs(snakemake.output[0]) as (path,):
        table.to_csv(path, index=False)
