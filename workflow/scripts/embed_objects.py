"""Embed held-out source objects and objects of a target with a pretrained backbone."""

from pathlib import Path
from typing import TYPE_CHECKING

from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    # Backends read the number of threads when they are first imported.
    from transients.backends import choose_backend

    params = snakemake.params
    choose_backend(params.compute)
    import numpy as np

    from transients.embeddings import by_target, embedded, few_of_each, likeness, plane
    from transients.encoding import load
    from transients.pretraining import held_out, read_surveys
    from transients.saved_networks import load_classifier
    from transients.target_classes import TargetClasses

    target_name, source = snakemake.wildcards.target, params.source
    surveys, _ = read_surveys(
        [Path(path).parent for path in snakemake.input.points],
        params.source_classes,
        source["observations"],
        params.encoding,
    )
    named = TargetClasses(tuple(params.classes), params.class_map).with_own_names
    classifier = load_classifier(snakemake.input.classifier)
    shown = surveys.model_input
    unseen = held_out(surveys, source, (params.source_name, 0))
    rows = few_of_each(np.asarray(shown.labels), unseen, params.most, target_name)
    ours = embedded(classifier, shown, rows, by_target(surveys.classes, named))
    given = load(Path(snakemake.input.target[0]).parent)
    every = np.arange(len(given))
    rows = few_of_each(np.asarray(given.labels), every, params.most, target_name)
    theirs = embedded(classifier, given, rows, params.classes)
    table, variance = plane(ours, theirs)
    with whole_outputs(*snakemake.output) as (objects, alike):
        table.assign(variance_x=variance[0], variance_y=variance[1]).to_parquet(objects)
        likeness(ours, theirs, params.classes).to_csv(alike, index=False)
