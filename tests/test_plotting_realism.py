"""The figure of simulated light curves beside real ones."""

import pandas as pd
import pytest

from transients.plotting.realism import COLUMNS, DRAWN, draw_realism
from transients.realism_quantities import ALL, AUROCS, REALISM_COLUMNS, quantities

CLASSES = ["SN Ia", "TDE"]
TITLES = {"bts": "real BTS", "first": "one simulation", "second": "another one"}
UGR = {"u": 0.36, "g": 0.48, "r": 0.62}


def table_of(wavelengths):
    rows = [
        {"dataset": dataset, "class": name, "quantity": quantity}
        for dataset in ("first", "second")
        for name in (*CLASSES, ALL)
        for quantity in (*(quantities(wavelengths) if name != ALL else ()), *AUROCS)
    ]
    table = pd.DataFrame(rows, columns=REALISM_COLUMNS)
    for side in ("target", "simulated"):
        table[[f"{side}_p16", f"{side}_p50", f"{side}_p84"]] = [1.0, 2.0, 3.0]
    table["few"] = table["class"] == "TDE"
    return table.assign(n_target=1234, n_simulated=9, auroc=0.6, auroc_error=0.01)


def panels(figure):
    return {axes.get_title(loc="left"): axes for axes in figure.axes if axes.axison}


def test_every_quantity_has_a_panel_and_the_auroc_the_first():
    figure = draw_realism(table_of({"g": 0.48, "r": 0.62}), TITLES)
    titles = list(panels(figure))
    assert titles[0] == "AUROC, simulated or target?"
    assert titles[1:] == [name.format(blue="g", red="r") for name in DRAWN]


@pytest.mark.parametrize(
    ("wavelengths", "colour"),
    [(UGR, "g-r at peak [mag]"), ({"Y": 1.0, "i": 0.7}, "i-Y at peak [mag]")],
)
def test_colours_are_g_and_r_or_those_there_are(wavelengths, colour):
    assert colour in panels(draw_realism(table_of(wavelengths), TITLES))


def test_one_passband_has_no_colour():
    drawn = panels(draw_realism(table_of({"g": 0.48}), TITLES))
    assert not [title for title in drawn if "at peak" in title]


def test_all_data_sets_are_named_and_those_with_few_objects_open():
    figure = draw_realism(table_of({"g": 0.48, "r": 0.62}), TITLES)
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == list(TITLES.values())
    faces = {
        line.get_markerfacecolor()
        for line in panels(figure)["points"].lines
        if (line.get_ydata() >= 1).all()
    }
    assert faces == {"white"}


def test_classes_are_named_at_the_left_alone():
    figure = draw_realism(table_of({"g": 0.48, "r": 0.62}), TITLES)
    for number, axes in enumerate(panels(figure).values()):
        names = [text for x in axes.get_yticklabels() if (text := x.get_text())]
        named = [f"{name}\n1,234 objects" for name in CLASSES]
        wanted = named if number % COLUMNS == 0 else []
        assert names[: len(CLASSES)] == wanted, axes.get_title(loc="left")
