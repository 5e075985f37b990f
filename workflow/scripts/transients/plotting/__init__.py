"""The figures, drawn from tables and from the model's description."""

from transients.plotting.curves import draw_fig1_left, draw_fig1_right, draw_fig5
from transients.plotting.panels import draw_fig3, draw_fig4
from transients.plotting.schematic import draw_fig2
from transients.plotting.strategies import draw_strategies
from transients.plotting.strategies_by_class import draw_strategies_by_class
from transients.plotting.style import STYLE, FigureOptions, save_figure

FIGURES = {
    "fig1_left": draw_fig1_left,
    "fig1_right": draw_fig1_right,
    "fig3": draw_fig3,
    "fig4": draw_fig4,
    "fig5": draw_fig5,
}
"""Figures of the performance table, by name; fig2 is drawn from the architecture."""

VIEWS = {
    "strategies": draw_strategies,
    "strategies_by_class": draw_strategies_by_class,
}
"""Figures of all strategies of a target, by name."""

__all__ = ["FIGURES", "STYLE", "VIEWS", "FigureOptions", "draw_fig2", "save_figure"]
