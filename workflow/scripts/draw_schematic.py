"""Draw the schematic of model and set-up (Figure 2)."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from transients.jobs import job, whole_outputs
from transients.plotting import draw_fig2, save_figure

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    figure = draw_fig2(json.loads(Path(snakemake.input.network).read_text()))
    with whole_outputs(*snakemake.output) as drafts:
        save_figure(figure, drafts)
