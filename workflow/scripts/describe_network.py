"""Describe the network and what each target's transfer does with its layers."""

import json
from typing import TYPE_CHECKING

from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    # TensorFlow reads the number of threads when it is first imported.
    from transients.architecture import describe_setup
    from transients.model import Architecture

    setup = describe_setup(Architecture(**snakemake.params.model), snakemake.params)
    with whole_outputs(*snakemake.output) as (path,):
        path.write_text(json.dumps(setup, indent=1))
