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
    from transients.encoding import load
    from transients.model import Architecture
    from transients.pretraining import as_observed, pretrain, save_source
    from transients.tables import collect_dropped
    from transients.training import Recipe

    require_gpu(snakemake.resources.get("gpu", 0), snakemake.config["missing_gpu"])
    source_name = snakemake.wildcards.source
    model_input = load(Path(snakemake.input[0]).parent)
    rules = snakemake.params.encoding
    model_input, dropped = as_observed(
        model_input,
        snakemake.params.source["observations"],
        rules["window"],
        rules["min_points"],
    )
    source = pretrain(
        model_input,
        snakemake.params.classes,
        snakemake.params.source["merge"],
        Architecture(**snakemake.params.model),
        Recipe.from_config(snakemake.params.recipe),
        unit=(source_name, int(snakemake.wildcards.seed)),
        validation_fraction=snakemake.params.source["validation_fraction"],
    )
    with whole_outputs(*snakemake.output) as (classifier, summary, dropped_path):
        how = {"computed_with": computed_with(snakemake.params.compute)}
        save_source(source, classifier, summary, {**ran_on(), **how})
        name = f"{snakemake.params.source['dataset']} (source {source_name})"
        collect_dropped(name, dropped).to_csv(dropped_path, index=False)
