"""Write the tables of a run as pages of its report."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from transients.jobs import job, whole_outputs
from transients.reported_tables import TITLES, provenance_rows, shown_part
from transients.table_page import table_page

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    tables = {
        Path(path).stem: shown_part(
            Path(path).stem,
            pd.read_csv(path, dtype={"name": str}),
            snakemake.params.centre_and_spread,
        )
        for path in snakemake.input.tables
    }
    recorded = json.loads(Path(snakemake.input.provenance).read_text())
    tables["provenance"] = provenance_rows(recorded)
    with whole_outputs(*snakemake.output) as drafts:
        pages = [Path(page).stem for page in snakemake.output]
        captions = snakemake.params.captions
        for draft, name, caption in zip(drafts, pages, captions, strict=True):
            kind = name if name in TITLES else "calibration"
            of = name.removeprefix(kind).strip("_")
            title = f"{TITLES[kind]}: {of}" if of else TITLES[kind]
            draft.write_text(table_page(title, caption, tables[name]))
