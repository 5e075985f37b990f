"""Ticks of a logarithmic axis: few, round, and clear of its ends."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

TICKS_APART = 0.35
"""Least distance of ticks, in lengths of the axis."""


def set_logarithmic(axes: Axes, low: float, high: float) -> None:
    """Let a panel reach from low to high on a logarithmic axis, both above zero."""
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_locator(FixedLocator(_round_numbers(low, high)))
    axes.xaxis.set_major_formatter(FuncFormatter(_power))


def _round_numbers(low: float, high: float) -> list[float]:
    """Return one to three round numbers for ticks of a logarithmic axis."""
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    choices = [
        [float(f"{digit}e{decade}") for decade in decades for digit in digits]
        for digits in ((1,), (1, 3), (1, 2, 5))
    ]
    for numbers in [*choices, MaxNLocator(6).tick_values(low, high)]:
        spaced: list[float] = []
        last = -np.inf
        for number in (number for number in numbers if number > 0):
            place = np.log(number / low) / np.log(high / low)
            if 0.1 < place < 0.9 and place - last > TICKS_APART:
                spaced.append(number)
                last = place
        if len(spaced) > 1:
            break
    return spaced


def _power(value: float, _: object = None) -> str:
    """A round number, with a power of ten where it is long."""
    if 0.01 <= value < 10000:
        return f"{value:g}"
    digits, _, power = f"{value:.2e}".partition("e")
    factor = "" if float(digits) == 1 else f"{float(digits):g}{{\\cdot}}"
    return f"${factor}10^{{{int(power)}}}$"
