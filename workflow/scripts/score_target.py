"""Train a forest on simulated features and score a target's light curves with it."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.forest_scores import score_target
from transients.jobs import job, whole_outputs
from transients.target_classes import TargetClasses
from transients.trees import TreeRecipe

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    params = snakemake.params
    scores = score_target(
        snakemake.wildcards.forest,
        [pd.read_parquet(path) for path in snakemake.input.simulated],
        pd.read_parquet(snakemake.input.target),
        TargetClasses(tuple(params.classes), params.class_map),
        TreeRecipe.from_config(params.recipe),
    )
    with whole_outputs(*snakemake.output) as (path,):
        scores.to_parquet(path, index=False)
