"""Measure how light curves of a data set are covered: all points, or detections."""

from pathlib import Path
from typing import TYPE_CHECKING

from transients.alerts import as_alerts
from transients.coverage import coverage
from transients.encoding import Encoding, load
from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    params = snakemake.params
    encoding = Encoding.from_config(params.dataset, params.passbands, params.encoding)
    light_curves = load(Path(snakemake.input[0]).parent)
    if snakemake.wildcards.observations == "detections":
        light_curves, _ = as_alerts(light_curves, encoding.window, encoding.min_points)
    with whole_outputs(*snakemake.output) as (path,):
        coverage(light_curves, encoding).to_parquet(path, index=False)
