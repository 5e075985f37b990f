# The configuration, checked, and what the rules ask of it.

import sys

SCRIPTS = Path(workflow.basedir) / "workflow" / "scripts"
sys.path.insert(0, str(SCRIPTS))

from snakemake.exceptions import WorkflowError

from transients.configuration import (
    check,
    datasets_in_use,
    files_of,
    source_classes,
    strategies_at,
)
from transients.errors import TransientsError
from transients.fingerprint import fingerprint
from transients.sizes import sizes

CONFIG_FOLDER = Path(workflow.basedir) / "config"
STYLE_FILE = SCRIPTS / "transients" / "plotting" / "transients.mplstyle"
TAXONOMY = str(CONFIG_FOLDER / "taxonomy.csv")
ENVIRONMENT = str(Path(workflow.basedir) / "envs" / "workflow.yaml")

try:
    check(config, CONFIG_FOLDER / "schema.yaml")
    SIZES = {
        target: sizes(config, target, CONFIG_FOLDER / "taxonomy.csv")
        for target in config["targets"]
    }
except TransientsError as error:
    raise WorkflowError(str(error))


wildcard_constraints:
    dataset="|".join(config["datasets"]),
    source="|".join(config["sources"]),
    target="|".join(config["experiments"]),
    n_train=r"\d+",
    seed=r"\d+",
    part=r"\d+",
