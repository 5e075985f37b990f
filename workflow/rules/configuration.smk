# The configuration, checked, and what the rules ask of it.

import os
import sys

SCRIPTS = Path(workflow.basedir) / "workflow" / "scripts"
sys.path.insert(0, str(SCRIPTS))

from snakemake.exceptions import WorkflowError

from transients.code_version import code_version
from transients.configuration import (
    compared_with,
    datasets_in_use,
    download_of,
    download_of_weights,
    files_of,
    seeds_at,
    source_classes,
    sources_in_use,
    starts_of,
    strategies_at,
    weights_file,
)
from transients.errors import TransientsError
from transients.fingerprint import fingerprint, fingerprint_of_script
from transients.job_costs import table_mb, training_mb, training_minutes
from transients.realism_datasets import as_target_shows
from transients.sizes import sizes, waits_for_download
from transients.source_files import contents, hashes_beside
from transients.wording import cap_in_words

CONFIG_FOLDER = Path(workflow.basedir) / "config"
STYLE_FILE = SCRIPTS / "transients" / "plotting" / "transients.mplstyle"
TAXONOMY = str(CONFIG_FOLDER / "taxonomy.csv")
ENVIRONMENT = str(Path(workflow.basedir) / "envs" / "workflow.yaml")

os.environ.update(PYTHONUTF8="1")  # jobs read and write UTF-8, whatever the locale

if isinstance(config.get("data_dir"), str):
    config["data_dir"] = os.path.expanduser(config["data_dir"])

try:
    if workflow.is_main_process:  # once, not anew in every job
        from transients.claims import read_claims
        from transients.configuration_check import check
        from transients.disks import require_writable
        from transients.read_before import require_as_read

        require_writable(".", "--directory DIR")
        check(config, CONFIG_FOLDER / "taxonomy.csv")
        read_claims(CONFIG_FOLDER / "claims.yaml")  # so that no last job refuses them
        require_as_read(config)
    SIZES = {
        target: sizes(config, target, CONFIG_FOLDER / "taxonomy.csv")
        for target in config["targets"]
    }
except TransientsError as error:
    raise WorkflowError(str(error))

for target in config["targets"]:
    if workflow.is_main_process and waits_for_download(config, target):
        logger.warning(
            f"{target}: the sizes of n_train_if_enough join the next run, when its data"
            " have been fetched and can be counted"
        )


def code_of(script, *modules):
    """The fingerprints of a script and of modules, only for the jobs that there are.

    On a cluster every job reads all rules anew; it need not hash the code of all.
    """
    return lambda wildcards: [
        fingerprint_of_script(script),
        *(fingerprint(module) for module in modules),
    ]


wildcard_constraints:
    dataset="|".join(config["datasets"]),
    source="|".join(config["sources"]),
    target="|".join(config["experiments"]),
    forest="|".join(config["forests"]) or "(?!)",
    n_train=r"\d+",
    seed=r"\d+",
    part=r"\d+",
