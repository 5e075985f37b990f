# What jobs ask for: functions of the work and of the attempt, as retries ask for more.


def grows(amount):
    """An amount for a first attempt that does not depend on the work."""
    return lambda wildcards, attempt: amount * attempt


def mb_of_tables(per_mb):
    """Memory of a rule that keeps `per_mb` times the size of its input files."""
    return lambda wildcards, input, attempt: table_mb(input.size_mb, per_mb, attempt)


def mb_of_training(wildcards, input, threads, attempt):
    """Memory of a job that trains as many units at once as it has threads."""
    return training_mb(input.size_mb, threads, attempt)


def mb_of_pretraining(wildcards, input, threads, attempt):
    """Memory of a source model; several data sets are joined in a copy of them all."""
    copies = 1 if len(input.points) == 1 else 2
    return training_mb(copies * input.size_mb, threads, attempt)


def minutes_of_pretraining(wildcards, input, attempt):
    """Time that a source model may take."""
    source = config["sources"][wildcards.source]
    return training_minutes(
        input.points,
        input.labels,
        [config["recipes"][source["recipe"]]],
        n_train=None,
        in_turn=1,
        attempt=attempt,
    )


def minutes_of_units(wildcards, input, threads, attempt):
    """Time that the units of a (target, n_train) may take."""
    n_train = int(wildcards.n_train)
    seeds = seeds_at(config["experiments"][wildcards.target], n_train)
    strategies = strategies_of_unit(wildcards).values()
    return training_minutes(
        input.model_input[:1],
        input.model_input[1:2],
        [recipe for s in strategies for recipe in network_recipes(s)],
        n_train=n_train,
        in_turn=-(-len(seeds) // threads),
        attempt=attempt,
    )


def network_recipes(strategy):
    """The recipe of each network that a strategy trains; trees take little time."""
    if strategy["kind"] != "network":
        return [{"epochs": 0}]
    networks = strategy.get("members", 1) * max(1, len(strategy["sources"]))
    return networks * [strategy["recipe"] or {"epochs": 0}]
