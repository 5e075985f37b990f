"""Read one data set, or one part of it, into objects and light_curves.parquet."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from transients.fetching.unchanged import require_unchanged
from transients.jobs import job, whole_outputs
from transients.readers import Dataset, read
from transients.source_files import file_hashes
from transients.tables import TablesWriter, Vocabulary, collect_dropped

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    reading, name = snakemake.params.reading, snakemake.wildcards.dataset
    reader, options = reading["reader"], reading["options"]
    dataset = Dataset(
        name=name,
        classes=tuple(reading["classes"]),
        passbands=tuple(reading["passbands"]),
        files={key: Path(path) for key, path in reading["files"].items()},
        taxonomy=Path(snakemake.input.get("taxonomy", "")),
        part=int(snakemake.wildcards.get("part", 0)),
        parts=options.get("parts", 1),
    )
    kept = snakemake.params.kept_hashes
    hashes = file_hashes(dataset, Path(kept) if kept else None)
    if download := snakemake.input.get("download"):
        data_dir = snakemake.params.data_dir
        require_unchanged(download, data_dir, dataset.files.values(), hashes)
    provenance = {
        "reader": reader,
        "parameters": options,
        "source_files": hashes,
        "seed": options.get("seed"),
    }
    vocabulary = Vocabulary(name, dataset.classes, dataset.passbands)
    dropped = [pd.DataFrame(columns=["object_id", "reason"])]
    with whole_outputs(*snakemake.output) as (objects, light_curves, dropped_path):
        with TablesWriter(objects, light_curves, vocabulary, provenance) as writer:
            for portion in read(reader, options, dataset):
                writer.write(portion)
                dropped.append(portion.dropped)
        collect_dropped(name, *dropped).to_csv(dropped_path, index=False)
