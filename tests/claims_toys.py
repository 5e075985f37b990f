"""Results made by code, and one measure of a claim checked on them."""

import numpy as np
import pandas as pd

from transients.claims.results import MEASURES, Results

T2 = 4.302652729911275  # Student's t, 97.5 %, 2 degrees of freedom
NOISE = np.array([-0.01, 0.0, 0.01])  # standard deviation .01, half-width .0248


def performance(curves, target="bts", max_test=None):
    """Return the table for {(strategy, class): {n: AUROC of each seed}}."""
    rows = [
        (target, strategy, n, seed, label, auroc)
        for (strategy, label), sizes in curves.items()
        for n, values in sizes.items()
        for seed, auroc in enumerate(np.atleast_1d(values))
    ]
    columns = ["target", "strategy", "n_train", "seed", "class", "auroc"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(max_test=max_test, few_tested=False)


def gains(of_class):
    """Transfer gains of_class[label] over scratch at .5, at n = 10 and at 20."""
    curves = {}
    for label, gain in of_class.items():
        curves["transfer", label] = {10: 0.5 + gain + NOISE, 20: 0.5 + gain + NOISE}
        curves["scratch", label] = {10: [0.5] * 3, 20: [0.5] * 3, 30: [0.5] * 3}
    return performance(curves)


def training(curves, target="bts"):
    """Return the table for {strategy: {n: {column: value of each seed}}}."""
    rows = [
        {"target": target, "strategy": strategy, "n_train": n, "seed": seed}
        | {column: values[seed] for column, values in columns.items()}
        for strategy, sizes in curves.items()
        for n, columns in sizes.items()
        for seed in range(len(next(iter(columns.values()))))
    ]
    return pd.DataFrame(rows)


def check(measure, table, times=None, **options):
    """Return the outcome of a measure at 95 % confidence."""
    results = Results(
        table if table is not None else performance({}),
        times if times is not None else pd.DataFrame(columns=["target", "strategy"]),
        confidence=0.95,
        margin=0.02,
        size_tolerance=0.15,
    )
    return MEASURES[measure](results, **options)
