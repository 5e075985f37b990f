"""What is written on a figure, and where."""

from matplotlib.text import Text


def words(figure):
    figure.draw_without_rendering()
    return [text.get_text().replace("\n", " ") for text in texts_of(figure)]


def texts_of(figure):
    """Return the visible texts, each once, without the numbers at ticks."""
    texts = {id(text): text for text in figure.findobj(Text) if text.get_text()}
    for axes in figure.axes:
        for tick in [*axes.xaxis.get_major_ticks(), *axes.yaxis.get_major_ticks()]:
            texts.pop(id(tick.label1), None)
    return [text for text in texts.values() if text.get_visible()]


def assert_apart(boxes):
    for i, (text, box) in enumerate(boxes):
        for other, its in boxes[:i]:
            assert not box.padded(-1).overlaps(its.padded(-1)), (text, other)
