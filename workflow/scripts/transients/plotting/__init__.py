"""The paper's figures, drawn from tables and from the model's description."""

from transients.plotting.curves import draw_fig1_left, draw_fig1_right, draw_fig5
from transients.plotting.panels import draw_fig3, draw_fig4
from transients.plotting.schematic import draw_fig2
from transients.plotting.style import STYLE, FigureOptions, save_figure

FIGURES = {
    "fig1_left": draw_fig1_left,
    "fig1_right": draw_fig1_right,
    "fig3": draw_fig3,
    "fig4": draw_fig4,
    "fig5": draw_fig5,
}
"""Figures of the performance table, by name; fig2 is drawn from the architecture."""

__all__ = ["FIGURES", "STYLE", "FigureOptions", "draw_fig2", "save_figure"]
