"""Run all units of one (target, n_train): every strategy on the sample of each seed."""

from pathlib import Path
from typing import TYPE_CHECKING

from transients.jobs import job

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    # Nothing here imports TensorFlow: the worker processes do, each for itself.
    from transients.scratch import on_scratch
    from transients.unit_jobs import UnitJob, by_seed, run_units

    inputs, decisive = snakemake.input, snakemake.params.decisive
    tables = [files for _, files in snakemake.output.items()]  # each of all seeds
    arrays = [Path(path) for path in inputs.model_input]
    with on_scratch(arrays, snakemake.resources.get("scratch")) as model_input:
        units = UnitJob(
            target=snakemake.wildcards.target,
            n_train=int(snakemake.wildcards.n_train),
            decisive=decisive,
            model_input=model_input,
            sources=by_seed(inputs.get("sources", []), decisive["sources"]),
            features=[Path(path) for path in inputs.get("features", [])],
            scores=[Path(path) for path in inputs.get("scores", [])],
            outputs=[
                [Path(path) for path in unit] for unit in zip(*tables, strict=True)
            ],
            finished=Path(snakemake.config["pathvars"]["results"], "finished"),
            logs=Path(snakemake.log[0]).parent,
            gpus=snakemake.resources.get("gpu", 0),
            missing_gpu=snakemake.config["missing_gpu"],
        )
        run_units(units, snakemake.resources.get("cpus_per_task", snakemake.threads))
