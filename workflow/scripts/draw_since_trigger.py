"""Draw AUROC against days since trigger."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.jobs import job, whole_outputs
from transients.plotting import FigureOptions, save_figure
from transients.plotting.since_trigger import draw_since_trigger

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    params = snakemake.params
    title = params.title
    options = FigureOptions(
        title["title"], title["note"], classes=tuple(title["classes"])
    )
    measured = pd.read_parquet(snakemake.input.measured)
    figure = draw_since_trigger(measured, params.min_points, options)
    with whole_outputs(*snakemake.output) as drafts:
        save_figure(figure, drafts)
