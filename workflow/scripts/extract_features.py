"""Measure the features of one data set's light curves: all points, or detections."""

from pathlib import Path
from typing import TYPE_CHECKING

from transients.alerts import as_alerts
from transients.encoding import Encoding, load
from transients.features import extract
from transients.jobs import job, whole_outputs
from transients.tables import collect_dropped, dropped_frame

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    name, observations = snakemake.wildcards.dataset, snakemake.wildcards.observations
    params = snakemake.params
    encoding = Encoding.from_config(params.dataset, params.passbands, params.encoding)
    light_curves = load(Path(snakemake.input[0]).parent)
    dropped = dropped_frame([], "")
    if observations == "detections":
        light_curves, dropped = as_alerts(
            light_curves, encoding.window, encoding.min_points
        )
    with whole_outputs(*snakemake.output) as (features, dropped_path):
        extract(light_curves, encoding).to_parquet(features, index=False)
        collect_dropped(f"{name} (features)", dropped).to_csv(dropped_path, index=False)
