"""Draw what each ingredient is worth: AUROC without it, minus AUROC with it."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.jobs import job, whole_outputs
from transients.plotting import save_figure
from transients.plotting.ablation import draw_ablation

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    figure = draw_ablation(
        pd.read_csv(snakemake.input.ablation), snakemake.params.titles
    )
    with whole_outputs(*snakemake.output) as drafts:
        save_figure(figure, drafts)
