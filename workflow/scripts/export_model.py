"""Export one strategy, trained on one unit of a target."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from transients.jobs import job, whole_outputs

if TYPE_CHECKING:
    from snakemake.script import snakemake

with job(snakemake):
    # Backends read the number of threads when they are first imported.
    from transients.backends import choose_backend

    params, inputs = snakemake.params, snakemake.input
    choose_backend(params.decisive["compute"])
    from transients.accelerators import require_gpu
    from transients.encoding import Encoding
    from transients.forest_scores import train_forest
    from transients.model_export import export_model, has_detections_only
    from transients.provenance import origin_of_model
    from transients.strategies import strategies_from_config
    from transients.trees import TreeRecipe
    from transients.unit_training import UnitFiles, read_unit

    require_gpu(snakemake.resources.get("gpu", 0), snakemake.config["missing_gpu"])
    target, name = snakemake.wildcards.target, snakemake.wildcards.strategy
    decisive, dataset = params.decisive, params.dataset
    sources = dict(zip(decisive["sources"], map(Path, inputs.sources), strict=True))
    features = next(map(Path, inputs.get("features", [])), None)
    files = UnitFiles(Path(inputs.model_input[0]).parent, sources, features, {})
    unit = read_unit({"target": target, **params.unit}, decisive, files)
    strategies = strategies_from_config(decisive["strategies"])
    simulated = map(pd.read_parquet, inputs.get("simulated", []))
    forests = {}
    for forest, section in params.forests.items():
        assert unit.target.features is not None  # see the rule's input
        forests[forest] = train_forest(
            forest,
            [next(simulated) for _ in section["datasets"]],
            unit.target.features,
            unit.target.classes,
            TreeRecipe.from_config(section["recipe"]),
        )
    about = {
        "target": target,
        "strategy": name,
        "compute": decisive["compute"],
        "detections_only": has_detections_only(inputs.light_curves),
        "training": {
            "title": dataset["title"],
            "real": dataset["real"],
            **params.unit,
            **origin_of_model(snakemake.config, inputs.objects, inputs.model_input),
        },
    }
    encoding = Encoding.from_config(dataset, params.passbands, params.encoding)
    with whole_outputs(snakemake.output[0]) as (folder,):
        export_model(unit, strategies, encoding, about, folder, forests)
