# The folders that a run writes to, looked at and claimed before its first job.

from transients.disks import claim, require_writable

CLAIMS = []


onstart:
    try:
        for name in ["results", "logs"]:
            require_writable(
                config["pathvars"][name], f"--config 'pathvars={{{name}: DIR}}'"
            )
        CLAIMS.append(claim(config["pathvars"]["results"]))  # to the end of the run
    except TransientsError as error:
        raise WorkflowError(str(error))
