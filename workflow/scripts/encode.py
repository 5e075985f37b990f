"""Turn one data set into model input."""

from typing import TYPE_CHECKING

from transients.encoding import (
    Encoding,
    count_classes,
    encode,
    read_for_encoding,
    save,
)
from transients.jobs import job, whole_outputs
from transients.tables import collect_dropped

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    name = snakemake.wildcards.dataset
    params = snakemake.params
    encoding = Encoding.from_config(params.dataset, params.passbands, params.encoding)
    objects, light_curves = read_for_encoding(
        snakemake.input.objects, snakemake.input.light_curves
    )
    model_input, dropped = encode(objects, light_curves, encoding)
    counts = count_classes(name, model_input.labels, encoding.classes)
    with whole_outputs(*snakemake.output) as (*arrays, dropped_path, counts_path):
        save(model_input, arrays[0].parent)
        collect_dropped(name, dropped).to_csv(dropped_path, index=False)
        counts.to_csv(counts_path, index=False)
