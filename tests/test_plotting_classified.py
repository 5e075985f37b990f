"""The figure of one classified object explains its symbols."""

import pandas as pd

from transients.plotting.classified import draw_classified
from transients.plotting.page import SheetOptions


def test_the_legend_names_passbands_and_what_open_symbols_are():
    points = pd.DataFrame(
        {
            "days": [0.0, 2.0],
            "passband": ["g", "r"],
            "flux": [900.0, 30.0],
            "flux_err": 20.0,
            "detected": [True, False],
        }
    )
    wavelengths = {"g": 0.476, "r": 0.621}
    options = SheetOptions("SN 1", ("a", "b"), wavelengths, (-30.0, 70.0), 500.0)
    figure = draw_classified(points, {"a": 0.9, "b": 0.1}, options)
    legend = figure.axes[0].get_legend()
    entries = {
        text.get_text(): handle
        for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True)
    }
    assert list(entries) == ["g", "r", "S/N > 5", "S/N ≤ 5"]
    assert entries["S/N ≤ 5"].get_markerfacecolor() == "white"
    assert entries["S/N > 5"].get_markerfacecolor() != "white"
