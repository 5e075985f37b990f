"""Compare the simulated data sets of one target with its own light curves."""

from typing import TYPE_CHECKING

import pandas as pd

from transients.coverage import joined
from transients.jobs import job, whole_outputs
from transients.realism_table import realism_table
from transients.trees import simulated_examples

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    files, params = snakemake.input, snakemake.params
    examples = {
        name: simulated_examples(
            joined(pd.read_parquet(features), pd.read_parquet(coverage)),
            shown["class_map"],
            params.classes,
            shown["class_mix"],
        )
        for (name, shown), features, coverage in zip(
            params.shown.items(), files.features, files.coverage, strict=True
        )
    }
    real = examples.pop(params.real)
    table = realism_table(
        snakemake.wildcards.target, real, examples, params.classes, params.passbands
    )
    with whole_outputs(*snakemake.output) as (path,):
        table.to_parquet(path, index=False)
