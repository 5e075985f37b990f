"""Figures of all strategies and of the ablation show all there is."""

import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from command_line import ROOT
from matplotlib.text import Text

from transients.aggregation import PERFORMANCE_COLUMNS
from transients.plotting import VIEWS, FigureOptions
from transients.plotting.ablation import draw_ablation
from transients.plotting.axes import OPEN
from transients.plotting.direct_labels import spread
from transients.plotting.label_axes import places
from transients.plotting.style import BLUE, GREY, LOOKS, RED

CLASSES = ("SN Ia", "TDE")
SIZES = (0, 100, 1000)
LEVELS = {"best": 0.95, "zero_shot": 0.90, "scratch": 0.60}
OPTIONS = FigureOptions("real", classes=CLASSES)


def performance(levels=LEVELS, sizes=SIZES, averages=("macro", "macro_common")):
    """AUROCs that rise with n; scratch needs labels, and warm_head has one size."""
    rows = []
    for strategy, level in {**levels, "warm_head": 0.92}.items():
        for n in sizes if strategy != "warm_head" else sizes[1:2]:
            for seed in range(3 if n else 1):
                for name in (*averages, *CLASSES):
                    auroc = level + n / 50000 + 0.01 * seed
                    key = ("bts", strategy, n, seed, name)
                    rows.append((*key, auroc, 9, 2000 - n, 3000, None, False))
    table = pd.DataFrame(rows, columns=PERFORMANCE_COLUMNS)
    return table[(table["strategy"] != "scratch") | (table["n_train"] > 0)]


def texts(figure):
    figure.draw_without_rendering()
    return [x.get_text().replace("\n", " ") for x in figure.findobj(Text)]


def markers(axes, strategy, face=None):
    """Return the places and heights of a strategy's markers, those with this face."""
    look = LOOKS[strategy]
    chosen = [
        line.get_xydata()
        for line in axes.lines
        if line.get_marker() == look.marker
        and line.get_linestyle() == "None"
        and line.get_markerfacecolor() == (face or look.colour)
        and len(line.get_xydata())
    ]
    return np.concatenate(chosen) if chosen else np.empty((0, 2))


def test_every_strategy_is_drawn_and_named_in_both_panels():
    figure = VIEWS["strategies"](performance(), "bts", OPTIONS)
    assert len(figure.axes) == 2
    names = texts(figure)
    for strategy in (*LEVELS, "warm_head"):
        assert names.count(LOOKS[strategy].label) == 2
        for axes in figure.axes:
            assert len(markers(axes, strategy))


def test_a_target_without_common_classes_has_one_panel():
    table = performance(averages=["macro"])
    assert len(VIEWS["strategies"](table, "bts", OPTIONS).axes) == 1


def test_zero_labels_stand_on_the_axis_left_of_a_break():
    axes = VIEWS["strategies"](performance(), "bts", OPTIONS).axes[0]
    axes.figure.draw_without_rendering()
    assert [x.get_text() for x in axes.get_xticklabels()] == ["0", "100", "1,000"]
    x, y = markers(axes, "zero_shot").T
    assert y == pytest.approx([0.90, 0.912, 0.93])
    assert axes.get_xlim()[0] < x[0] < 100
    assert list(x[1:]) == [100, 1000]
    assert list(markers(axes, "scratch")[:, 0]) == [100, 1000]


def test_without_zero_the_axis_is_whole():
    axes = VIEWS["strategies"](performance(sizes=(100, 1000)), "bts", OPTIONS).axes[0]
    axes.figure.draw_without_rendering()
    assert [x.get_text() for x in axes.get_xticklabels()] == ["100", "1,000"]


def test_zero_labels_alone_can_be_drawn():
    table = performance(sizes=(0,))
    axes = VIEWS["strategies"](table, "bts", OPTIONS).axes[0]
    axes.figure.draw_without_rendering()
    assert [x.get_text() for x in axes.get_xticklabels()] == ["0"]


def test_zero_is_apart_from_the_smallest_size_whatever_that_is():
    for sizes in [(0, 20), (0, 100, 5000)]:
        at = places(pd.Series(sizes), sizes, width=2.0)
        assert 0 < at[0] < 0.9 * sizes[1]
        assert list(at[1:]) == list(sizes[1:])


def test_results_on_few_test_objects_are_open_and_explained():
    table = performance()
    assert OPEN not in " ".join(texts(VIEWS["strategies"](table, "bts", OPTIONS)))
    few = (table["strategy"] == "best") & (table["n_train"] == 1000)
    figure = VIEWS["strategies"](table.assign(few_tested=few), "bts", OPTIONS)
    assert list(markers(figure.axes[0], "best", "white")[:, 0]) == [1000]
    assert OPEN in " ".join(texts(figure))


def test_each_class_has_a_panel_with_its_number_of_test_objects():
    figure = VIEWS["strategies_by_class"](performance(), "bts", OPTIONS)
    assert [axes.get_title(loc="left") for axes in figure.axes] == list(CLASSES)
    assert figure.axes[0].get_title(loc="right") == "1,000–2,000 in test"
    assert len(markers(figure.axes[1], "best")) == len(SIZES)


def test_an_auroc_of_one_and_one_that_is_undefined_can_be_drawn():
    table = performance()
    tde = (table["class"] == "TDE") & (table["n_train"] == 1000)
    table.loc[tde & (table["strategy"] == "best"), "auroc"] = 1.0
    table.loc[tde & (table["strategy"] == "scratch"), "auroc"] = np.nan
    axes = VIEWS["strategies_by_class"](table, "bts", OPTIONS).axes[1]
    axes.figure.draw_without_rendering()
    assert axes.get_ylim()[1] >= 1
    assert markers(axes, "best")[-1, 1] == 1


@pytest.mark.parametrize("view", VIEWS)
def test_what_reaches_beyond_1_is_cut_there_and_the_note_says_so(view):
    table = performance()
    assert "cut at" not in " ".join(texts(VIEWS[view](table, "bts", OPTIONS)))
    chosen = table["strategy"].isin(["best", "warm_head"]) & (table["seed"] < 2)
    table.loc[chosen, "auroc"] = 1.0  # and one below: mean + deviation > 1
    figure = VIEWS[view](table, "bts", OPTIONS)
    assert "standard deviation, cut at 1." in " ".join(texts(figure))
    for axes in figure.axes:
        tops = [
            path.vertices[:, 1].max()
            for drawn in axes.collections
            for path in drawn.get_paths()
        ]
        assert max(tops) == pytest.approx(1)


@pytest.mark.parametrize(
    ("view", "times"), [("strategies", 2), ("strategies_by_class", 1)]
)
def test_the_line_of_chance_is_named_where_it_is_drawn(view, times):
    figure = VIEWS[view](performance({**LEVELS, "scratch": 0.45}), "bts", OPTIONS)
    assert texts(figure).count("chance") == times


@pytest.mark.parametrize("view", VIEWS)
def test_no_text_covers_another_or_leaves_the_figure(view):
    levels = {name: 0.9 for name in LOOKS if name != "warm_head"}
    options = FigureOptions("real", "tested on few " * 9, classes=CLASSES)
    figure = VIEWS[view](performance(levels), "bts", options)
    figure.draw_without_rendering()
    shown = [x for x in figure.findobj(Text) if x.get_text() and x.get_visible()]
    boxes = {x.get_text(): x.get_window_extent() for x in shown}
    for text, box in boxes.items():
        assert figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0 <= box.y1 <= figure.bbox.y1, text
    names = [boxes[look.label] for look in LOOKS.values()]
    for i, box in enumerate(names):
        assert not any(box.padded(-1).overlaps(x.padded(-1)) for x in names[:i])


def test_names_are_spread_in_order_and_stay_inside():
    wanted = np.array([0.99, 0.5, 0.51, 0.52, 0.0])
    placed = spread(wanted, 0.1)
    order = np.argsort(wanted)
    assert all(b - a >= 0.1 - 1e-9 for a, b in pairwise(placed[order]))
    assert placed[[1, 2, 3]] == pytest.approx([0.41, 0.51, 0.61])
    assert placed[[0, 4]] == pytest.approx([0.99, 0.0])
    crowded = spread(np.full(5, 1.0), 0.2)
    assert crowded == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])


def test_the_page_on_strategies_gives_each_its_name_in_figures():
    page = (ROOT / "config" / "README.md").read_text()
    _, table = page.split("| strategy | in figures |")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", table.split("\n\n")[0], re.M))
    assert rows == {name: look.label for name, look in LOOKS.items()}


# What ingredients are worth


def ablation():
    rows = [
        ("bts", 100, "macro", "season gaps", "none", -0.02, -0.03, -0.01, 5, False),
        ("bts", 100, "macro", "asinh flux", "linear", 0.02, 0.01, 0.03, 5, False),
        ("bts", 100, "macro", "two surveys", "one", 0.00, -0.01, 0.01, 5, True),
        ("bts", None, None, "never run", "so", None, None, None, None, False),
        ("plasticc", 500, "macro", "season gaps", "none", -0.01, -0.02, 0.01, 5, False),
    ]
    names = (
        "target n_train average ingredient change difference lo hi n_runs few_tested"
    )
    return pd.DataFrame(rows, columns=names.split())


def test_ingredients_are_drawn_in_their_order_with_intervals():
    figure = draw_ablation(ablation(), {"bts": "real BTS", "plasticc": "PLAsTiCC"})
    bts, plasticc = figure.axes
    assert [x.get_text() for x in bts.get_yticklabels()] == [
        "season gaps: none",
        "asinh flux: linear",
        "two surveys: one",
    ]
    assert bts.get_ylim()[0] > bts.get_ylim()[1]
    points = [line for line in bts.lines if line.get_marker() == "o"]
    assert [x.get_xdata()[0] for x in points] == [-0.02, 0.02, 0.0]
    assert [x.get_color() for x in points] == [BLUE, RED, GREY]
    assert [x.get_markerfacecolor() for x in points] == [BLUE, RED, "white"]
    bars = [tuple(x.get_segments()[0][:, 0]) for x in bts.collections]
    assert bars == [(-0.03, -0.01), (0.01, 0.03), (-0.01, 0.01)]
    assert bts.get_xlim() == plasticc.get_xlim()
    words = texts(figure)
    assert {"real BTS, n = 100", "PLAsTiCC, n = 500"} <= set(words)
    assert any("mean over 5 runs" in text and OPEN in text for text in words)
