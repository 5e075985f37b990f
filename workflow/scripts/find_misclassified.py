"""Find what one target's best strategy misclassifies most confidently."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from transients.coverage import joined
from transients.encoding import Encoding, load
from transients.jobs import job, whole_outputs
from transients.misclassified import (
    MOST_SHOWN,
    judged,
    light_curves_of,
    misclassified,
)
from transients.misclassified_facts import compare, durations, facts
from transients.misclassified_page import misclassified_page

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    files, params = snakemake.input, snakemake.params
    encoding = Encoding.from_config(params.dataset, params.passbands, params.encoding)
    model_input = load(Path(files.model_input[0]).parent)
    wanted = [("strategy", "==", params.strategy)]
    predictions = pd.concat(
        [pd.read_parquet(path, filters=wanted) for path in files.predictions]
    )
    tested = judged(predictions, encoding.classes)
    wrong = misclassified(tested)
    measured = joined(pd.read_parquet(files.features), pd.read_parquet(files.coverage))
    redshift = pd.read_parquet(files.objects).set_index("object_id")["redshift"]
    table = facts(
        measured, redshift, durations(model_input, encoding), params.passbands
    )
    shown = wrong.head(MOST_SHOWN)
    compared = compare(shown, tested, table)
    wrong = wrong.join(table, on="object_id")
    page = misclassified_page(params.strategy, params.n_train, tested, wrong, compared)
    with whole_outputs(*snakemake.output) as (csv, markdown, common, light_curves):
        wrong.to_csv(csv, index=False, float_format="%.6g")
        markdown.write_text(page)
        compared.to_csv(common, index=False, float_format="%.6g")
        light_curves_of(list(shown["object_id"]), model_input, encoding).to_parquet(
            light_curves, index=False
        )
