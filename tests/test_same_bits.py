"""A unit's result is its own: the same bits whatever else runs, in whatever order."""

import pandas as pd
import pytest
from unit_toys import EVERY_KIND, the_unit

from transients import network_training
from transients.fine_tuning import run_unit

MEASURED = ["seconds", "seconds_per_epoch", "wall_seconds"]
MEASURED += ["seconds_uncached", "seconds_per_epoch_uncached"]


def run_afresh(monkeypatch, unit, *names):
    """Run strategies as a process does that has not trained before."""
    monkeypatch.setattr(network_training, "_NETWORKS", {})
    return run_unit(unit, {name: EVERY_KIND[name] for name in names or EVERY_KIND})


def assert_same_bits(tables, others, *strategies):
    """Compare the rows of some strategies, or all, but for what is measured."""
    for name, table in tables.items():
        pair = [
            one[one["strategy"].isin(strategies or EVERY_KIND)]
            .drop(columns=MEASURED, errors="ignore")
            .reset_index(drop=True)
            for one in (table, others[name])
        ]
        # Nothing is kept here, and trees have no history.
        assert len(pair[0]) or name in {"history", "networks"}, name
        pd.testing.assert_frame_equal(*pair, check_exact=True)


@pytest.fixture(scope="module")
def all_tables(unit):
    with pytest.MonkeyPatch.context() as monkeypatch:
        return run_afresh(monkeypatch, unit)


@pytest.mark.parametrize(
    "left",
    [["scratch"], ["transfer", "features"], ["zero_shot", "features_and_scores"]],
)
def test_strategies_switched_off_change_no_other(unit, all_tables, left, monkeypatch):
    assert_same_bits(run_afresh(monkeypatch, unit, *left), all_tables, *left)


def test_units_of_other_seeds_and_sizes_change_none(
    source, unit, all_tables, monkeypatch
):
    monkeypatch.setattr(network_training, "_NETWORKS", {})
    some = {name: EVERY_KIND[name] for name in ("scratch", "transfer", "features")}
    for n_train, seed in [(20, 0), (30, 1)]:
        run_unit(the_unit(source, n_train=n_train, seed=seed), some)
    assert_same_bits(run_unit(unit, some), all_tables, *some)


def test_another_seed_gives_other_bits(source, all_tables, monkeypatch):
    """So that the others compare more than constants."""
    others = run_afresh(monkeypatch, the_unit(source, seed=2), "scratch", "features")
    for name in ("scratch", "features"):
        with pytest.raises(AssertionError):
            assert_same_bits(others, all_tables, name)
