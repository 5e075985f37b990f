"""A data sheet's page shows the right data, fits, and is the same every time."""

import numpy as np
import pandas as pd
import pytest
import toys
from matplotlib.collections import LineCollection
from matplotlib.text import Text

from transients.datasheets import describe
from transients.encoding import Encoding
from transients.plotting.datasheet import draw_datasheet
from transients.plotting.page import SheetOptions, shortened
from transients.plotting.passbands import looks_of_passbands
from transients.plotting.style import PAGE, save_figure
from transients.tables import TablesWriter, Vocabulary

ZTF = {"g": 0.472, "r": 0.634}
LSST = {"u": 0.36, "g": 0.476, "r": 0.6215, "i": 0.7545, "z": 0.87, "y": 1.015}
MANY = {f"band {i}": 0.2 + 0.2 * i for i in range(12)}


def survey(n_objects, n_points, classes, passbands, seed=0):
    """Objects of all classes but the last, with noise of any sign, and redshifts."""
    rng = np.random.default_rng(seed)
    names = [f"ZTF an object with a long name {i}" for i in range(n_objects)]
    tables = toys.survey(names, n_points)
    used = np.array(classes[:-1] or classes, dtype=object)
    tables.objects["class"] = used[np.arange(n_objects) % len(used)]
    tables.objects["redshift"] = rng.uniform(0, 2, n_objects)
    points = tables.light_curves
    points["passband"] = rng.choice(list(passbands), len(points))
    points["flux"] = rng.normal(0, 1, len(points)) * 10 ** rng.uniform(0, 5)
    points["detected"] = points["flux"] > points["flux"].std()
    return tables


@pytest.fixture
def page_of(tmp_path):
    """Returns the figure of tables, and the sheet it shows."""

    def draw(tables, classes, passbands, dropped=(), title="a toy"):
        objects, points = tmp_path / "objects.parquet", tmp_path / "points.parquet"
        words = Vocabulary("toy", classes, list(passbands))
        with TablesWriter(objects, points, words, {}) as writer:
            writer.write(tables)
        rules = Encoding(passbands, tuple(classes), trigger="first_detection")
        counts = pd.DataFrame({"class": classes, "n": range(1, len(classes) + 1)})
        listed = pd.DataFrame(dropped, columns=["object_id", "reason"])
        sheet = describe(pd.read_parquet(objects), points, rules, counts, listed)
        options = SheetOptions(title, rules.classes, passbands, rules.window, 500.0)
        return draw_datasheet(sheet, options), sheet

    return draw


def texts_of(figure):
    """Return the visible texts, ticks as well, each once."""
    figure.draw_without_rendering()
    texts = {id(x): x for x in figure.findobj(Text) if x.get_text() and x.get_visible()}
    for axes in figure.axes:
        for axis, (low, high) in (
            (axes.xaxis, sorted(axes.get_xlim())),
            (axes.yaxis, sorted(axes.get_ylim())),
        ):
            for tick in axis.get_major_ticks():
                if not (tick.label1.get_visible() and low <= tick.get_loc() <= high):
                    texts.pop(id(tick.label1), None)
    return list(texts.values())


def words(figure):
    return [text.get_text().replace("\n", " ") for text in texts_of(figure)]


CASES = {
    "BTS": (("SN Ia", "SN II", "TDE"), ZTF, 30, 12),
    "LSST": (("SNIa", "SNIa-91bg"), LSST, 6, 20),
    "many": (tuple(f"a very long class {i}" for i in range(20)), MANY, 19, 30),
    "one": (("SN Ia", "TDE"), ZTF, 1, 1),
}
REASONS = [
    *[
        ("a", f"class 'a class of rather a long name {i}' is not used")
        for i in range(9)
    ],
    *[("b", f"{i} near-duplicate observations removed") for i in range(1, 5)],
    *[("c", f"reason with $ and \\ and words {'x ' * i}") for i in range(5)],
]


@pytest.mark.parametrize("case", CASES)
def test_no_text_leaves_the_page_or_covers_another(page_of, case):
    classes, passbands, n_objects, n_points = CASES[case]
    tables = survey(n_objects, n_points, classes, passbands)
    figure, _ = page_of(tables, classes, passbands, REASONS, "a long title " * 12)
    assert figure.get_figwidth() == PAGE
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts_of(figure)]
    page = figure.bbox
    for text, box in boxes:
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, text
        assert page.y0 <= box.y0 <= box.y1 <= page.y1, text
    for i, (text, box) in enumerate(boxes):
        for other, its in boxes[:i]:
            assert not box.padded(-1).overlaps(its.padded(-1)), (text, other)


def test_the_numbers_are_written(page_of):
    tables = toys.survey(("a", "b", "c"), 6)
    dropped = [("x", "2 near-duplicate observations removed"), ("y", "no trigger")]
    figure, _ = page_of(tables, ("A", "B", "C"), ZTF, dropped, "simulated toys")
    text = words(figure)
    assert {"simulated toys", "near-duplicate observations removed", "0.472"} <= set(
        text
    )
    assert "Objects: 3 in 3 classes" in " ".join(text)
    assert "500 FLUXCAL: mean 0.7, median 0.6" in " ".join(text)
    after = {name: text[text.index(name) :][1:3] for name in ("all", "A", "B", "C")}
    assert after == {
        **{"all": ["3", "6"], "A": ["2", "1"]},
        **{"B": ["1", "2"], "C": ["0", "3"]},
    }
    assert "no object" in text  # class C
    assert text.count("none") == 1  # redshift


def test_nothing_dropped_is_said(page_of):
    figure, _ = page_of(toys.survey(), ("A", "B"), ZTF)
    assert "nothing" in words(figure)


def test_long_lists_of_reasons_are_summed_up(page_of):
    dropped = [(f"o{i}", f"class '{i:02}' is not used") for i in range(30)]
    figure, _ = page_of(toys.survey(), ("A", "B"), ZTF, dropped)
    text = words(figure)
    assert sum("is not used" in x for x in text) == 11
    assert text[text.index("other reasons: see the CSV file") - 1] == "19"


def test_an_example_is_drawn_with_errors_and_detections(page_of):
    tables = toys.survey(("a",), 6)
    tables.light_curves["flux_err"] = np.arange(1.0, 7.0)
    tables.light_curves["detected"] = [False, True, True, True, True, True]
    figure, _ = page_of(tables, ("A",), ZTF)
    axes = panel(figure, "a")
    (bars,) = [x for x in axes.collections if isinstance(x, LineCollection)]
    drawn = np.array(bars.get_segments())
    assert drawn[:, 0, 0] == pytest.approx(np.arange(-1.0, 5.0))  # from the trigger
    assert drawn.mean(axis=1)[:, 1] == pytest.approx(100 * np.arange(1, 7))
    assert np.ptp(drawn, axis=1)[:, 1] == pytest.approx(2 * np.arange(1, 7))
    looks = looks_of_passbands(ZTF)
    points = {
        (line.get_marker(), line.get_markerfacecolor()): list(line.get_ydata())
        for line in axes.lines
        if line.get_linestyle() == "None"
    }
    (green, circle), (orange, square) = looks["g"], looks["r"]
    assert points == {
        (circle, "white"): [100.0],
        (circle, green): [300.0, 500.0],
        (square, orange): [200.0, 400.0, 600.0],
    }
    assert axes.get_xlim() == (-30, 70)
    assert axes.get_title(loc="right") == "S/N 100"


def panel(figure, name):
    return next(axes for axes in figure.axes if axes.get_title(loc="left") == name)


@pytest.mark.parametrize(("factor", "in_view"), [(1.0, True), (0.1, False)])
def test_the_scale_is_drawn_where_it_is_in_view(page_of, factor, in_view):
    tables = toys.survey(("a",), 6)
    tables.light_curves["flux"] *= factor
    figure, _ = page_of(tables, ("A",), ZTF)
    levels = [line.get_ydata()[0] for line in panel(figure, "a").lines]
    assert (500.0 in levels) == in_view
    for axes in figure.axes:
        if "FLUXCAL" in axes.get_title(loc="center"):
            (low, high), scale = axes.get_xlim(), axes.lines[-1].get_xdata()[0]
            assert low < scale == 500.0 < high


def test_a_passband_looks_alike_in_every_survey():
    lsst = {band: look[0] for band, look in looks_of_passbands(LSST).items()}
    ztf = {band: look[0] for band, look in looks_of_passbands(ZTF).items()}
    assert all(distance(ztf[band], lsst[band]) < 25 for band in "gr")
    others = [(a, b) for a in lsst for b in lsst if a < b]
    assert all(distance(lsst[a], lsst[b]) > 60 for a, b in others)
    assert list(looks_of_passbands({"r": 0.634, "g": 0.472})) == ["g", "r"]
    assert len(set(looks_of_passbands(MANY).values())) == 12


def distance(one, other):
    """Distance of two colours, written #rrggbb, in RGB of 0 to 255."""
    parts = [[int(x[i : i + 2], 16) for i in (1, 3, 5)] for x in (one, other)]
    return np.linalg.norm(np.subtract(*parts))


def test_long_names_keep_both_ends():
    assert shortened("SN Ia", 5) == "SN Ia"
    assert shortened("ZTF20abcdefg", 7) == "ZTF…efg"


@pytest.mark.parametrize("suffix", ["pdf", "png"])
def test_the_same_sheet_is_the_same_file(page_of, suffix, tmp_path):
    paths = [tmp_path / f"{i}.{suffix}" for i in range(2)]
    for path in paths:
        save_figure(page_of(toys.survey(("a",)), ("A",), ZTF)[0], [path])
    assert paths[0].read_bytes() == paths[1].read_bytes()
