"""Pretrain one source model."""

from pathlib import Path
from typing import TYPE_CHECKING

from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    # Backends read the number of threads when they are first imported.
    from transients.backends import choose_backend, computed_with

    choose_backend(snakemake.params.compute)
    from transients.accelerators import ran_on, require_gpu
    from transients.model import Architecture
    from transients.pretraining import pretrain, read_surveys, save_source
    from transients.training import Recipe

    require_gpu(snakemake.resources.get("gpu", 0), snakemake.config["missing_gpu"])
    source_name = snakemake.wildcards.source
    surveys, dropped = read_surveys(
        [Path(path).parent for path in snakemake.input.points],
        snakemake.params.classes,
        snakemake.params.source["observations"],
        snakemake.params.encoding,
    )
    source = pretrain(
        surveys,
        snakemake.params.source["merge"],
        Architecture(**snakemake.params.model),
        Recipe.from_config(snakemake.params.recipe),
        unit=(source_name, int(snakemake.wildcards.seed)),
        validation_fraction=snakemake.params.source["validation_fraction"],
    )
    with whole_outputs(*snakemake.output) as (classifier, summary, dropped_path):
        how = {"computed_with": computed_with(snakemake.params.compute)}
        save_source(source, classifier, summary, {**ran_on(), **how})
        named = dropped["dataset"] + f" (source {source_name})"
        dropped.assign(dataset=named).to_csv(dropped_path, index=False)
