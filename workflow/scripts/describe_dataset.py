"""Describe one data set: the numbers of its data sheet, and what the drawing shows."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.datasheets import describe
from transients.encoding import Encoding
from transients.jobs import job, whole_outputs
from transients.tables import read_dropped

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake.log[0]):
    rules, encoding = snakemake.params.dataset, snakemake.params.encoding
    sheet = describe(
        pd.read_parquet(snakemake.input.objects),
        snakemake.input.light_curves,
        Encoding(
            wavelengths=snakemake.params.passbands,
            classes=tuple(rules["classes"]),
            trigger=rules["trigger"],
            **{**encoding, "window": tuple(encoding["window"])},
        ),
        counts=pd.read_csv(snakemake.input.counts),
        dropped=read_dropped(
            snakemake.input.dropped_ingest, snakemake.input.dropped_encode
        ),
    )
    with whole_outputs(*snakemake.output) as (numbers, histograms, examples):
        sheet.numbers.to_csv(numbers, index=False, float_format="%.6g")
        sheet.histograms.to_parquet(histograms, index=False)
        sheet.examples.to_parquet(examples, index=False)
