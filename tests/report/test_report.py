"""The report in a real browser that has no network: all of it is there and shown."""

import os
import shutil
from pathlib import Path

import pytest
from browser import Page
from command_line import ROOT, TINY, said, snakemake

CHROMIUM = shutil.which("chromium")
WORDS = ("--configfile", TINY, TINY.with_name("small.yaml"), "--cores", 2)
STYLE = ROOT / "workflow" / "report" / "report.css"
SIZES = {"desktop": (1920, 1080), "laptop": (1280, 720)}
CATEGORIES = {"Data sheets", "Diagnostics", "Figures", "Tables"}

HELPERS = """
window.until = check => new Promise((done, fail) => {
  let looks = 0;
  const look = () => {
    const found = check();
    if (found) done(found);
    else if (++looks > 600) fail(new Error("waited in vain for " + check));
    else requestAnimationFrame(look);
  };
  look();
});
window.link = text => [...document.querySelectorAll("a")]
  .find(one => one.innerText.trim() === text);
window.follow = async text => (await until(() => link(text))).click();
window.home = () => document.querySelector("nav nav a");
window.eyes = () => [...document.querySelectorAll("table a[iconname=eye]")];
window.told = () => [...document.querySelectorAll(
  "table a[iconname=information-circle]")];
window.captions = () => Object.values(results).map(one => {
  const page = document.createElement("div");
  page.innerHTML = one.caption;
  return page.innerText.trim().slice(0, 40);
});
window.shown = () => [...document.querySelectorAll("img, iframe")]
  .find(one => one.clientHeight > 100);
"""
SEE = """(async place => {
  const before = shown() && shown().src;
  eyes()[place].click();
  const one = await until(() => shown() && shown().src !== before && shown());
  if (one.tagName === "IMG") await one.decode();
  const box = one.getBoundingClientRect();
  return [one.tagName, one.naturalWidth || 0, decodeURIComponent(
    one.src.match(/filename=([^;]*)/)[1]), box.top >= 0 && box.right <= innerWidth];
})"""

TOLD = """until(() => [...document.querySelectorAll("nav, aside, div")].some(one =>
  captions().some(words => one.innerText.includes(words))))"""

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and "REQUIRE_BROWSER" not in os.environ,
    reason="needs Chromium: make test-report installs it on Debian",
)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A small run and its report, both made as users make them."""
    folder = tmp_path_factory.mktemp("run")
    for more in ((), ("--report", "results/report.html", "--report-stylesheet", STYLE)):
        process = snakemake(folder, *WORDS, *more, "--", "all")
        assert process.returncode == 0, said(process)
    return folder / "results"


@pytest.fixture(params=list(SIZES.values()), ids=list(SIZES))
def page(request, results, tmp_path):
    """The report, opened at a width; at the end nothing may have gone wrong."""
    page = Page(str(CHROMIUM), tmp_path / "profile")
    page.open(results / "report.html", *request.param)
    page.ask(HELPERS)
    yield page
    problems = page.problems
    page.close()
    assert problems == []


def listed(page):
    """The names of all results that the report holds."""
    return sorted(page.ask("Object.values(results).map(one => one.filename)"))


def test_every_result_is_reached_and_shown(page, results):
    seen = []
    for category in sorted(CATEGORIES):
        page.ask(f"follow('{category}')")
        for place in range(page.ask("until(() => eyes().length)")):
            tag, width, name, inside = page.ask(f"{SEE}({place})")
            assert (tag, width > 0) in (("IMG", True), ("IFRAME", False)), name
            assert inside, f"{name} is cut off"
            seen.append(name)
        page.ask("home().click()")
    assert sorted(seen) == listed(page)
    drawn = [*results.glob("figures/*.png"), *results.glob("datasheets/*.png")]
    pages = results.glob("pages/*.html")
    assert sorted(seen) == sorted(path.name for path in [*drawn, *pages])


def test_every_caption_is_told(page):
    captions = page.ask("Object.values(results).map(one => one.caption)")
    assert all(len(caption) > 100 for caption in captions)
    for category in sorted(CATEGORIES):
        page.ask(f"follow('{category}')")
        for place in range(page.ask("until(() => told().length)")):
            page.ask(f"told()[{place}].click()")
            assert page.ask(TOLD)
            page.ask("home().click()")
            page.ask(f"follow('{category}')")
        page.ask("home().click()")


def test_the_menu_leads_somewhere(page):
    for name in ("Workflow", "Statistics", "About"):
        page.open(page.file, *page.size)
        page.ask(HELPERS)
        before = page.ask("document.body.innerText")
        page.ask(f"follow('{name}')")
        if name != "Workflow":  # that is the start page
            same = f"document.body.innerText === {before!r}"
            assert page.ask(f"until(() => !({same}))")


def test_nothing_is_wider_than_the_window(page):
    wide = "document.scrollingElement.scrollWidth - window.innerWidth"
    assert page.ask(wide) <= 0


def test_a_figure_of_the_usual_shape_is_seen_whole(page):
    page.ask("follow('Figures')")
    page.ask("until(() => eyes().length)")
    assert "fig1_left.png" in page.ask(f"{SEE}(0)")[2]
    assert page.ask("shown().getBoundingClientRect().bottom <= innerHeight")


def test_the_start_page_says_what_the_data_are(page):
    text = page.ask("until(() => document.body.innerText)")
    assert "target bts" in text
    assert "simulated light curves, which are not real" in text


def test_the_verdicts_are_seen_and_columns_keep_their_names(results, tmp_path):
    page = Page(str(CHROMIUM), tmp_path / "profile")
    page.open(Path(results / "pages/claims.html"), *SIZES["laptop"])
    heads = "[...document.querySelectorAll('th')]"
    verdict = f"{heads}.find(one => one.innerText.startsWith('verdict'))"
    box = "getBoundingClientRect()"
    assert page.ask(f"{verdict}.{box}.right <= innerWidth")
    high = f"{verdict}.{box}.top"
    before = page.ask(high)
    area = "document.querySelector('div')"
    assert page.ask(f"{area}.scrollTop = 300, {area}.scrollTop") > 100
    assert page.ask(high) == before
    assert page.problems == []
    page.close()


def test_tables_are_sorted_by_a_click(results, tmp_path):
    page = Page(str(CHROMIUM), tmp_path / "profile")
    page.open(Path(results / "pages/performance.html"), *SIZES["laptop"])
    column = "[...document.querySelectorAll('tbody tr')].map(r => r.cells[4])"
    values = f"{column}.map(c => c.dataset.value).filter(Boolean).map(Number)"
    head = "document.querySelectorAll('th')[4]"
    assert page.ask(f"{head}.innerText").startswith("centre")
    for order, turned in (("ascending", False), ("descending", True)):
        page.ask(f"{head}.querySelector('button').click()")
        assert page.ask(f"{head}.getAttribute('aria-sort')") == order
        found = page.ask(values)
        assert found == sorted(found, reverse=turned)
        assert len(set(found)) > 2
    assert page.problems == []
    page.close()
