"""Fetch the light curves of one data set from the ALeRCE broker."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING

from transients.fetching.alerce import fetch
from transients.jobs import job, whole_outputs
from transients.readers import Dataset

if TYPE_CHECKING:
    from snakemake.script import snakemake

signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C, tidily

with job(snakemake) as terminal:
    reading = snakemake.params.reading
    dataset = Dataset(
        name=snakemake.wildcards.dataset,
        classes=tuple(reading["classes"]),
        passbands=tuple(reading["passbands"]),
        files={key: Path(path) for key, path in reading["files"].items()},
        taxonomy=Path(snakemake.input.taxonomy),
    )
    outcomes = fetch(reading["options"], dataset, terminal)
    with whole_outputs(snakemake.output[0]) as (path,):
        outcomes.to_csv(path, index=False)
