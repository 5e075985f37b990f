"""Small panels of equal size in rows, laid out in inches, title above, note below."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from transients.plotting.axes import CHARACTERS_PER_INCH, write_footer
from transients.plotting.page import add_axes, write

LINE = 0.11
"""Height of a line of the note [in]."""
TITLE_LINE = 0.13
"""Height of a line of the title [in]."""
TITLE_CHARACTERS_PER_INCH = 17
"""How much of the title fits on a line."""


@dataclass(frozen=True)
class Grid:
    """Width and height of a panel, and the room around it for its labels [in].

    above is the room over each row of panels, below that under it; top is kept free
    under the title, for a legend.
    """

    columns: int
    width: float
    height: float
    left: float = 0.45
    right: float = 0.1
    above: float = 0.25
    below: float = 0.4
    top: float = 0.0

    def draw(self, n: int, title: str, note: str) -> tuple[Figure, list[Axes]]:
        """Return a figure with n panels, row by row."""
        columns = min(self.columns, n)
        n_rows = -(-n // columns)
        wide = columns * (self.left + self.width + self.right)
        title_lines = textwrap.wrap(title, int(TITLE_CHARACTERS_PER_INCH * wide))
        head = 0.2 + (len(title_lines) - 1) * TITLE_LINE
        lines = len(textwrap.wrap(note, int(CHARACTERS_PER_INCH * wide)))
        foot = 0.08 + lines * LINE
        row = self.above + self.height + self.below
        tall = foot + n_rows * row + self.top + head
        figure = Figure(figsize=(wide, tall))
        panels = []
        for number in range(n):
            down, across = divmod(number, columns)
            left = across * (self.left + self.width + self.right) + self.left
            low = foot + (n_rows - 1 - down) * row + self.below
            panels.append(add_axes(figure, (left, low, self.width, self.height)))
        write(figure, 0.05, tall - 0.05, "\n".join(title_lines))
        write_footer(figure, note)
        return figure, panels

    def legend(
        self, figure: Figure, panels: list[Axes], handles: Sequence[Artist]
    ) -> None:
        """Write a legend between the title and the panels of draw."""
        above = (self.above + self.top + 0.02) / figure.get_figheight()
        figure.legend(
            handles=handles,
            ncols=3,
            loc="upper left",
            bbox_to_anchor=(0.0, panels[0].get_position().y1 + above),
        )
