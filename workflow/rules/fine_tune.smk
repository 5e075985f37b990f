# The units of work, (target, n_train, seed): every strategy on one sample. The seeds of a
# (target, n_train) share a job, which keeps each finished unit in <results>/finished:
# one that fails or is ended goes on where it was.

UNIT_TABLES = ["scores", "training", "history", "predictions", "networks"]


def tables_of(target, n_train):
    """The files of each table of all seeds of a target, as outputs of its rule."""
    file = "<results>/units/{target}/n{n_train}/seed{seed}/{table}.parquet"
    seeds = seeds_at(config["experiments"][target], n_train)
    return {
        table: expand(file, table=table, seed=seeds, allow_missing=True)
        for table in UNIT_TABLES
    }


for experiment in config["experiments"]:

    rule:
        name:
            f"fine_tune_{experiment}"
        input:
            unpack(unit_files),
        output:
            **tables_of(experiment, n_train=1),
        log:
            "<logs>/fine_tune/{target}/n{n_train}/job.log",
        wildcard_constraints:
            target=experiment,
            n_train=r"[1-9]\d*",
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=mb_of_training,
            runtime=minutes_of_units,
        params:
            decisive=decisive_of_units,
            code=code_of("fine_tune.py"),
        script:
            "../scripts/fine_tune.py"

    rule:  # without labels there is one unit
        name:
            f"classify_{experiment}"
        input:
            unpack(unit_files),
        output:
            **tables_of(experiment, n_train=0),
        log:
            "<logs>/classify/{target}/n{n_train}/job.log",
        wildcard_constraints:
            target=experiment,
            n_train="0",
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=mb_of_training,
            runtime=minutes_of_units,
        params:
            decisive=decisive_of_units,
            code=code_of("fine_tune.py"),
        script:
            "../scripts/fine_tune.py"
