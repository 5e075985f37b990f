"""Turn published weights into a source model."""

from pathlib import Path
from typing import TYPE_CHECKING

from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    # Backends read the number of threads when they are first imported.
    from transients.backends import choose_backend

    choose_backend(snakemake.params.compute)
    from transients.published_weights import read_published, save_published
    from transients.tables import collect_dropped, dropped_frame

    weights, classes = Path(snakemake.params.file), snakemake.params.classes
    classifier = read_published(weights, classes, dict(snakemake.params.wavelengths))
    with whole_outputs(*snakemake.output) as (classifier_path, summary, dropped_path):
        save_published(classifier, classes, weights, classifier_path, summary)
        nothing = collect_dropped("", dropped_frame([], ""))
        nothing.to_csv(dropped_path, index=False)
