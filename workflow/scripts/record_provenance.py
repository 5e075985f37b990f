"""Record where every result comes from."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from transients.jobs import job, whole_outputs
from transients.provenance import data_of, origin_of_files, packages_of
from transients.resources_table import read_records

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    params, output = snakemake.params, snakemake.output[0]
    records = read_records(Path(snakemake.log[0]).parent)
    provenance = {
        "configuration": params.configuration,
        "code": params.version,
        "packages": packages_of(records),
        "data": data_of(snakemake.input.objects),
        "files": origin_of_files(params.made_by, Path(output).parent),
    }
    with whole_outputs(output) as (draft,):
        draft.write_text(json.dumps(provenance, indent=1, sort_keys=True) + "\n")
