"""Draw the simulated light curves of one target beside its real ones."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.jobs import job, whole_outputs
from transients.plotting import save_figure
from transients.plotting.realism import draw_realism

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    table = pd.read_parquet(snakemake.input.realism)
    figure = draw_realism(table, snakemake.params.titles)
    with whole_outputs(*snakemake.output) as drafts:
        save_figure(figure, drafts)
