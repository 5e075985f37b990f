"""Draw one figure of the performance table."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.jobs import job, whole_outputs
from transients.plotting import FIGURES, FigureOptions, save_figure

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    title = snakemake.params.title
    options = FigureOptions(
        title["title"],
        title["note"],
        snakemake.params.centre_and_spread,
        tuple(title["classes"]),
    )
    performance = pd.read_parquet(snakemake.input.performance)
    figure = FIGURES[snakemake.wildcards.figure](performance, options)
    with whole_outputs(*snakemake.output) as drafts:
        save_figure(figure, drafts)
