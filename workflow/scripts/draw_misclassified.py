"""Draw the light curves that one target's best strategy misclassifies."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.jobs import job, whole_outputs
from transients.plotting import save_figure
from transients.plotting.misclassified import draw_misclassified
from transients.plotting.page import SheetOptions

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    files, params = snakemake.input, snakemake.params
    options = SheetOptions(
        title=f"{params.dataset['title']}: {params.strategy}, n = {params.n_train:,}",
        classes=tuple(params.dataset["classes"]),
        wavelengths=params.passbands,
        window=tuple(params.encoding["window"]),
        flux_scale=params.encoding["flux_scale"],
    )
    figure = draw_misclassified(
        pd.read_csv(files.misclassified, dtype={"object_id": str}),
        pd.read_parquet(files.light_curves),
        pd.read_csv(files.common),
        options,
    )
    with whole_outputs(*snakemake.output) as drafts:
        save_figure(figure, drafts)
