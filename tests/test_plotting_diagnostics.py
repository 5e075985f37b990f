"""Figures of diagnostics show every strategy and class, and what they rest on."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from transients.calibration import reliability
from transients.confusion import confusion
from transients.plotting import FigureOptions
from transients.plotting.confusion import draw_confusion
from transients.plotting.embeddings import draw_embeddings
from transients.plotting.learning import draw_learning
from transients.plotting.reliability import FEWEST_SHOWN, draw_reliability
from transients.plotting.roc import draw_roc
from transients.plotting.since_trigger import draw_since_trigger
from transients.roc import roc_curves
from transients.run_predictions import RunPredictions, of_each_run

NAMES = {"few": ("SN Ia", "SN II", "TDE"), "many": tuple("ABCDEFGHIJKL")}
STRATEGIES = ("transfer", "scratch", "best")
DRAWN = {
    draw_confusion: confusion,
    draw_roc: roc_curves,
    draw_reliability: reliability,
}


def runs(classes, n=300):
    rng = np.random.default_rng(3)
    for strategy in STRATEGIES:
        for seed in range(2):
            truth = rng.integers(0, len(classes), n)
            probabilities = rng.dirichlet(np.ones(len(classes)), n)
            yield RunPredictions(strategy, seed, classes, truth, probabilities)


def texts(figure):
    figure.draw_without_rendering()
    return [x.get_text().replace("\n", " ") for x in figure.findobj(Text)]


@pytest.mark.parametrize("classes", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_every_strategy_is_named_and_no_text_is_cut_off(draw, classes):
    (table,) = of_each_run(runs(classes), DRAWN[draw])
    figure = draw(table, FigureOptions("simulated", "on few", classes=classes))
    said = texts(figure)
    assert {"simulated", "transfer", "from scratch", "best"} <= set(said)
    assert any("2 runs" in text and text.endswith("on few") for text in said)
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert min(box.x0, box.y0) >= 0
    assert (box.x1 <= width, box.y1 <= height) == (True, True)


def test_a_long_title_is_not_cut_off_above_one_panel():
    title = "A survey with a long name (simulated), 1,000 labelled light curves"
    one = (run for run in runs(NAMES["few"]) if run.strategy == "best")
    (table,) = of_each_run(one, reliability)
    figure = draw_reliability(table, FigureOptions(title, classes=NAMES["few"]))
    assert title in texts(figure)
    (written,) = [x for x in figure.texts if x.get_text().startswith("A survey")]
    assert written.get_window_extent().x1 <= figure.bbox.x1


def test_a_panel_for_each_class_says_how_many_were_tested():
    (table,) = of_each_run(runs(NAMES["few"]), roc_curves)
    figure = draw_roc(table, FigureOptions(classes=NAMES["few"]))
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == [*NAMES["few"]]
    of_class = table[table["class"] == "TDE"]["n_test_class"]
    assert f"{of_class.min()}–{of_class.max()} in test" in texts(figure)


def since_trigger_table(classes):
    """AUROC that grows by .1 a cut, by 0.02 more in seed 1; nothing seen at -10 d."""
    return pd.DataFrame(
        {
            "strategy": strategy,
            "seed": seed,
            "days": day,
            "class": name,
            "auroc": 0.5 + 0.1 * step + 0.02 * seed,
            "n_test_class": 40,
            "n_observed": 40 * (day >= 0),
            "n_enough": 10 * step,
        }
        for strategy in ("transfer", "scratch")
        for seed in range(2)
        for step, day in enumerate((-10.0, 0.0, 20.0, 70.0))
        for name in ("macro", *classes)
    )


@pytest.mark.parametrize("classes", NAMES.values(), ids=NAMES)
def test_each_day_since_trigger_has_its_mean_and_what_it_rests_on(classes):
    options = FigureOptions("simulated", "on few", classes=classes)
    figure = draw_since_trigger(since_trigger_table(classes), 5, options)
    said = texts(figure)
    assert {"simulated", "transfer", "from scratch", "mean of classes"} <= set(said)
    assert {*classes, "chance", "any point", "5 points", "0.810"} <= set(said)
    assert any("2 runs" in text and text.endswith("on few") for text in said)
    assert len(figure.axes) == len(classes) + 2
    for line in figure.axes[0].lines[0], figure.axes[-2].lines[0]:
        days_and_means = [[-10, 0.51], [0, 0.61], [20, 0.71], [70, 0.81]]
        np.testing.assert_allclose(line.get_xydata(), days_and_means)
    open_ones = [x for x in figure.axes[0].lines if x.get_markerfacecolor() == "white"]
    assert [x.get_xdata().tolist() for x in open_ones] == [[-10], [-10]]
    observed, enough = (line.get_ydata().tolist() for line in figure.axes[-1].lines)
    assert (observed, enough) == ([0, 1, 1, 1], [0, 0.25, 0.5, 0.75])
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert min(box.x0, box.y0) >= 0
    assert (box.x1 <= width, box.y1 <= height) == (True, True)


@pytest.mark.parametrize("alike", [False, True])
def test_numbers_of_the_last_day_lie_on_nothing(alike):
    table = since_trigger_table(NAMES["many"])
    if alike:
        table["auroc"] = 0.5  # where chance is, too
    figure = draw_since_trigger(table, 5, FigureOptions(classes=NAMES["many"]))
    figure.draw_without_rendering()
    for axes in figure.axes[:-1]:
        written = [x for x in axes.texts if x.get_text()]
        titles = [axes.title, axes._left_title, axes._right_title]
        boxes = [x.get_window_extent() for x in (*written, *titles) if x.get_text()]
        assert all(box.x0 > axes.bbox.x1 for box in boxes[: len(written)])
        for i, box in enumerate(boxes):
            assert not any(box.padded(-1).overlaps(x.padded(-1)) for x in boxes[:i])


def test_a_band_beyond_1_is_cut_and_the_note_says_so():
    table = since_trigger_table(NAMES["few"])
    options = FigureOptions(classes=NAMES["few"])
    said = " ".join(texts(draw_since_trigger(table, 5, options)))
    assert "bands: standard deviation;" in said
    table["auroc"] += 0.18 * (table["days"] == 70)  # .98 and 1
    said = " ".join(texts(draw_since_trigger(table, 5, options)))
    assert "bands: standard deviation, cut at 1;" in said


def test_the_axes_of_a_confusion_matrix_say_which_class_is_which():
    (table,) = of_each_run(runs(NAMES["few"]), confusion)
    first, *others = draw_confusion(table, FigureOptions(classes=NAMES["few"])).axes
    assert first.get_ylabel() == "true class"
    assert {axes.get_xlabel() for axes in (first, *others)} == {"predicted class"}


def test_bins_of_few_objects_have_no_point():
    (table,) = of_each_run(runs(NAMES["few"]), reliability)
    figure = draw_reliability(table, FigureOptions(classes=NAMES["few"]))
    for axes, strategy in zip(
        figure.axes, ("transfer", "scratch", "best"), strict=True
    ):
        objects = table[table["strategy"] == strategy].groupby("bin")["n"].sum()
        shown = [line for line in axes.lines if line.get_marker() not in ("None", "_")]
        points = max(len(line.get_xdata()) for line in shown)
        assert points == (objects >= FEWEST_SHOWN).sum() < len(objects)


def test_every_network_has_its_curves_and_its_best_epoch():
    epochs = pd.DataFrame({"epoch": [1, 2, 3], "loss": [3.0, 2.0, 1.0]})
    curves = pd.concat(
        [
            epochs.assign(name="a", seed=0, member=0, val_loss=[2.0, 1.5, 1.8]),
            epochs.assign(name="a", seed=1, member=0, val_loss=[2.0, 1.6, 1.2]),
            epochs.assign(name="b", seed=0, member=0, val_loss=np.nan),
        ]
    )
    labels = {"a": "network a", "b": "network b"}
    figure = draw_learning(curves, labels, FigureOptions("simulated"))
    first, second = figure.axes
    assert [len(line.get_xdata()) for line in first.lines] == [3, 3, 1, 3, 3, 1]
    assert list(first.lines[2].get_xydata()[0]) == [2, 1.5]
    assert len(second.lines) == 1  # nothing validated it
    assert any("seeds" in text for text in texts(figure))


def test_the_map_of_embeddings_names_each_class_and_cuts_nothing_off():
    rng = np.random.default_rng(1)
    names = NAMES["many"]
    objects = pd.DataFrame(
        {
            "survey": rng.choice(["source", "target"], 300),
            "class": rng.choice([*names, ""], 300),
            "x": rng.normal(size=300),
            "y": rng.normal(size=300),
            "variance_x": 0.5,
            "variance_y": 0.25,
        }
    )
    numbers = {"n_source": 10, "n_target": 1200, "survey_auroc": 0.75}
    alike = pd.DataFrame({"class": names, **numbers, "neighbours": np.nan})
    figure = draw_embeddings(objects, alike, "simulated ZTF", FigureOptions("toys"))
    said = texts(figure)
    assert {"simulated ZTF and toys", *names, "0.75", "1,200", "–"} <= set(said)
    assert any("50% and 25%" in text for text in said)
    assert {"first principal component", "second principal component"} <= set(said)
    places = {tuple(place) for place in objects[["x", "y"]].to_numpy()}
    for axes in figure.axes:
        large = [x.get_xydata() for x in axes.lines if x.get_markersize() > 5]
        assert len(large) == len(names)
        assert all(tuple(place) in places for (place,) in large)
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert min(box.x0, box.y0) >= 0
    assert (box.x1 <= width, box.y1 <= height) == (True, True)
