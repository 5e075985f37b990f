"""Describe one data set: the numbers of its data sheet, and what the drawing shows."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.datasheets import describe
from transients.encoding import Encoding
from transients.jobs import job, whole_outputs
from transients.tables import read_dropped

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    params = snakemake.params
    sheet = describe(
        pd.read_parquet(snakemake.input.objects),
        snakemake.input.light_curves,
        Encoding.from_config(params.dataset, params.passbands, params.encoding),
        counts=pd.read_csv(snakemake.input.counts),
        dropped=read_dropped(
            snakemake.input.dropped_ingest, snakemake.input.dropped_encode
        ),
    )
    with whole_outputs(*snakemake.output) as (numbers, histograms, examples):
        sheet.numbers.to_csv(numbers, index=False, float_format="%.6g")
        sheet.histograms.to_parquet(histograms, index=False)
        sheet.examples.to_parquet(examples, index=False)
