"""Run one unit: every strategy on one sample of labelled light curves."""

from pathlib import Path
from typing import TYPE_CHECKING

from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    # TensorFlow reads the number of threads when it is first imported.
    from transients.encoding import load, require_every_class
    from transients.fine_tuning import Target, Unit, run_unit
    from transients.model import Architecture
    from transients.sampling import draw_sample
    from transients.strategies import Source, Strategy

    wildcards, params = snakemake.wildcards, snakemake.params
    n_train, seed = int(wildcards.n_train), int(wildcards.seed)
    target = Target(
        wildcards.target,
        tuple(params.classes),
        load(Path(snakemake.input.model_input[0]).parent),
        params.common_classes,
        params.pairs,
    )
    require_every_class(target.model_input.labels, target.classes)
    unit = Unit(
        target,
        n_train,
        seed,
        draw_sample(
            len(target.model_input), n_train, (target.name, seed), **params.sampling
        ),
        Architecture(**params.model),
        Source(Path(snakemake.input.source[0]), tuple(params.source_classes)),
    )
    strategies = {n: Strategy.from_config(s) for n, s in params.strategies.items()}
    tables = run_unit(unit, strategies)
    with whole_outputs(*snakemake.output) as drafts:
        for draft in drafts:
            tables[draft.stem].to_parquet(draft, index=False)
