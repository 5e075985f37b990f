"""Draw all strategies of one target: averages, or class by class."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.jobs import job, whole_outputs
from transients.plotting import VIEWS, FigureOptions, save_figure
from transients.plotting.style import LOOKS

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    title, target = snakemake.params.title, snakemake.wildcards.target
    options = FigureOptions(
        title["title"],
        title["note"],
        snakemake.params.centre_and_spread,
        tuple(title["classes"]),
    )
    performance = pd.read_parquet(snakemake.input.performance)
    elsewhere = set(snakemake.params.ablated) - set(LOOKS)  # in the figure of ablation
    performance = performance[~performance["strategy"].isin(elsewhere)]
    figure = VIEWS[snakemake.wildcards.view](performance, target, options)
    with whole_outputs(*snakemake.output) as drafts:
        save_figure(figure, drafts)
