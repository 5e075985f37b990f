"""Write one data set as SNANA FITS files, for users of other SNANA tools."""

from pathlib import Path
from typing import TYPE_CHECKING

from transients.exports.snana import Export, write_snana
from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    dataset = snakemake.params.dataset
    export = Export(
        dataset=snakemake.wildcards.dataset,
        survey=dataset["passbands"].upper(),
        passbands=snakemake.params.passbands,
        classes=dataset["classes"],
        trigger=dataset["trigger"],
    )
    with whole_outputs(snakemake.output[0]) as (folder,):
        write_snana(
            Path(snakemake.input.objects),
            Path(snakemake.input.light_curves),
            folder,
            export,
        )
