"""Measure what the runs of one target at one size said of their test sets."""

from typing import TYPE_CHECKING

from transients.calibration import BINS, calibration, reliability
from transients.calibration_page import calibration_page, calibration_summary
from transients.confusion import confusion
from transients.jobs import job, whole_outputs
from transients.roc import roc_curves
from transients.run_predictions import of_each_run, predictions_by_run

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    params = snakemake.params
    *figures, calibrated = of_each_run(
        predictions_by_run(snakemake.input.predictions, params.classes),
        *(confusion, roc_curves, reliability, calibration),
    )
    shown = [table[table["strategy"].isin(params.strategies)] for table in figures]
    summary = calibration_summary(calibrated)
    with whole_outputs(*snakemake.output) as (*drafts, csv, markdown):
        for table, draft in zip(shown, drafts, strict=True):
            table.to_parquet(draft, index=False)
        summary.to_csv(csv, index=False, float_format="%.6g")
        markdown.write_text(calibration_page(summary, BINS))
