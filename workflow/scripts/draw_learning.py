"""Draw the learning curves of one unit's networks."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.jobs import job, whole_outputs
from transients.learning_curves import curves_of_unit
from transients.plotting import FigureOptions, save_figure
from transients.plotting.learning import draw_learning
from transients.plotting.style import looks_of

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    title, seed = snakemake.params.title["title"], snakemake.wildcards.seed
    curves = curves_of_unit(pd.read_parquet(snakemake.input.history))
    labels = {name: look.label for name, look in looks_of(curves["name"]).items()}
    figure = draw_learning(curves, labels, FigureOptions(f"{title}, seed {seed}"))
    with whole_outputs(*snakemake.output) as drafts:
        save_figure(figure, drafts)
