"""How long a run takes grows with what it does."""

import copy

import pytest
from configurations import DEFAULT

from transients.run_time import (
    LEARNT,
    LIGHT_CURVES_PER_SECOND,
    STOPPED_EARLY,
    core_minutes,
)

SIZES = {"bts": [50], "lsst_sims": [100]}


def minutes(sizes=SIZES, **changes):
    config = copy.deepcopy(DEFAULT)
    for change, value in changes.items():
        *path, last = change.split("__")
        section = config
        for name in path:
            section = section[name]
        section[last] = value
    return core_minutes(config, sizes)


def test_a_size_more_takes_the_epochs_of_what_is_trained_more():
    """Of BTS at 200 labels that is `scratch` alone, which stops early."""
    more = minutes({"bts": [50, 200], "lsst_sims": [100]}) - minutes()
    trained = STOPPED_EARLY * 60 * LEARNT * 200 / LIGHT_CURVES_PER_SECOND
    assert more > 6 * trained / 60
    assert more < 6 * (trained + 10) / 60


def test_units_of_other_seeds_take_as_long():
    base, double = minutes(), minutes(experiments__bts__seeds=12)
    assert minutes(experiments__bts__seeds=18) - double == pytest.approx(double - base)


def test_source_models_take_their_epochs_and_one_for_each_seed_as_many_times():
    base = minutes()
    per_epoch = minutes(recipes__pretraining__epochs=17) - base
    assert per_epoch == pytest.approx(7200 / LIGHT_CURVES_PER_SECOND / 60)
    each = minutes(sources__ztf_sims__one_per_seed=True) - base
    assert each == pytest.approx(5 * 16 * per_epoch)


def test_forests_and_finished_weights_are_not_trained():
    weights = DEFAULT["sources"]["astromcad"]
    assert minutes(sources__ztf_sims=weights) < minutes()
