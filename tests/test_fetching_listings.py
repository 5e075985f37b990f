"""Listings in the forms that real servers send, and ones meant to do harm."""

from __future__ import annotations

import hashlib
import io
import json
from contextlib import suppress
from types import SimpleNamespace
from urllib.parse import unquote

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import Reply
from mutations import CORPUS, COUNT, kept, kept_if_it_fails, mutated

from transients.errors import DataError, TransientsError
from transients.fetching import client, listings
from transients.fetching.downloads import fetch
from transients.fetching.listings import list_files
from transients.fetching.paths import safe_path

APACHE = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<html><head><title>Index of {folder}</title></head><body><h1>Index of {folder}</h1>
<table><tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=S;O=A">Size</a></th></tr>
<tr><td><a href="/cfs/">Parent Directory</a></td><td>  - </td></tr>
{rows}</table></body></html>"""
ROW = '<tr><td><a href="{0}">{0}</a></td><td align="right">5.8M</td></tr>\n'


def listed(server, kind, path, patterns=None):
    with client.open_session() as session:
        files = list_files(session, kind, server.url + path, patterns)
    return {file.path: file for file in files}


def get(server, kind, path, folder, **options):
    options = {"from": kind, "url": server.url + path, "folder": "."} | options
    return fetch("sample", options, str(folder), io.StringIO())


def serve_index(server, folder, *hrefs):
    rows = "".join(ROW.format(href) for href in hrefs)
    page = APACHE.format(folder=folder, rows=rows)
    headers = {"Content-Type": "text/html;charset=UTF-8"}
    server.serve(folder, Reply(page.encode(), headers=headers))


def elasticc(server):
    serve_index(server, "/data/", "A_FORMAT.TXT", "SNIb%2BHostXT_V19/", "TDE/", "old/")
    serve_index(server, "/data/SNIb%2BHostXT_V19/", "B-0001_HEAD.FITS.gz", "B.README")
    serve_index(server, "/data/TDE/", "T-0001_HEAD.FITS.gz", "deeper/")
    serve_index(server, "/data/old/", "../TDE/T-0001_HEAD.FITS.gz")
    serve_index(server, "/data/TDE/deeper/", "x.FITS.gz")


def test_an_index_is_followed_where_a_pattern_can_match(server, tmp_path):
    elasticc(server)
    server.serve("/data/SNIb%2BHostXT_V19/B-0001_HEAD.FITS.gz", Reply(b"one"))
    server.serve("/data/TDE/T-0001_HEAD.FITS.gz", Reply(b"two"))
    get(server, "index", "/data", tmp_path, files=["*/*.FITS.gz"])
    assert (tmp_path / "SNIb+HostXT_V19/B-0001_HEAD.FITS.gz").read_bytes() == b"one"
    assert (tmp_path / "TDE/T-0001_HEAD.FITS.gz").read_bytes() == b"two"
    assert not server.requests_for("/data/TDE/deeper/")
    assert not server.requests_for("/cfs/")


def test_without_patterns_an_index_is_taken_whole(server):
    elasticc(server)
    assert list(listed(server, "index", "/data/")) == [
        "A_FORMAT.TXT",
        "SNIb+HostXT_V19/B-0001_HEAD.FITS.gz",
        "SNIb+HostXT_V19/B.README",
        "TDE/T-0001_HEAD.FITS.gz",
        "TDE/deeper/x.FITS.gz",
    ]


def test_an_index_is_never_left(server):
    outside = ["http://example.org/data/x.csv", "/x.csv", "../x.csv", "//x.org/x.csv"]
    odd = ["mailto:me@example.org", "javascript:x", "#top", "", "a.csv?download=1"]
    serve_index(server, "/data/", *outside, *odd, "a.csv", "./b.csv", "/data/c.csv")
    assert list(listed(server, "index", "/data/")) == ["a.csv", "b.csv", "c.csv"]


ODD_PAGES = {
    "declaration": (b"<![<![", "utf-8"),
    "address": (b'<a href="http://[">', "utf-8"),
    "encoding": (b"", "no such encoding"),
}


@pytest.mark.parametrize("page", ODD_PAGES)
def test_an_index_page_that_cannot_be_read_is_named(server, page):
    body, encoding = ODD_PAGES[page]
    headers = {"Content-Type": f"text/html;charset={encoding}"}
    server.serve("/data/", Reply(b'<a href="a.csv">' + body, headers=headers))
    with pytest.raises(DataError, match=f"{server.url}/data/: not an index page"):
        listed(server, "index", "/data/")


@pytest.mark.fuzz
def test_mutated_index_pages():
    """Each has files or is refused, and leads nowhere else."""
    address = "http://server/data/"
    rows = "".join(ROW.format(href) for href in ("a.csv", "b%20c/", "?C=N", "/x"))
    page = APACHE.format(folder="/data/", rows=f"<!-- a --><![CDATA[b]]>{rows}")
    given = SimpleNamespace(url=address, encoding="utf-8")
    folder, read = CORPUS / "index", 0
    mutants = (mutated_page(page.encode(), seed) for seed in range(COUNT))
    for mutant in [*kept(folder), *mutants]:
        with kept_if_it_fails(folder, mutant), suppress(DataError):
            for _, link in listings._links(given, mutant):
                assert link.startswith(address)
                read += 1
    assert read > COUNT


def mutated_page(page, seed):
    """Put signs of HTML into a page, two times in three; then mutate it."""
    rng = np.random.default_rng(seed)
    signs = [b"<![", b"<!", b"<!--", b"</", b"<?", b"&#", b'"', b"http://["]
    for place in rng.integers(len(page), size=rng.integers(3)):
        page = page[:place] + signs[rng.integers(len(signs))] + page[place:]
    return mutated(page, seed)


@pytest.mark.parametrize(
    "href", ["%2e%2e%2fx.csv", "..%5cx.csv", "%2e%2e%2f/", "%2fetc%2fx", "a%0Ab.csv"]
)
def test_unsafe_names_in_an_index_are_refused(server, href):
    serve_index(server, "/data/", href)
    with pytest.raises(DataError, match="unsafe path"):
        listed(server, "index", "/data/")


def test_a_folder_that_leads_elsewhere_is_refused(server):
    serve_index(server, "/data/", "in/")
    serve_index(server, "/out/", "x.csv")
    server.serve("/data/in/", Reply(status=302, headers={"Location": "/out/"}))
    with pytest.raises(DataError, match="not below"):
        listed(server, "index", "/data/")


def test_a_pattern_that_matches_nothing_is_a_mistake(server):
    serve_index(server, "/data/", "a.csv")
    with pytest.raises(DataError, match=r"/data/: no file matches 'b\*\.csv'"):
        listed(server, "index", "/data/", ["a.csv", "b*.csv"])
    serve_index(server, "/data/")
    with pytest.raises(DataError, match="no file"):
        listed(server, "index", "/data/")


def zenodo_entry(server, key="a.csv", body=b"a", **changes):
    checksum = f"md5:{hashlib.md5(body).hexdigest()}"
    links = {"self": f"{server.url}/files/{key}/content"}
    return {
        "key": key,
        "size": len(body),
        "checksum": checksum,
        "links": links,
    } | changes


def serve_zenodo(server, *entries):
    server.serve("/api/1", Reply(json.dumps({"id": 1, "files": entries}).encode()))


def test_zenodo_publishes_size_and_checksum(server, tmp_path):
    serve_zenodo(server, zenodo_entry(server), zenodo_entry(server, "b.csv"))
    server.serve("/files/a.csv/content", Reply(b"a"))
    get(server, "zenodo", "/api/1", tmp_path, files=["a.csv"])
    assert (tmp_path / "a.csv").read_bytes() == b"a"
    server.serve("/files/b.csv/content", Reply(b"b"))
    with pytest.raises(DataError, match="not the checksum md5"):
        get(server, "zenodo", "/api/1", tmp_path, files=["b.csv"])
    server.serve("/files/b.csv/content", Reply(b"too long"))
    with pytest.raises(DataError, match="has 8 bytes, but 1 are published"):
        get(server, "zenodo", "/api/1", tmp_path, files=["b.csv"])


TREE = "/api/datasets/owner/name/tree/main/ZTF%20BTS"
PAGE = "/datasets/owner/name/tree/main/ZTF%20BTS"


def git_name(body):
    return hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()


def tree_entry(path, body=b"a", **changes):
    entry = {"type": "file", "path": path, "size": len(body), "oid": git_name(body)}
    return entry | changes


def serve_tree(server, *pages, host=None):
    """Serve the pages of a tree, each with the address of the next."""
    for number, entries in enumerate(pages):
        query = "?recursive=true" + (f"&cursor={number}" if number else "")
        following = f"{host or server.url}{TREE}?recursive=true&cursor={number + 1}"
        last = number == len(pages) - 1
        headers = {} if last else {"Link": f'<{following}>; rel="next"'}
        server.serve(TREE + query, Reply(json.dumps(entries).encode(), headers=headers))


def test_huggingface_is_read_page_by_page(server, tmp_path):
    sha256 = hashlib.sha256(b"table").hexdigest()
    pointed = {"lfs": {"oid": sha256, "size": 5, "pointerSize": 128}, "oid": "0" * 40}
    folder = {"type": "directory", "path": "ZTF BTS/curves", "size": 0, "oid": "1" * 40}
    serve_tree(
        server,
        [folder, tree_entry("ZTF BTS/table.csv", b"table", **pointed)],
        [tree_entry("ZTF BTS/curves/a+b.csv")],
    )
    files = "/datasets/owner/name/resolve/main/ZTF%20BTS"
    server.serve(f"{files}/table.csv", Reply(b"table"))
    server.serve(f"{files}/curves/a%2Bb.csv", Reply(b"a"))
    get(server, "huggingface", PAGE, tmp_path)
    assert (tmp_path / "table.csv").read_bytes() == b"table"
    assert (tmp_path / "curves/a+b.csv").read_bytes() == b"a"


@pytest.mark.parametrize("entry", [{}, {"lfs": {"oid": "0" * 64}}])
def test_both_checksums_of_huggingface_are_verified(server, tmp_path, entry):
    serve_tree(server, [tree_entry("ZTF BTS/a.csv", **entry)])
    server.serve("/datasets/owner/name/resolve/main/ZTF%20BTS/a.csv", Reply(b"b"))
    with pytest.raises(DataError, match="not the checksum"):
        get(server, "huggingface", PAGE, tmp_path)
    assert not (tmp_path / "a.csv").exists()


def test_huggingface_may_not_lead_elsewhere(server):
    serve_tree(server, [tree_entry("other/a.csv")])
    with pytest.raises(DataError, match="not in ZTF BTS/"):
        listed(server, "huggingface", PAGE)
    entries = [tree_entry("ZTF BTS/a.csv")]
    serve_tree(server, entries, entries, host="http://example.org")
    with pytest.raises(DataError, match="another host"):
        listed(server, "huggingface", PAGE)
    with pytest.raises(TransientsError, match="OWNER/NAME/tree/REVISION"):
        listed(server, "huggingface", "/datasets/owner/name")


@pytest.mark.parametrize("key", ["../a.csv", "/etc/a.csv", "a\\b.csv", "", "C:/a.csv"])
def test_unsafe_names_are_refused_everywhere(server, key):
    serve_zenodo(server, zenodo_entry(server, key))
    with pytest.raises(DataError, match="unsafe path"):
        listed(server, "zenodo", "/api/1")
    serve_tree(server, [tree_entry(f"ZTF BTS/../{key}")])
    with pytest.raises(DataError, match="unsafe path"):
        listed(server, "huggingface", PAGE)


def test_only_the_web_is_fetched_from(server):
    serve_zenodo(server, zenodo_entry(server, links={"self": "file:///etc/passwd"}))
    with pytest.raises(DataError, match="file:///etc/passwd"):
        listed(server, "zenodo", "/api/1")


@pytest.mark.parametrize(
    "page",
    [b"", b"<html>", b"[]", b'{"files": [{}]}', b'{"files": 3}', b'"x"', b"\xff"],
)
@pytest.mark.parametrize(
    ("kind", "path"), [("zenodo", "/api/1"), ("huggingface", PAGE)]
)
def test_an_answer_of_another_kind_is_named(server, kind, path, page):
    page = b'[{"type": "file"}]' if (kind, page) == ("huggingface", b"[]") else page
    server.serve(path, Reply(page))
    server.serve(TREE, Reply(page))
    with pytest.raises(DataError, match=f"{server.url}.*: not "):
        listed(server, kind, path)


def test_a_file_listed_twice_is_refused(server):
    serve_zenodo(server, zenodo_entry(server), zenodo_entry(server, "./a.csv"))
    with pytest.raises(DataError, match=r"lists a\.csv twice"):
        listed(server, "zenodo", "/api/1")


def test_endless_listings_are_refused(server, monkeypatch):
    monkeypatch.setattr(client, "LONGEST_PAGE", 1000)
    server.serve("/api/1", Reply(b"[" * 1001))
    with pytest.raises(DataError, match="longer than 1000"):
        listed(server, "zenodo", "/api/1")


def test_a_listing_that_is_cut_off_is_asked_for_again(server):
    page = json.dumps({"files": [zenodo_entry(server)]}).encode()
    server.serve("/api/1", Reply(page, cut_after=10), Reply(page))
    assert list(listed(server, "zenodo", "/api/1")) == ["a.csv"]


@given(st.text(alphabet="./\\ab:\x00\n %2eé", max_size=12))
def test_a_safe_path_stays_below_its_folder(told):
    try:
        path = safe_path(unquote(told), "server")
    except DataError:
        return
    parts = path.split("/")
    assert not {"", ".", ".."} & set(parts)
    assert "\\" not in path
    assert safe_path(path, "server") == path
