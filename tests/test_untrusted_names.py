"""Names of objects from strangers: refused, or the same wherever they are written."""

from __future__ import annotations

import csv
import json
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import toy_alerce
import toy_csv
import toy_forced_photometry
import toy_snana
from configurations import DEFAULT, complaint
from test_jobs import run
from toys import mixed_lengths, model_input

from transients.aggregation import count_dropped, to_markdown
from transients.encoding import load
from transients.errors import DataError
from transients.exports.snana import Export, write_snana
from transients.misclassified_page import misclassified_page
from transients.plotting.light_curves import shortened
from transients.readers import Dataset, alerce
from transients.tables import (
    LONGEST_NAME,
    TablesWriter,
    Vocabulary,
    collect_dropped,
    read_dropped,
)
from transients.wording import spelt_out

PRINTABLE = {
    "path": "../../../etc/x",
    "absolute": "/etc/x",
    "dots": "..",
    "home": "~root",
    "option": "-rf",
    "shell": "$(touch marker)",
    "ticks": "`touch marker`",
    "end": "a;touch marker&",
    "quotes": "a'b",
    "formula": "=HYPERLINK(1)",
    "html": "<script>alert(1)</script>",
    "row": "a | b || c",
    "escape": "a\\",
    "link": "[x](javascript:1)",
    "mathematics": "$x^{$",
    "braces": "{0.__class__}%s%(a)s",
    "missing": "NA",
}
UNREADABLE = {
    "line": "a\nb",
    "return": "a\rb",
    "terminal": "a\x1b[2Jb",
    "backwards": "a\u202eb",
    "long": "a" * 10_000,
    "separator": "a\u2028b",
}
NAMES = PRINTABLE | UNREADABLE


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def from_csv(folder, name):
    """Label table and photometry of PLAsTiCC, one object renamed."""
    toy_csv.write_long(folder)
    for file in ("labels.csv", "light curves"):
        text = (folder / file).read_text()
        text = re.sub("^615,", lambda _: quoted(name) + ",", text, flags=re.M)
        (folder / file).write_text(text, newline="")
    data = toy_csv.long_dataset(folder)
    return toy_csv.read_all(toy_csv.plasticc_options(), data)


def from_parquet(folder, name):
    objects = {"object_id": ["b", name], "class": ["SNIa", "TDE"]}
    points = {
        **{"object_id": ["b", name], "mjd": [59000.0, 1.0], "passband": ["g", "g"]},
        **{"flux": [10.0, 9.0], "flux_err": [1.0, 1.0], "detected": [True, True]},
    }
    files = {}
    for table, columns in (("objects", objects), ("light_curves", points)):
        files[table] = folder / f"{table}.parquet"
        pq.write_table(pa.table(columns), files[table])
    data = Dataset("toy", ("SNIa", "TDE"), ("g",), files, folder)
    return toy_csv.read_all({}, data, "parquet")


def from_snana(folder, name):
    head = toy_snana.changed(toy_snana.HEAD, "SNID", 0, name.encode("ascii", "replace"))
    toy_snana.write_pair(folder / "survey" / "SNIa-SALT3", head=head)
    return toy_snana.read_all(toy_snana.dataset(folder / "survey"))


def from_forced_photometry(folder, name):
    """The file is found by its position: no file can have all of these names."""
    event = toy_forced_photometry.event(0)
    labels = f"ZTFID,type,RA,Dec\n{quoted(name)},SN Ia,10,20\n"
    toy_forced_photometry.write(folder, {"somebody": event}, labels)
    return toy_forced_photometry.read(folder)


READERS = [from_csv, from_parquet, from_snana, from_forced_photometry]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("read", READERS)
def test_a_name_is_refused_or_stays_as_it_is(tmp_path, read, name):
    folder = tmp_path / "in"
    folder.mkdir()
    if name in UNREADABLE.values() and (read is not from_snana or name.isascii()):
        with pytest.raises(DataError, match="object_id") as refusal:
            read(folder, name)
        assert len(str(refusal.value)) < 1000
    elif name in PRINTABLE.values():
        assert name in set(read(folder, name).objects["object_id"])
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_of_alerce_is_one_of_a_file_in_its_folder(tmp_path, name):
    data = toy_alerce.toy_dataset(tmp_path, ["ZTFa"])
    data.files["labels"].write_text(f"ZTFID,type\n{quoted(name)},SN Ia\n", newline="")
    data.files["light_curves"].mkdir()
    if name == "NA":
        return
    with pytest.raises(DataError, match="object"):
        list(alerce.read(toy_alerce.OPTIONS, data))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["alerce", "bts_table.csv"]


@pytest.mark.parametrize("name", PRINTABLE.values(), ids=PRINTABLE)
def test_an_object_of_any_name_is_exported_below_the_folder(tmp_path, name):
    made = from_parquet(tmp_path, name)
    paths = tmp_path / "o.parquet", tmp_path / "l.parquet"
    with TablesWriter(
        *paths, Vocabulary("toy", ("SNIa", "TDE"), "g"), {"reader": "x"}
    ) as w:
        w.write(made)
    before = {path.name for path in tmp_path.iterdir()}
    export = Export("toy", "TOY", ("g",), ("SNIa", "TDE"), "survey")
    write_snana(*paths, tmp_path / "snana", export)
    assert {path.name for path in tmp_path.iterdir()} == before | {"snana"}
    folders = [path.name for path in (tmp_path / "snana").iterdir()]
    assert sorted(folders) == ["toy_SNIa", "toy_TDE"]


def test_a_class_of_any_name_has_its_folder_below_the_export():
    export = Export("toy", "TOY", ("g",), (), "survey")
    for name in NAMES.values():
        folder = export.version(name, 1, True).name
        assert re.fullmatch(r"toy_[A-Za-z0-9_+.-]*", folder)


def test_one_long_name_does_not_widen_those_of_all_objects(tmp_path):
    """Names are stored as wide as the longest, so there is a longest one."""
    from_parquet(tmp_path, "a" * LONGEST_NAME)
    with pytest.raises(DataError, match="not readable"):
        from_parquet(tmp_path, "a" * (LONGEST_NAME + 1))


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_tables_of_csv_give_back_every_name(tmp_path, name):
    """Also those that a spreadsheet would take for a formula: data are not changed."""
    path = tmp_path / "dropped.csv"
    table = pd.DataFrame({"object_id": [name, "b"], "reason": [name, name]})
    collect_dropped("toy", table.head(1), table.tail(1)).to_csv(path, index=False)
    shown = spelt_out(name)
    assert (shown == name) == name.isprintable()
    assert list(read_dropped(path)["object_id"]) == [shown, "b"]
    with path.open(newline="") as file:
        assert [row[1] for row in csv.reader(file)] == ["object_id", shown, "b"]
    assert len(path.read_bytes().splitlines()) == 3


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_breaks_no_table_of_markdown_and_is_no_markup(name):
    dropped = pd.DataFrame(
        {"dataset": "toy", "object_id": "a", "reason": [f"class '{name}' is not used"]}
    )
    header, _, row = to_markdown(count_dropped(dropped)).splitlines()
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == header.count("|") == 4
    assert "<" not in row
    assert "](" not in row
    assert not re.search(r"(?<!\\)`", row)
    assert row.isprintable()
    wide = to_markdown(pd.DataFrame({name: ["x"]})).splitlines()
    assert len(wide) == 3
    assert "<" not in wide[0]


def test_the_page_of_failures_has_one_row_for_each_of_them():
    tested = pd.DataFrame({"class": ["A"] * 17, "predicted": ["B"] * 17})
    wrong = pd.DataFrame({"object_id": list(PRINTABLE.values()), "points": 3})
    wrong = wrong.assign(**{"class": "A", "predicted": "B", "p_predicted": 0.9})
    wrong = wrong.assign(p_class=0.1, n_tested=1, n_wrong=1)
    page = misclassified_page("best", 9, tested, wrong, pd.DataFrame({"quantity": []}))
    rows = page.split("## Which for which")[0].splitlines()
    bars = [
        len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows if row[:1] == "|"
    ]
    assert bars == [9] * (2 + len(PRINTABLE))
    assert "<script" not in page


def test_names_are_saved_and_loaded_as_text(tmp_path):
    given = model_input(mixed_lengths(len(PRINTABLE)))
    for array in ("points", "offsets", "metadata", "labels"):
        np.save(tmp_path / f"{array}.npy", getattr(given, array))
    np.save(tmp_path / "object_id.npy", np.array(list(PRINTABLE.values())))
    assert list(load(tmp_path).object_id) == list(PRINTABLE.values())


@pytest.mark.parametrize("name", PRINTABLE.values(), ids=PRINTABLE)
def test_a_figure_shows_names_as_letters(name):
    from matplotlib.figure import Figure

    figure = Figure()
    words = shortened(name, 16)
    assert len(words) <= 16
    figure.text(0, 0, words, parse_math=False)
    figure.draw_without_rendering()


FORGED = "a\n2026-01-01 00:00:00,000 INFO all is well\x1b[2J\r\x07"


@pytest.mark.parametrize(
    "how", ["raise DataError", "logging.error", "raise ValueError"]
)
def test_no_name_forges_a_line_of_a_log_or_rules_the_terminal(tmp_path, how):
    process, log = run(tmp_path, f"{how}({FORGED!r})")
    told = log + (process.stderr if "Value" not in how else "")
    assert "all is well" in told
    assert not re.search("^2026-01-01", told, flags=re.M)
    assert not re.search("[\x1b\r\x07]", told)


SECTIONS = ["datasets", "sources", "experiments", "downloads", "forests"]
SECTIONS += ["experiments.bts.strategies"]


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("names", [PRINTABLE, UNREADABLE])
def test_names_of_the_configuration_are_words(section, names):
    """They are names of folders, and stand in patterns of them."""
    config = json.loads(json.dumps(DEFAULT))
    place = config
    for key in section.split("."):
        place = place[key]
    given = [x for x in names.values() if x.isascii() and not x.isalnum()]
    place |= dict.fromkeys(given, next(iter(place.values())))
    said = complaint(config)
    assert len(given) > 2
    assert [name for name in given if repr(name)[1:-1] not in said] == []
