"""The benchmark: what passes, how cost is said to grow, and that its harness works."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from benchmarks import (
    accelerator,
    arithmetic,
    command,
    fan_out,
    overhead,
    prediction,
    scaling,
    training,
)
from benchmarks.light_curves import light_curves, ztf_lengths
from benchmarks.measure import BASELINE, ENGINE, Measurement, as_table, interleaved
from benchmarks.summary import COLUMNS, Row, summarise

from transients.model import Architecture, build_backbone, build_head, with_head


@pytest.mark.parametrize(
    ("row", "passes"),
    [
        (Row("twelve times as fast", 24.0, ">= 12", 2.0), True),
        (Row("not quite", 23.9, ">= 12", 2.0), False),
        (Row("small enough", 0.2, "<= 0.2"), True),
        (Row("too large", 0.21, "<= 0.2"), False),
        (Row("not measured", target=">= 12"), None),
        (Row("baseline not measured", 24.0, ">= 12", np.nan), None),
        (Row("engine not measured", np.nan, ">= 12", 2.0), None),
        (Row("for information", 24.0), None),
        (Row("exactly at a bound from above", 1.1, "<= 1.1"), True),
    ],
)
def test_target_is_met_or_not_or_nothing_was_measured(row, passes):
    assert row.passes is passes


def test_summary_leaves_empty_what_was_not_measured(tmp_path):
    rows = [Row("fast", 12.0, ">= 6", 2.0), Row("absent", target=">= 6")]
    summarise(rows).to_csv(tmp_path / "summary.csv", index=False)
    assert (tmp_path / "summary.csv").read_text().splitlines() == [
        "item,baseline,engine,ratio,target,pass",
        "fast,2.0,12.0,6.0,>= 6,true",
        "absent,,,,>= 6,",
    ]


@pytest.mark.parametrize("exponent", [0.0, 1.0, 1.5])
def test_power_law_is_found_through_scatter(exponent):
    x = np.array([1e3, 3e3, 1e4, 3e4, 1e5])
    scatter = np.array([1.02, 0.98, 1.0, 0.98, 1.02])
    found, scale = scaling.power_law(x, 7 * x**exponent * scatter)
    assert found == pytest.approx(exponent, abs=0.02)
    assert scale == pytest.approx(7, rel=0.2)


def test_sides_take_turns():
    calls = []
    sides = {side: lambda side=side: calls.append(side) or 1.0 for side in "ab"}
    measured = as_table(interleaved("case", "s", 2, **sides))
    assert calls == ["a", "b", "a", "b"]
    assert list(measured["repeat"]) == [0, 0, 1, 1]


def test_lengths_are_those_of_ztf():
    lengths = ztf_lengths(4000)
    assert np.median(lengths) == pytest.approx(60, rel=0.05)
    assert np.percentile(lengths, 95) == pytest.approx(161, rel=0.05)
    assert (lengths.min() >= 5, lengths.max()) == (True, 656)


def test_operations_of_the_papers_network():
    gru_1, gru_2 = 6 * 100 * (4 + 100), 6 * 100 * (100 + 100)
    assert arithmetic.flop_per_point(Architecture()) == gru_1 + gru_2 == 182_400
    dense = 100 * 100 + 1 * 10 + 110 * 100 + 100 * 100 + 100 * 12
    assert arithmetic.flop_per_object(Architecture(), 12) == 2 * dense


def fan_out_scores(shift):
    """AUROC of both ways, the engine's higher by `shift`, that scatter by 0.01."""
    scatter = {0: -0.01, 1: 0.0, 2: 0.01}
    cells = product(["transfer", "scratch"], [BASELINE, ENGINE], [50, 100], scatter)
    return as_table(
        Measurement(
            arm,
            side,
            0.7 + scatter[seed] + shift * (side == ENGINE),
            fan_out.AUROC,
            n_train,
            seed,
        )
        for arm, side, n_train, seed in cells
    )


def test_auroc_differs_in_units_of_its_spread():
    error = 0.01 * np.sqrt(2 / 3)
    found = fan_out.differences(fan_out_scores(shift=0.02))
    assert len(found) == 4
    assert found.to_numpy() == pytest.approx(0.02 / error)


def test_fan_out_adds_up_the_plain_runs_and_takes_the_median_of_the_workflows():
    times = {BASELINE: [100.0, 110.0, 90.0], ENGINE: [10.0, 30.0, 20.0]}
    walls = [
        Measurement(fan_out.FAN_OUT, side, seconds, fan_out.WALL, repeat=i)
        for side, values in times.items()
        for i, seconds in enumerate(values)
    ]
    details = pd.concat([as_table(walls), fan_out_scores(shift=0.0)])
    rate, difference = fan_out.summarise(details)
    assert rate.ratio == pytest.approx(300 / 20)
    assert rate.engine == pytest.approx(12 / (20 / 60))
    assert difference.passes


def test_overhead_is_what_the_cores_did_beside_learning():
    values = {overhead.LEARNING: 90.0, "all cores": 120.0}
    details = as_table(
        Measurement(case, ENGINE, value, overhead.CORE_SECONDS)
        for case, value in values.items()
    )
    share, *_ = overhead.summarise(details)
    assert share.engine == pytest.approx(0.25)
    assert share.passes is False


def test_no_accelerator_passes_nothing_and_fails_nothing():
    absent = Measurement(accelerator.ABSENT, ENGINE, np.nan, accelerator.RATE)
    (row,) = accelerator.summarise(as_table([absent]))
    assert accelerator.ABSENT in row.item
    assert row.passes is None


def test_light_curves_of_sources_that_targets_share_count_once():
    """Ten models of 900 trained and 100 validating, for two targets without units."""
    config = accelerator.paper_configuration()
    config["datasets"]["ztf_sims"]["simulate"]["counts"] = {"SNIa": 1000}
    for experiment in config["experiments"].values():
        experiment["strategies"] = {}
    trained = accelerator.light_curves_trained(config)
    assert trained == pytest.approx(10 * 40 * (900 + 100 / 3))


def test_a_frozen_backbone_costs_one_prediction():
    config = accelerator.paper_configuration()
    config["datasets"]["ztf_sims"]["simulate"]["counts"] = {}
    config["targets"] = ["bts"]
    bts = config["experiments"]["bts"]
    bts |= {"n_train": [200], "seeds": 1, "max_test": 300}
    scratch, transfer = bts["strategies"]["scratch"], bts["strategies"]["transfer"]
    bts["strategies"] = {"scratch": scratch}
    assert accelerator.light_curves_trained(config) == pytest.approx(40 * 200 + 100)
    bts["strategies"] = {"transfer": transfer}
    assert accelerator.light_curves_trained(config) == pytest.approx(200 / 3 + 100)


def test_the_papers_cost_can_be_estimated_with_all_its_strategies():
    config = accelerator.paper_configuration()
    config["datasets"]["ztf_sims"]["simulate"]["counts"] = {"SNIa": 1000}
    whole = accelerator.light_curves_trained(config)
    del config["experiments"]["bts"]["strategies"]["features"]
    assert accelerator.light_curves_trained(config) == whole  # trees train no network
    del config["experiments"]["bts"]["strategies"]["zero_shot"]
    assert accelerator.light_curves_trained(config) < whole


def test_plain_network_answers_as_the_engines():
    from benchmarks import plain

    small = Architecture((4, 4), 4, 2, (4, 4))
    backbone = build_backbone(small)
    ours = with_head(backbone, build_head(4, 12, []))
    theirs = plain.with_weights_of(ours, small, 12)
    data = light_curves(np.array([5, 9, 7]))
    shown = {
        "light_curve": data.padded(np.arange(3)),
        "metadata": data.metadata,
    }
    np.testing.assert_allclose(
        theirs.predict_on_batch(plain.padded(data)),
        ours.predict_on_batch(shown),
        atol=1e-6,
    )


def test_plain_class_weights_are_the_workflows():
    from benchmarks import plain

    from transients.training import class_weights

    labels = np.array([0, 0, 0, 2])
    ours = class_weights(labels, 3)
    assert plain.class_weight(labels) == pytest.approx({0: ours[0], 2: ours[2]})


def test_items_asked_for_are_measured_and_the_page_names_the_others(tmp_path, capfd):
    command.main(["accelerator", "prediction", "--quick", "--results", str(tmp_path)])
    summary = pd.read_csv(tmp_path / "summary.csv", dtype={"pass": str})
    assert list(summary) == COLUMNS
    same = summary[summary["item"].str.contains("same result")]
    assert list(same["pass"]) == ["true"]
    details = pd.read_csv(tmp_path / "prediction.csv")
    assert set(details["side"]) == {BASELINE, ENGINE}
    html = (tmp_path / "index.html").read_text()
    assert "Not measured yet: training, fan_out, arithmetic" in html
    assert "toy" in html
    assert html.count("<img") == 1  # none of what was not measured
    assert "http" not in html.replace("http://www.w3.org", "")
    assert "prediction, engine, repeat 0" in capfd.readouterr().out


def test_unknown_item_is_refused(tmp_path):
    with pytest.raises(SystemExit):
        command.main(["pretiction", "--results", str(tmp_path)])
    assert not list(tmp_path.iterdir())


def test_every_item_tells_how_it_is_measured():
    for item in command.ITEMS.values():
        title, how = item.__doc__.split("\n\n", 1)
        assert title.endswith(".")
        assert len(how) > 200
    assert training in command.ITEMS.values()
    assert prediction in command.ITEMS.values()
