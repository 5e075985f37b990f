"""Draw the data sheet of one data set."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.datasheets import DataSheet
from transients.jobs import job, whole_outputs
from transients.plotting import save_figure
from transients.plotting.datasheet import draw_datasheet
from transients.plotting.page import SheetOptions

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    rules, encoding = snakemake.params.dataset, snakemake.params.encoding
    sheet = DataSheet(
        pd.read_csv(snakemake.input.numbers),
        pd.read_parquet(snakemake.input.histograms),
        pd.read_parquet(snakemake.input.examples),
    )
    options = SheetOptions(
        title=rules["title"],
        classes=tuple(rules["classes"]),
        wavelengths=snakemake.params.passbands,
        window=tuple(encoding["window"]),
        flux_scale=encoding["flux_scale"],
    )
    with whole_outputs(*snakemake.output) as drafts:
        save_figure(draw_datasheet(sheet, options), drafts)
