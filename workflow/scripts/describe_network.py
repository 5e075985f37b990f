"""Describe the network and what each target's transfer does with its layers."""

import json
from typing import TYPE_CHECKING

from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    # Backends read the number of threads when they are first imported.
    from transients.backends import choose_backend

    choose_backend(snakemake.params.compute)
    from transients.architecture import describe_setup
    from transients.model import Architecture

    setup = describe_setup(Architecture(**snakemake.params.model), snakemake.params)
    with whole_outputs(*snakemake.output) as (path,):
        path.write_text(json.dumps(setup, indent=1))
