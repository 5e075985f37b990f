"""Draw source and target objects as a pretrained backbone sees them."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.jobs import job, whole_outputs
from transients.plotting import FigureOptions, save_figure
from transients.plotting.embeddings import draw_embeddings

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    params = snakemake.params
    figure = draw_embeddings(
        pd.read_parquet(snakemake.input.objects),
        pd.read_csv(snakemake.input.alike),
        params.source_title,
        FigureOptions(params.title["title"]),
    )
    with whole_outputs(*snakemake.output) as drafts:
        save_figure(figure, drafts)
