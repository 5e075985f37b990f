"""Draw the learning curves of the source models."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from transients.jobs import job, whole_outputs
from transients.learning_curves import curves_of_sources
from transients.plotting import FigureOptions, save_figure
from transients.plotting.learning import draw_learning

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    summaries = {
        (
            Path(path).parent.parent.name,
            int(Path(path).parent.name[len("seed") :]),
        ): json.loads(Path(path).read_text())
        for path in snakemake.input.summaries
    }
    curves = curves_of_sources(summaries)
    labels = {name: name for name in curves["name"].unique()}
    figure = draw_learning(curves, labels, FigureOptions("Source models, pretraining"))
    with whole_outputs(*snakemake.output) as drafts:
        save_figure(figure, drafts)
