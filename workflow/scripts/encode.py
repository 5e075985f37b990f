"""Turn one data set into model input."""

from typing import TYPE_CHECKING

from transients.encode_tables import encode_tables
from transients.encoding import Encoding, count_classes
from transients.jobs import job, whole_outputs
from transients.tables import collect_dropped

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    name, tables = snakemake.wildcards.dataset, snakemake.input
    params = snakemake.params
    encoding = Encoding.from_config(params.dataset, params.passbands, params.encoding)
    with whole_outputs(*snakemake.output) as (*arrays, dropped_path, counts_path):
        labels, dropped = encode_tables(
            tables.objects, tables.light_curves, encoding, arrays[0].parent
        )
        collect_dropped(name, dropped).to_csv(dropped_path, index=False)
        counts = count_classes(name, labels, encoding.classes)
        counts.to_csv(counts_path, index=False)
