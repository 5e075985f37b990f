# The run as a whole: its folders, looked at and claimed before the first job, and what
# it says of itself at its start and at its end.

from transients.disks import claim, require_writable

CLAIMS = []


onstart:
    from transients.messages import about_to_run

    try:
        for name in ["results", "logs"]:
            require_writable(
                config["pathvars"][name], f"--config 'pathvars={{{name}: DIR}}'"
            )
        CLAIMS.append(claim(config["pathvars"]["results"]))  # to the end of the run
    except TransientsError as error:
        raise WorkflowError(str(error))
    for line in about_to_run(config, SIZES):
        logger.info(line)


onsuccess:
    from transients.messages import has_run

    for line in has_run(config["pathvars"]["results"], config["targets"]):
        logger.info(line)


onerror:
    logger.error(
        "some jobs failed: the errors above say why and name their logs; mend what they"
        " say and give the same command again, what was finished is kept"
    )
