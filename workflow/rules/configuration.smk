# The configuration, checked, and what the rules ask of it.

import sys

SCRIPTS = Path(workflow.basedir) / "workflow" / "scripts"
sys.path.insert(0, str(SCRIPTS))

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
STYLE_FILE = SCRIPTS / "transients" / "plotting" / "transients.mplstyle"
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
