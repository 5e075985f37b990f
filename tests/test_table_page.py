"""Tables as pages: whole, harmless, and with all that sorting needs."""

from html.parser import HTMLParser
from pathlib import Path

import docutils.core
import pandas as pd
import pytest

from transients.reported_tables import TITLES, provenance_rows, shown_part
from transients.table_page import table_page

CAPTIONS = Path(__file__).parents[1] / "workflow" / "report" / "tables"

TABLE = pd.DataFrame(
    {
        "claim": ["transfer <b>helps</b>", None],
        "verdict": [True, False],
        "auroc": [0.123456, None],
        "n": [12345, 7],
    }
)


class Cells(HTMLParser):
    """The cells of a page: tag, attributes and text."""

    def __init__(self, page):
        super().__init__()
        self.cells, self.inside, self.tags = [], False, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag in ("td", "th"):
            self.cells.append([tag, dict(attrs), ""])
            self.inside = True

    def handle_endtag(self, tag):
        self.inside &= tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside:
            self.cells[-1][2] += data


@pytest.fixture
def page():
    return Cells(table_page("Claims", "What holds & what not.", TABLE))


def test_every_cell_is_shown_and_nothing_in_it_is_markup(page):
    heads = [text for tag, _, text in page.cells if tag == "th"]
    assert heads == list(TABLE)
    texts = [text for tag, _, text in page.cells if tag == "td"]
    assert texts[:4] == ["transfer <b>helps</b>", "True", "0.1235", "12,345"]
    assert texts[4:] == ["", "False", "", "7"]
    assert "b" not in page.tags


def test_every_table_has_a_caption():
    assert {path.stem for path in CAPTIONS.iterdir()} == set(TITLES)


@pytest.mark.parametrize("kind", TITLES)
def test_captions_read_alike_as_plain_text_and_in_the_report(kind):
    text = (CAPTIONS / f"{kind}.rst").read_text()
    strict = {"report_level": 1, "halt_level": 1}
    (paragraph,) = docutils.core.publish_doctree(text, settings_overrides=strict)
    assert (paragraph.tagname, paragraph.astext()) == ("paragraph", text.strip())
    assert len(paragraph.children) == 1, "markup"


def test_claims_have_their_verdict_beside_them():
    table = pd.DataFrame(columns=["name", "claim", "section", "lo", "verdict"])
    assert list(shown_part("claims", table, "mean_sd")) == [
        *["name", "claim", "verdict", "section", "lo"]
    ]


def test_long_words_get_room():
    table = pd.DataFrame({"claim": ["x" * 100, "short"]})
    cells = Cells(table_page("Claims", "", table)).cells
    assert [attributes.get("class") for _, attributes, _ in cells[1:]] == ["long", None]


def test_numbers_are_sorted_by_all_of_their_digits(page):
    values = [
        attributes["data-value"]
        for tag, attributes, _ in page.cells
        if tag == "td" and attributes.get("class") == "number"
    ]
    assert values == ["0.123456", "12345", "", "7"]
    assert page.tags.count("button") == len(TABLE.columns)


def test_nothing_is_loaded_from_elsewhere():
    page = table_page("Claims", "", TABLE)
    assert "http" not in page
    assert "src=" not in page


def test_long_tables_are_cut_to_the_averages():
    paired = pd.DataFrame({"class": ["macro", "SN Ia", "macro_common"]})
    shown = shown_part("paired", paired, "mean_sd")
    assert list(shown["class"]) == ["macro", "macro_common"]
    assert shown_part("training_time", TABLE, "mean_sd") is TABLE


def test_configuration_is_told_key_by_key():
    rows = provenance_rows(
        {
            "code": {"commit": "abc"},
            "packages": {"numpy": ["2.0"]},
            "data": {},
            "configuration": {"model": {"gru_units": [8, 8]}},
            "files": {"a": {}},
        }
    )
    assert rows.to_numpy().tolist() == [
        ["code", "commit", "abc"],
        ["packages", "numpy", "['2.0']"],
        ["configuration", "model.gru_units", "[8, 8]"],
    ]
