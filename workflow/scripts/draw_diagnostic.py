"""Draw one of the figures of what runs said of their test sets."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.jobs import job, whole_outputs
from transients.plotting import FigureOptions, save_figure
from transients.plotting.confusion import draw_confusion
from transients.plotting.reliability import draw_reliability
from transients.plotting.roc import draw_roc

if TYPE_CHECKING:
    from snakemake.script import snakemake

DRAWN = {
    "confusion": draw_confusion,
    "roc": draw_roc,
    "reliability": draw_reliability,
}

with job(snakemake):
    title = snakemake.params.title
    options = FigureOptions(
        title["title"], title["note"], classes=tuple(title["classes"])
    )
    draw = DRAWN[snakemake.wildcards.diagnostic]
    figure = draw(pd.read_parquet(snakemake.input.measured), options)
    with whole_outputs(*snakemake.output) as drafts:
        save_figure(figure, drafts)
