"""A light curve beside the probabilities of its classes."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from transients.plotting.light_curves import (
    detection_handles,
    draw_light_curve,
    passband_handles,
)
from transients.plotting.page import SheetOptions, shortened
from transients.plotting.passbands import looks_of_passbands
from transients.plotting.style import BLUE, PAGE, styled


@styled
def draw_classified(
    points: pd.DataFrame, probabilities: Mapping[str, float], options: SheetOptions
) -> Figure:
    """Draw one object: points of misclassified.light_curves_of, probability by class.

    The title of the options is the name of the object.
    """
    figure = Figure(figsize=(PAGE, 0.34 * PAGE), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(2, 1))
    looks = looks_of_passbands(options.wavelengths)
    draw_light_curve(left, points, looks, options)
    left.set_title(shortened(options.title, 60), parse_math=False)
    left.set_xlabel("time since the trigger [d]")
    left.set_ylabel("flux [FLUXCAL]")
    left.legend(handles=[*passband_handles(looks), *detection_handles()])
    right.barh(range(len(probabilities)), list(probabilities.values()), color=BLUE)
    right.set_yticks(range(len(probabilities)), list(probabilities))
    right.invert_yaxis()
    right.set_xlim(0, 1)
    right.set_xlabel("probability")
    return figure
