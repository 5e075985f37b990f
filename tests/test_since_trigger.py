"""Trained networks asked day by day: the same networks, and nothing of the future."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from unit_toys import NAMES, SCRATCH, TRANSFER, ZERO_SHOT

from transients.cuts import cut_after
from transients.errors import DataError
from transients.fine_tuning import run_unit
from transients.kept_networks import read_networks
from transients.network_training import ask_networks
from transients.since_trigger import since_trigger, without_points_unsure

WINDOW = (-30.0, 70.0)
STRATEGIES = {
    "transfer": TRANSFER,  # its backbone is frozen, and cached
    "scratch": SCRATCH,
    "zero_shot": ZERO_SHOT,  # asked of labelled objects, too
    "several": replace(SCRATCH, members=2),
}
COLUMNS = [f"p({name})" for name in NAMES]
CUTS = [-25.0, -10.0, 0.0, 5.0, 20.0, 40.0]


@pytest.fixture(scope="module")
def ran(unit, tmp_path_factory):
    """The unit's predictions, and its networks in a file."""
    tables = run_unit(unit, STRATEGIES, keep=STRATEGIES)
    path = tmp_path_factory.mktemp("unit") / "networks.parquet"
    tables["networks"].to_parquet(path, index=False)
    return tables, path


def ask(unit, path, name, shown):
    return ask_networks(unit, STRATEGIES[name], read_networks(path, name), shown)


def with_input(unit, given):
    return replace(unit, target=replace(unit.target, model_input=given))


@pytest.mark.parametrize("name", STRATEGIES)
def test_whole_light_curves_give_the_predictions_of_the_run(unit, ran, name):
    """To the last bit, whatever the networks were asked before."""
    tables, path = ran
    given = unit.target.model_input
    *_, said = ask(unit, path, name, [cut_after(given, d, WINDOW) for d in (5, 1e6)])
    rows = tables["predictions"].query("strategy == @name")
    np.testing.assert_array_equal(said.astype(np.float32), rows[COLUMNS].to_numpy())


@pytest.mark.parametrize("name", STRATEGIES)
def test_nothing_after_the_cut_changes_a_bit(unit, ran, name):
    """All fluxes, errors, times, passbands later than the cut are made up anew."""
    _, path = ran
    given = unit.target.model_input
    for days in CUTS:
        latest = np.float32((days + 30) / 100)
        later = given.points[:, 1] > latest
        assert later.any()
        points = given.points.copy()
        points[later, 0] = 0.9
        points[later, 1] = np.maximum(points[later, 1], np.nextafter(latest, 2)) + 0.1
        points[later, 2:] = 1e4
        changed = replace(given, points=points)
        first, second = (cut_after(one, days, WINDOW) for one in (given, changed))
        (before,) = ask(unit, path, name, [first])
        (after,) = ask(with_input(unit, changed), path, name, [second])
        np.testing.assert_array_equal(before, after)
        assert not np.array_equal(before, ask(unit, path, name, [given])[0])


def test_a_light_curve_without_points_is_any_class():
    said = np.array([[0.9, 0.05, 0.05], [0.2, 0.3, 0.5]])
    unsure = without_points_unsure(said, np.array([0, 1]))
    np.testing.assert_allclose(unsure, [[1 / 3] * 3, [0.2, 0.3, 0.5]])


def test_the_table_counts_objects_and_scores_as_the_run_does(unit, ran):
    tables, path = ran
    kept = read_networks(path, "scratch")
    days = [-29.99, *CUTS, 70.0]
    table = since_trigger(unit, SCRATCH, kept, days, WINDOW, 5)
    assert list(table["days"].unique()) == days
    first, last = (table[table["days"] == d].set_index("class") for d in (days[0], 70))
    assert list(last.index) == [*NAMES, "macro"]
    scores = tables["scores"].query("strategy == 'scratch'").set_index("class")
    expected = scores.loc[last.index, "auroc"]
    np.testing.assert_allclose(last["auroc"], expected, rtol=1e-12)
    for column in ("n_test_class", "n_observed"):
        assert (
            last[column].to_dict() == scores.loc[last.index, "n_test_class"].to_dict()
        )
    given, test = unit.target.model_input, unit.sample.test
    assert last.loc["macro", "n_enough"] == (given.lengths[test] >= 5).sum()
    assert last.loc["macro", "n_enough"] < len(test)
    assert first["n_observed"].sum() == 0
    assert (first["auroc"] == 0.5).all()  # nobody knows anything
    observed = table[table["class"] == "macro"]["n_observed"]
    assert observed.is_monotonic_increasing
    assert 0 < observed.iloc[1] < len(test)
    assert (table.groupby("days")["n_test_class"].sum() == 2 * len(test)).all()


def test_a_strategy_that_was_not_kept_is_told(unit, tmp_path):
    tables = run_unit(
        unit, {"scratch": SCRATCH, "zero_shot": ZERO_SHOT}, keep=["scratch"]
    )
    path = tmp_path / "networks.parquet"
    tables["networks"].to_parquet(path, index=False)
    assert set(pd.read_parquet(path)["strategy"]) == {"scratch"}
    with pytest.raises(DataError, match=r"networks\.parquet: keeps no .*'zero_shot'"):
        read_networks(path, "zero_shot")
