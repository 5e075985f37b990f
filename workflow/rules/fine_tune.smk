# The units of work, (target, n_train, seed): every strategy on one sample. The seeds of a
# (target, n_train) share a job, which keeps each finished unit in <results>/finished:
# one that fails or is ended goes on where it was.

UNIT_TABLES = ["scores", "training", "history", "predictions"]


def every_seed(table, target):
    """One table's files of all seeds of a target, as an output of its rule."""
    return expand(
        "<results>/units/{target}/n{n_train}/seed{seed}/{table}.parquet",
        table=table,
        seed=range(config["experiments"][target]["seeds"]),
        allow_missing=True,
    )


for experiment in config["experiments"]:

    rule:
        name:
            f"fine_tune_{experiment}"
        input:
            unpack(unit_files),
        output:
            **{table: every_seed(table, experiment) for table in UNIT_TABLES},
        log:
            "<logs>/fine_tune/{target}/n{n_train}/job.log",
        wildcard_constraints:
            target=experiment,
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=mb_of_training,
            runtime=minutes_of_units,
        params:
            decisive=decisive_of_units,
        script:
            "../scripts/fine_tune.py"
