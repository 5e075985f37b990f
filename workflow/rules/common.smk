# The configuration, checked, and what the rules ask of it.

import sys

sys.path.insert(0, str(Path(workflow.basedir) / "workflow" / "scripts"))

from snakemake.exceptions import WorkflowError

from transients.configuration import (
    check,
    datasets_in_use,
    source_classes,
    strategies_at,
)
from transients.errors import ConfigurationError
from transients.fingerprint import fingerprint

CONFIG_FOLDER = Path(workflow.basedir) / "config"
ENVIRONMENT = str(Path(workflow.basedir) / "envs" / "workflow.yaml")

try:
    check(config, CONFIG_FOLDER / "schema.yaml")
except ConfigurationError as error:
    raise WorkflowError(str(error))


wildcard_constraints:
    dataset="|".join(config["datasets"]),
    source="|".join(config["sources"]),
    target="|".join(config["experiments"]),
    n_train=r"\d+",
    seed=r"\d+",


FIGURES = {
    "bts": ["fig1_left", "fig3", "fig5"],
    "lsst_sims": ["fig1_right", "fig4"],
}


def figures_and_tables():
    """Everything that a complete run makes."""
    figures = ["fig2"] + [
        figure for target in config["targets"] for figure in FIGURES.get(target, [])
    ]
    tables = ["class_counts", "training_time", "claims", "performance"]
    return (
        expand("<results>/figures/{name}.{kind}", name=figures, kind=["pdf", "png"])
        + expand("<results>/tables/{name}.{kind}", name=tables, kind=["csv", "md"])
        + ["<results>/tables/performance.parquet", "<results>/tables/dropped.csv"]
    )


def dataset_of(wildcards):
    """The data set of a target."""
    return config["experiments"][wildcards.target]["dataset"]


def units(table, target=None):
    """One table's files of all units (target, n_train, seed), or of one target's."""
    files = []
    for name in [target] if target else config["targets"]:
        experiment = config["experiments"][name]
        files += expand(
            "<results>/units/{target}/n{n_train}/seed{seed}/{table}.parquet",
            target=name,
            n_train=experiment["n_train"],
            seed=range(experiment["seeds"]),
            table=table,
        )
    return files
