"""Ask the trained networks of all runs of a size on light curves that end earlier."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    # Backends read the number of threads when they are first imported.
    from transients.backends import choose_backend

    inputs, params = snakemake.input, snakemake.params
    decisive, encoding = params.decisive, params.encoding
    choose_backend(decisive["compute"])
    from transients.cuts import cuts_in_window
    from transients.since_trigger import of_all_strategies
    from transients.unit_jobs import by_seed
    from transients.unit_training import UnitFiles, read_unit

    wanted = snakemake.wildcards
    columns = {"target": wanted.target, "n_train": int(wanted.n_train)}
    folder = Path(inputs.model_input[0]).parent
    sources = by_seed(inputs.get("sources", []), decisive["sources"])
    tables = []
    for place, seed in enumerate(params.seeds):
        started = sources[place] if sources else {}
        files = UnitFiles(folder, started, None, {})
        tables.append(
            of_all_strategies(
                read_unit({**columns, "seed": seed}, decisive, files),
                decisive["strategies"],
                inputs.networks[place],
                cuts_in_window(params.days, encoding["window"]),
                encoding,
            )
        )
    with whole_outputs(snakemake.output[0]) as (path,):
        pd.concat(tables, ignore_index=True).to_parquet(path, index=False)
