"""Figures hold the right data, fit, and are written the same every time."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from figure_texts import assert_apart, texts_of, words
from matplotlib.colors import to_hex
from matplotlib.container import ErrorbarContainer

from transients.aggregation import PERFORMANCE_COLUMNS
from transients.errors import ConfigurationError, DataError
from transients.plotting import FIGURES, FigureOptions, save_figure
from transients.plotting.style import COLUMN, LOOKS, PAGE, looks_of
from transients.wording import cap_in_words

BTS = ("SN Ia", "SN II", "SN Ib/c", "SLSN-I", "TDE")
LSST = tuple(f"class {i}" for i in range(12))
SIZES = (100, 200, 1000)


def performance(target, labels, sizes=SIZES, seeds=3):
    """AUROCs that tell strategy, class, size and seed; one strategy at one size."""
    rows = []
    levels = {"transfer": 0.7, "scratch": 0.5, "scratch_fair": 0.6}
    for strategy, level in levels.items():
        for n in sizes if strategy != "scratch_fair" else sizes[-1:]:
            for seed in range(seeds):
                for i, label in enumerate(labels):
                    auroc = level + 0.02 * i + n / 10000 + 0.01 * seed
                    rows.append(
                        (target, strategy, n, seed, label, auroc, 9, i, 50, None, False)
                    )
    return pd.DataFrame(rows, columns=PERFORMANCE_COLUMNS)


@pytest.fixture(scope="module")
def table():
    return pd.concat(
        [
            performance("bts", ["macro", "macro_common_only", *BTS]),
            performance("lsst_sims", ["macro", *LSST]),
        ],
        ignore_index=True,
    )


def errorbars(axes):
    """Return {label: (n, centre, half-length of the bar)} as drawn."""
    drawn = {}
    for container in axes.containers:
        assert isinstance(container, ErrorbarContainer)
        line, _, (bars,) = container.lines
        segments = [x for x in bars.get_segments() if len(x)]
        halves = [np.ptp(segment[:, 1]) / 2 for segment in segments]
        drawn[container.get_label()] = (line.get_xdata(), line.get_ydata(), halves)
    return drawn


@pytest.mark.parametrize(
    ("name", "offset"), [("fig1_left", 0.0), ("fig1_right", 0.0), ("fig5", 0.02)]
)
def test_averages_draw_mean_and_standard_deviation(table, name, offset):
    figure = FIGURES[name](table)
    drawn = errorbars(figure.axes[0])
    assert set(drawn) == {LOOKS["transfer"].label, LOOKS["scratch"].label}
    n, centre, bars = drawn["transfer"]
    assert list(n) == list(SIZES)
    assert centre == pytest.approx(offset + np.array([0.72, 0.73, 0.81]))
    assert bars == pytest.approx([0.01] * 3)
    assert figure.get_figwidth() == COLUMN


@pytest.mark.parametrize("name", ["fig1_left", "fig3"])
def test_the_papers_figures_do_not_show_what_was_scored_without_labels(table, name):
    unlabelled = table[table["n_train"] == 100].assign(n_train=0, n_test_class=9000)
    rows = pd.concat([table, unlabelled], ignore_index=True)
    axes = FIGURES[name](rows, FigureOptions(classes=BTS)).axes[0]
    assert all(list(n) == list(SIZES) for n, _, _ in errorbars(axes).values())
    assert "9,000" not in axes.get_title(loc="right")


def test_median_and_its_spread_are_drawn_and_named(table):
    rows = table[(table["target"] == "bts") & (table["class"] == "macro")].copy()
    rows.loc[rows["seed"] == 2, "auroc"] += 0.5
    figure = FIGURES["fig1_left"](rows, FigureOptions(centre_and_spread="median_mad"))
    _, centre, bars = errorbars(figure.axes[0])["transfer"]
    assert centre == pytest.approx([0.72, 0.73, 0.81])
    assert bars == pytest.approx([0.01] * 3)
    assert any("median of 3 runs; bars: median absolute" in x for x in words(figure))


@pytest.mark.parametrize(
    ("name", "classes", "width"), [("fig3", BTS, COLUMN), ("fig4", LSST, PAGE)]
)
def test_each_class_has_its_panel(table, name, classes, width):
    shown = classes[::-1]
    figure = FIGURES[name](table, FigureOptions(classes=shown))
    panels = [axes for axes in figure.axes if axes.containers]
    assert [axes.get_title(loc="left") for axes in panels] == list(shown)
    first = 2 if name == "fig3" else 1
    for axes, label in zip(panels, shown, strict=True):
        i = first + classes.index(label)
        centre = errorbars(axes)["transfer"][1]
        assert centre == pytest.approx(0.02 * i + np.array([0.72, 0.73, 0.81]))
        assert axes.get_title(loc="right") == f"{i} in test"
    assert len({axes.get_ylim() for axes in panels}) == 1
    assert figure.get_figwidth() == width


def test_the_range_of_test_objects_is_shown(table):
    rows = table.copy()
    few = (rows["n_train"] == 1000) & (rows["class"] == "TDE")
    rows.loc[few, "n_test_class"] = 1
    figure = FIGURES["fig3"](rows, FigureOptions(classes=("TDE",)))
    assert figure.axes[0].get_title(loc="right") == "1–6 in test"


def test_results_on_few_objects_are_open_markers_and_undefined_ones_left_out(table):
    rows = table.copy()
    scratch = (rows["strategy"] == "scratch") & (rows["class"] == "macro")
    one_run = scratch & (rows["n_train"] == 1000) & (rows["seed"] > 0)
    nowhere = scratch & (rows["n_train"] == 200)
    rows.loc[one_run | nowhere, ["auroc", "few_tested"]] = np.nan, True
    figure = FIGURES["fig1_left"](rows)
    _, centre, _ = errorbars(figure.axes[0])[LOOKS["scratch"].label]
    assert centre == pytest.approx([0.52, np.nan, 0.6], nan_ok=True)
    markers = {
        to_hex(line.get_markerfacecolor()): list(line.get_xdata())
        for line in figure.axes[0].lines
        if line.get_marker() == LOOKS["scratch"].marker and line.get_xdata().size
    }
    assert 1000 in markers["#ffffff"]
    assert markers[LOOKS["scratch"].colour.lower()] == [100]
    assert any("fewer than 3 test objects" in text for text in words(figure))
    complete = FIGURES["fig1_left"](table)
    assert not any("Open" in text for text in words(complete))


def test_a_strategy_run_at_some_sizes_is_not_a_line(table):
    somewhere = (table["strategy"] != "scratch") | (table["n_train"] == 1000)
    figure = FIGURES["fig1_left"](table[somewhere])
    styles = {
        x.get_label(): x.lines[0].get_linestyle() for x in figure.axes[0].containers
    }
    assert styles[LOOKS["transfer"].label] == "-"
    assert styles[LOOKS["scratch"].label] == "None"


def test_few_sizes_are_the_ticks(table):
    axes = FIGURES["fig1_left"](table).axes[0]
    axes.figure.draw_without_rendering()
    assert [x.get_text() for x in axes.get_xticklabels()] == ["100", "200", "1,000"]
    assert axes.get_xscale() == "log"


@pytest.mark.parametrize(
    "sizes", [(100,), (100, 110, 120, 1000), tuple(range(100, 4001, 100))]
)
@pytest.mark.parametrize("name", ["fig1_left", "fig3"])
def test_tick_labels_do_not_overlap(name, sizes):
    rows = performance("bts", ["macro", *BTS], sizes, seeds=2)
    figure = FIGURES[name](rows, FigureOptions(classes=BTS))
    figure.draw_without_rendering()
    axes = [axes for axes in figure.axes if axes.containers][-1]
    labels = [x for x in axes.get_xticklabels() if x.get_text()]
    boxes = [x.get_window_extent() for x in labels]
    assert labels[0].get_text() == f"{min(sizes):,}"
    assert labels[-1].get_text() == f"{max(sizes):,}"
    for left, right in pairwise(boxes):
        assert left.x1 < right.x0


@pytest.mark.parametrize("name", ["fig1_left", "fig3", "fig4"])
def test_no_text_leaves_the_figure_or_covers_another(table, name):
    options = FigureOptions(
        title="BTS-like simulation",
        note=f"{cap_in_words(5000)}; " * 6,
        classes=BTS if name == "fig3" else LSST,
    )
    figure = FIGURES[name](table, options)
    figure.draw_without_rendering()
    page = figure.bbox
    boxes = [(x.get_text(), x.get_window_extent()) for x in texts_of(figure)]
    for text, box in boxes:
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, text
        assert page.y0 <= box.y0 <= box.y1 <= page.y1, text
    assert_apart(boxes)


def test_title_note_and_statistics_are_written(table):
    options = FigureOptions(title="real ZTF BTS", note=cap_in_words(5000))
    text = " ".join(words(FIGURES["fig1_left"](table, options)))
    assert "real ZTF BTS" in text
    assert "Tested on at most 5,000 light curves, drawn at random." in text
    assert "Points: mean of 3 runs; bars: standard deviation." in text


def test_chance_is_marked_only_in_view(table):
    assert "chance" in words(FIGURES["fig1_left"](table))
    high = table.assign(auroc=table["auroc"] + 0.2)
    assert "chance" not in words(FIGURES["fig1_left"](high))


def test_colours_markers_and_shifts_tell_strategies_apart():
    looks = looks_of([*LOOKS, "mine", "theirs", "yours"])
    for quality in ("colour", "marker", "shift", "label"):
        assert len({getattr(look, quality) for look in looks.values()}) == len(looks)
    assert list(looks)[: len(LOOKS)] == list(LOOKS)


def test_any_number_of_strategies_of_ones_own_can_be_drawn():
    assert list(looks_of("edcba")) == list("abcde")


def test_a_target_that_was_not_run_is_refused(table):
    bts = table[table["target"] == "bts"]
    with pytest.raises(DataError, match="lsst_sims"):
        FIGURES["fig1_right"](bts)


@pytest.mark.parametrize("suffix", ["pdf", "png"])
def test_the_same_figure_is_the_same_file(table, suffix, tmp_path):
    paths = [tmp_path / f"{i}.{suffix}" for i in range(2)]
    for path in paths:
        save_figure(FIGURES["fig1_left"](table), [path])
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert b"CreationDate" not in first
    if suffix == "pdf":
        assert b"/CIDFontType2" in first  # TrueType outlines, editable text
        assert b"/Type3" not in first


def test_an_unknown_format_is_refused(table, tmp_path):
    with pytest.raises(ConfigurationError, match="svg"):
        save_figure(FIGURES["fig1_left"](table), [tmp_path / "figure.svg"])
