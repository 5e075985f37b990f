"""Intervals hold the truth as often as they promise, where the truth is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from transients.intervals import mean_interval
from transients.label_efficiency import label_efficiency_table
from transients.paired import paired_table

TABLES, SEEDS = 200, 6
RNG = np.random.default_rng(7)
COMMON = RNG.normal(0, 0.02, (TABLES, 1, SEEDS))
"""What all strategies and sizes of a seed share: its labels."""


def noisy(means):
    """AUROCs (tables, cells, seeds) around the means of each cell."""
    own = RNG.normal(0, 0.01, (TABLES, len(means), SEEDS))
    return np.reshape(means, (1, -1, 1)) + COMMON + own


def performance(strategy, sizes, auroc):
    """The table of performance, each of many targets an experiment of its own."""
    index = [range(TABLES), sizes, range(SEEDS)]
    names = ["target", "n_train", "seed"]
    table = pd.MultiIndex.from_product(index, names=names).to_frame(index=False)
    told = {"strategy": strategy, "class": "macro", "few_tested": False}
    return table.assign(auroc=auroc.ravel(), **told)


def assert_covered(held, confidence=0.95, lost=0.0):
    """The number of intervals that hold is one that chance allows, 1 in 1,000 off.

    lost is what the method is known to lose with few runs.
    """
    low = binom.ppf(0.001, len(held), confidence - lost)
    high = binom.ppf(0.999, len(held), confidence)
    assert low <= np.sum(held) <= max(high, low), np.mean(held)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_students_interval_of_runs(confidence):
    runs = RNG.normal(0.7, 0.05, (1000, SEEDS))
    found = [mean_interval(pd.Series(values), confidence) for values in runs]
    assert_covered([one.lo < 0.7 < one.hi for one in found], confidence)


def test_paired_differences():
    table = pd.concat(
        [
            performance("transfer", [100], noisy([0.75])),
            performance("scratch", [100], noisy([0.70])),
        ]
    )
    rows = paired_table(table).query("strategy == 'transfer'")
    assert len(rows) == TABLES
    assert_covered(rows["t_lo"].lt(0.05) & rows["t_hi"].gt(0.05))
    assert_covered(rows["lo"].lt(0.05) & rows["hi"].gt(0.05), lost=0.03)
    width = (rows["t_hi"] - rows["t_lo"]).mean()
    assert width < 4 * 0.01 * 2**0.5  # what the seeds share is not in it


def test_labels_for_the_same_auroc():
    """From scratch .1 for each factor of two; transfer has what 283 labels give."""
    sizes = [100, 200, 400, 800]
    table = pd.concat(
        [
            performance("transfer", [100], noisy([0.65])),
            performance("scratch", sizes, noisy([0.5, 0.6, 0.7, 0.8])),
        ]
    )
    rows = label_efficiency_table(table).query("strategy == 'transfer'")
    truth = 200 * 2**0.5
    assert len(rows) == TABLES
    assert rows["labels"].median() == pytest.approx(truth, rel=0.02)
    assert_covered(rows["lo"].le(truth) & rows["hi"].ge(truth), lost=0.03)
    assert (rows["hi"] / rows["lo"]).median() < 1.3
